//! Sessions: kept under the hash of their id.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::ids::PersonId;
use towpath_domain::times::Time;
use uuid::Uuid;

/// What is kept of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub person: Option<PersonId>,
    /// JSON of the layer that keeps sessions.
    pub data: String,
    pub expires_at: Time,
}

/// A session that has not expired.
pub async fn find(conn: &mut Conn, hash: &[u8], now: Time) -> Result<Option<Session>, Error> {
    let row = fetch!(
        fetch_optional,
        (Option<Uuid>, String, i64),
        conn,
        "select person, data, expires_at from sessions where hash = $1 and expires_at > $2",
        hash,
        now.micros()
    )?;
    Ok(row.map(|(person, data, expires_at)| Session {
        person: person.map(PersonId),
        data,
        expires_at: Time::from_micros(expires_at),
    }))
}

/// Adds a session; false where its hash is taken.
pub async fn insert(tx: &mut Tx, hash: &[u8], session: &Session, now: Time) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "insert into sessions (hash, person, data, created_at, expires_at) values ($1, $2, $3, $4, $5)
         on conflict (hash) do nothing",
        hash,
        session.person.map(PersonId::uuid),
        session.data.as_str(),
        now.micros(),
        session.expires_at.micros(),
    )?;
    Ok(rows == 1)
}

/// Writes a session anew, adding it where it is missing.
pub async fn save(tx: &mut Tx, hash: &[u8], session: &Session, now: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into sessions (hash, person, data, created_at, expires_at) values ($1, $2, $3, $4, $5)
         on conflict (hash) do update
         set person = excluded.person, data = excluded.data, expires_at = excluded.expires_at",
        hash,
        session.person.map(PersonId::uuid),
        session.data.as_str(),
        now.micros(),
        session.expires_at.micros(),
    )
    .map(drop)
}

/// Puts off the end of a session, if it is still there.
pub async fn extend(tx: &mut Tx, hash: &[u8], expires_at: Time) -> Result<(), Error> {
    execute!(tx.conn(), "update sessions set expires_at = $2 where hash = $1", hash, expires_at.micros())
        .map(drop)
}

pub async fn delete(tx: &mut Tx, hash: &[u8]) -> Result<(), Error> {
    execute!(tx.conn(), "delete from sessions where hash = $1", hash).map(drop)
}

/// Ends every session of a person.
pub async fn delete_of(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    execute!(tx.conn(), "delete from sessions where person = $1", person.uuid()).map(drop)
}

/// Takes away what has expired, and tells how many there were.
pub async fn sweep(tx: &mut Tx, now: Time) -> Result<u64, Error> {
    execute!(tx.conn(), "delete from sessions where expires_at <= $1", now.micros())
}
