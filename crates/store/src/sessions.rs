//! Sessions: kept under the hash of their id.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::ids::{PersonId, SessionId};
use towpath_domain::times::Time;
use uuid::Uuid;

/// What is kept of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub person: Option<PersonId>,
    /// JSON of the layer that keeps sessions.
    pub data: String,
    pub origin: Origin,
    /// When the person last proved who they are; absent where it is not known.
    pub proven_at: Option<Time>,
    pub used_at: Time,
    pub expires_at: Time,
}

/// Where a session is used from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// What the browser or program says that it is.
    pub user_agent: String,
    pub address: String,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: SessionId,
    pub hash: Vec<u8>,
    pub origin: Origin,
    pub created_at: Time,
    pub used_at: Time,
    pub expires_at: Time,
}

#[derive(sqlx::FromRow)]
struct Row {
    person: Option<Uuid>,
    data: String,
    user_agent: String,
    address: String,
    proven_at: Option<i64>,
    #[sqlx(try_from = "i64")]
    used_at: Time,
    #[sqlx(try_from = "i64")]
    expires_at: Time,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(try_from = "Uuid")]
    id: SessionId,
    hash: Vec<u8>,
    user_agent: String,
    address: String,
    #[sqlx(try_from = "i64")]
    created_at: Time,
    #[sqlx(try_from = "i64")]
    used_at: Time,
    #[sqlx(try_from = "i64")]
    expires_at: Time,
}

/// A session that has not expired.
pub async fn find(conn: &mut Conn, hash: &[u8], now: Time) -> Result<Option<Session>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select person, data, user_agent, address, proven_at, used_at, expires_at from sessions
         where hash = $1 and expires_at > $2",
        hash,
        now.micros()
    )?;
    Ok(row.map(|row| Session {
        person: row.person.map(PersonId),
        data: row.data,
        origin: Origin { user_agent: row.user_agent, address: row.address },
        proven_at: row.proven_at.map(Time::from_micros),
        used_at: row.used_at,
        expires_at: row.expires_at,
    }))
}

/// Up to `limit` sessions of a person that have not expired, the last used first.
pub async fn list(conn: &mut Conn, person: PersonId, now: Time, limit: i64) -> Result<Vec<Listed>, Error> {
    let rows = fetch!(
        fetch_all,
        ListedRow,
        conn,
        "select id, hash, user_agent, address, created_at, used_at, expires_at from sessions
         where person = $1 and expires_at > $2 order by used_at desc, id desc limit $3",
        person.uuid(),
        now.micros(),
        limit
    )?;
    let listed = |row: ListedRow| Listed {
        id: row.id,
        hash: row.hash,
        origin: Origin { user_agent: row.user_agent, address: row.address },
        created_at: row.created_at,
        used_at: row.used_at,
        expires_at: row.expires_at,
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// Adds a session that begins with its first use; false where its hash is taken.
pub async fn insert(tx: &mut Tx, id: SessionId, hash: &[u8], session: &Session) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "insert into sessions
           (hash, id, person, data, user_agent, address, created_at, used_at, expires_at, proven_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9) on conflict (hash) do nothing",
        hash,
        id.uuid(),
        session.person.map(PersonId::uuid),
        session.data.as_str(),
        session.origin.user_agent.as_str(),
        session.origin.address.as_str(),
        session.used_at.micros(),
        session.expires_at.micros(),
        session.proven_at.map(Time::micros),
    )?;
    Ok(rows == 1)
}

/// Writes a session anew, adding it under this id where it is missing.
pub async fn save(tx: &mut Tx, id: SessionId, hash: &[u8], session: &Session) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into sessions
           (hash, id, person, data, user_agent, address, created_at, used_at, expires_at, proven_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)
         on conflict (hash) do update
         set person = excluded.person, data = excluded.data, user_agent = excluded.user_agent,
             address = excluded.address, used_at = excluded.used_at, expires_at = excluded.expires_at,
             proven_at = excluded.proven_at",
        hash,
        id.uuid(),
        session.person.map(PersonId::uuid),
        session.data.as_str(),
        session.origin.user_agent.as_str(),
        session.origin.address.as_str(),
        session.used_at.micros(),
        session.expires_at.micros(),
        session.proven_at.map(Time::micros),
    )
    .map(drop)
}

/// Notes that a session is in use, and puts off its end, if it is still there.
pub async fn touch(tx: &mut Tx, hash: &[u8], used_at: Time, expires_at: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update sessions set used_at = $2, expires_at = $3 where hash = $1",
        hash,
        used_at.micros(),
        expires_at.micros()
    )
    .map(drop)
}

pub async fn delete(tx: &mut Tx, hash: &[u8]) -> Result<(), Error> {
    execute!(tx.conn(), "delete from sessions where hash = $1", hash).map(drop)
}

/// Ends one session of a person by its public id; false where there is none.
pub async fn delete_one(tx: &mut Tx, person: PersonId, id: SessionId) -> Result<bool, Error> {
    let rows =
        execute!(tx.conn(), "delete from sessions where person = $1 and id = $2", person.uuid(), id.uuid())?;
    Ok(rows == 1)
}

/// Ends every session of a person but one, and tells which.
pub async fn delete_others(tx: &mut Tx, person: PersonId, kept: &[u8]) -> Result<Vec<SessionId>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid,),
        tx.conn(),
        "delete from sessions where person = $1 and hash <> $2 returning id",
        person.uuid(),
        kept
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// Ends every session of a person.
pub async fn delete_of(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    execute!(tx.conn(), "delete from sessions where person = $1", person.uuid()).map(drop)
}

/// Takes away what has expired, and tells how many there were.
pub async fn sweep(tx: &mut Tx, now: Time) -> Result<u64, Error> {
    execute!(tx.conn(), "delete from sessions where expires_at <= $1", now.micros())
}
