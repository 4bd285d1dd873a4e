//! Requests that named a key, and what they were answered.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::times::Time;
use uuid::Uuid;

/// A key of a caller: of a token, or of the person of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub caller: Uuid,
    pub key: String,
}

/// A request that named a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// SHA-256 of the request.
    pub fingerprint: Vec<u8>,
    pub begun_at: Time,
    /// Absent while it is under way, or where a server stopped meanwhile.
    pub answer: Option<Answer>,
}

/// How a request was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    pub location: Option<String>,
    /// Absent where it holds a secret, which is shown once.
    pub body: Option<String>,
}

pub async fn find(conn: &mut Conn, key: &Key) -> Result<Option<Known>, Error> {
    #[derive(sqlx::FromRow)]
    struct Row {
        fingerprint: Vec<u8>,
        #[sqlx(try_from = "i64")]
        begun_at: Time,
        status: Option<i64>,
        location: Option<String>,
        body: Option<String>,
    }
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select fingerprint, begun_at, status, location, body from idempotency_keys
         where caller = $1 and key = $2",
        key.caller,
        key.key.as_str()
    )?;
    let Some(row) = row else { return Ok(None) };
    let answer = row
        .status
        .map(|status| {
            let status =
                u16::try_from(status).map_err(|error| Error::inconsistent("idempotency_keys", error))?;
            Ok::<_, Error>(Answer { status, location: row.location, body: row.body })
        })
        .transpose()?;
    Ok(Some(Known { fingerprint: row.fingerprint, begun_at: row.begun_at, answer }))
}

/// Keeps a key for a request that begins now, in the place of one that was there.
pub async fn begin(tx: &mut Tx, key: &Key, fingerprint: &[u8], at: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into idempotency_keys (caller, key, fingerprint, begun_at) values ($1, $2, $3, $4)
         on conflict (caller, key) do update
         set fingerprint = excluded.fingerprint, begun_at = excluded.begun_at, status = null, location = null,
             body = null",
        key.caller,
        key.key.as_str(),
        fingerprint,
        at.micros()
    )
    .map(drop)
}

/// Keeps the answer to the request that began at a time, unless another has taken its key since.
pub async fn finish(tx: &mut Tx, key: &Key, begun_at: Time, answer: &Answer) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update idempotency_keys set status = $4, location = $5, body = $6
         where caller = $1 and key = $2 and begun_at = $3",
        key.caller,
        key.key.as_str(),
        begun_at.micros(),
        i64::from(answer.status),
        answer.location.as_deref(),
        answer.body.as_deref()
    )
    .map(drop)
}

/// Lets go of the key of a request that began at a time and changed nothing.
pub async fn release(tx: &mut Tx, key: &Key, begun_at: Time) -> Result<(), Error> {
    let sql = "delete from idempotency_keys where caller = $1 and key = $2 and begun_at = $3";
    execute!(tx.conn(), sql, key.caller, key.key.as_str(), begun_at.micros()).map(drop)
}

/// Forgets the requests that began before a time, and tells how many there were.
pub async fn sweep(tx: &mut Tx, before: Time) -> Result<u64, Error> {
    execute!(tx.conn(), "delete from idempotency_keys where begun_at < $1", before.micros())
}
