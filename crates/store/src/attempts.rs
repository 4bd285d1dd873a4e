//! Refused attempts.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::attempts::{Attempt, AttemptKind};
use towpath_domain::ids::{AttemptId, PersonId};
use towpath_domain::times::Time;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: AttemptId,
    kind: String,
    door: String,
    because: String,
    who: Option<String>,
    client: Option<String>,
    count: i64,
    #[sqlx(try_from = "i64")]
    at: Time,
    #[sqlx(try_from = "i64")]
    last_at: Time,
}

impl TryFrom<Row> for Attempt {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let kind = AttemptKind::parse(&row.kind);
        Ok(Self {
            id: row.id,
            kind: kind.ok_or_else(|| Error::inconsistent("refused_attempts", row.kind))?,
            door: row.door,
            because: row.because,
            who: row.who,
            from: row.client,
            count: row.count,
            at: row.at,
            last_at: row.last_at,
        })
    }
}

/// A page of them, the newest first; of one kind, or of all.
pub async fn list(
    conn: &mut Conn,
    kind: Option<AttemptKind>,
    before: Option<AttemptId>,
    limit: i64,
) -> Result<Vec<Attempt>, Error> {
    macro_rules! select {
        ($condition:literal) => {
            concat!(
                "select r.id, r.kind, r.door, r.because, a.name as who, r.client, r.count, r.at, r.last_at
                 from refused_attempts r left join people a on a.id = r.account
                 where r.id < $1",
                $condition,
                " order by r.id desc limit $2"
            )
        };
    }
    let before = before.map_or(Uuid::max(), AttemptId::uuid);
    let rows = match kind {
        None => fetch!(fetch_all, Row, conn, select!(""), before, limit),
        Some(kind) => fetch!(fetch_all, Row, conn, select!(" and r.kind = $3"), before, limit, kind.name()),
    };
    rows?.into_iter().map(Attempt::try_from).collect()
}

/// Adds one, by the account that acted.
pub async fn insert(tx: &mut Tx, attempt: &Attempt, account: Option<PersonId>) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into refused_attempts (id, kind, door, because, account, client, count, at, last_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        attempt.id.uuid(),
        attempt.kind.name(),
        attempt.door.as_str(),
        attempt.because.as_str(),
        account.map(PersonId::uuid),
        attempt.from.as_deref(),
        attempt.count,
        attempt.at.micros(),
        attempt.last_at.micros(),
    )
    .map(drop)
}

/// Forgets what came last before a time, and of what is left all but the newest.
pub async fn sweep(tx: &mut Tx, before: Time, most: i64) -> Result<u64, Error> {
    execute!(
        tx.conn(),
        "delete from refused_attempts
         where last_at < $1
            or id <= (select id from refused_attempts order by id desc limit 1 offset $2)",
        before.micros(),
        most
    )
}
