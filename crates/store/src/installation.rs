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
