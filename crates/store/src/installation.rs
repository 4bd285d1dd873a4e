//! The one row about the installation itself.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::times::Time;

/// The key that signs short-lived registry tokens; absent before the first start.
pub async fn signing_key(conn: &mut Conn) -> Result<Option<Vec<u8>>, Error> {
    let row = fetch!(fetch_optional, (Vec<u8>,), conn, "select signing_key from installation where id = 1")?;
    Ok(row.map(|(key,)| key))
}

/// Whether this call made the row, so that only one replica tells of the first start.
pub async fn insert(tx: &mut Tx, at: Time, signing_key: &[u8]) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "insert into installation (id, created_at, signing_key) values (1, $1, $2) on conflict (id) do nothing",
        at.micros(),
        signing_key,
    )?;
    Ok(rows == 1)
}

/// How much there is, and how far behind the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Figures {
    /// Events in the log.
    pub events: i64,
    /// Events that a checkpoint signs.
    pub signed: i64,
    /// Promotions that wait.
    pub waiting: i64,
    /// Promotions that were due before the time that was asked for.
    pub overdue: i64,
    /// Buckets that automatic stages have not heard of.
    pub moved: i64,
}

/// Reads them by indexes that hold only what waits, so that they cost the same however long the history is.
pub async fn figures(conn: &mut Conn, overdue: Time) -> Result<Figures, Error> {
    fetch!(
        fetch_one,
        Figures,
        conn,
        "select (select size from audit_head where id = 1) as events,
                (select coalesce(max(size), 0) from audit_checkpoints) as signed,
                (select count(*) from promotions where state = 'waiting') as waiting,
                (select count(*) from promotions where due_at < $1) as overdue,
                (select count(*) from buckets where moved_at is not null) as moved",
        overdue.micros()
    )
}
