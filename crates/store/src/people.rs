//! People and their password hashes.

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use std::collections::{BTreeMap, BTreeSet};
use towpath_domain::ids::PersonId;
use towpath_domain::people::Person;
use towpath_domain::times::Time;
use towpath_domain::words::{Email, PersonName};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: PersonId,
    #[sqlx(try_from = "String")]
    name: PersonName,
    #[sqlx(try_from = "String")]
    email: Email,
    #[sqlx(try_from = "i64")]
    joined_at: Time,
}

impl From<Row> for Person {
    fn from(row: Row) -> Self {
        Self { id: row.id, name: row.name, email: row.email, joined_at: row.joined_at }
    }
}

/// Everyone who may act, by name; machines have no account of their own.
pub async fn list(conn: &mut Conn) -> Result<Vec<Person>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, name, email, joined_at from people where not machine and deactivated_at is null order by name, id"
    )?;
    Ok(rows.into_iter().map(Person::from).collect())
}

/// Everyone with an account, by name, those included who may not act any more.
pub async fn list_all(conn: &mut Conn) -> Result<Vec<Person>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, name, email, joined_at from people where not machine order by name, id"
    )?;
    Ok(rows.into_iter().map(Person::from).collect())
}

pub async fn load(conn: &mut Conn, id: PersonId) -> Result<Person, Error> {
    let row = fetch!(
        fetch_one,
        Row,
        conn,
        "select id, name, email, joined_at from people where id = $1",
        id.uuid()
    )?;
    Ok(row.into())
}

/// Everyone of this address, who has or had this name, or whose address begins with it before its `@`; in lower case.
pub async fn known_as(conn: &mut Conn, key: &str) -> Result<Vec<PersonId>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid,),
        conn,
        "select id from people
         where not machine
           and (email = $1 or substr(email, 1, length($1) + 1) = cast($1 as text) || '@'
                or id in (select person from known_names where name = $1))
         order by id limit 20",
        key
    )?;
    Ok(rows.into_iter().map(|(id,)| PersonId(id)).collect())
}

pub async fn find_by_email(conn: &mut Conn, email: &Email) -> Result<Option<Person>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select id, name, email, joined_at from people where email = $1",
        email.as_str()
    )?;
    Ok(row.map(Person::from))
}

/// The names of these people.
pub async fn names(conn: &mut Conn, ids: &[PersonId]) -> Result<BTreeMap<PersonId, String>, Error> {
    let rows = fetch_in!(
        (Uuid, String),
        conn,
        "select id, name from people where id in (",
        ids.iter().map(|id| id.uuid()).collect(),
        ")"
    )?;
    Ok(rows.into_iter().map(|(id, name): (Uuid, String)| (id.into(), name)).collect())
}

/// Whether anyone has an account yet.
pub async fn any(conn: &mut Conn) -> Result<bool, Error> {
    let row = fetch!(fetch_optional, (i64,), conn, "select joined_at from people limit 1")?;
    Ok(row.is_some())
}

/// Whether someone can sign in with a password.
pub async fn has_password(conn: &mut Conn, id: PersonId) -> Result<bool, Error> {
    let sql = "select joined_at from people where id = $1 and password_hash is not null";
    Ok(fetch!(fetch_optional, (i64,), conn, sql, id.uuid())?.is_some())
}

/// The account and the password hash behind an e-mail address.
pub async fn find_password(conn: &mut Conn, email: &Email) -> Result<Option<(PersonId, String)>, Error> {
    let row = fetch!(
        fetch_optional,
        (Uuid, String),
        conn,
        "select id, password_hash from people where email = $1 and password_hash is not null and deactivated_at is null",
        email.as_str()
    )?;
    Ok(row.map(|(id, hash)| (id.into(), hash)))
}

/// Adds a person; without a hash, no password fits.
pub async fn insert(tx: &mut Tx, person: &Person, password_hash: Option<&str>) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into people (id, name, email, password_hash, joined_at) values ($1, $2, $3, $4, $5)",
        person.id.uuid(),
        person.name.as_str(),
        person.email.as_str(),
        password_hash,
        person.joined_at.micros(),
    )?;
    know(tx, person.id, &person.name).await
}

/// Adds the account of a machine, to which nobody signs in.
pub(crate) async fn insert_machine(tx: &mut Tx, account: &Person) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into people (id, name, email, joined_at, machine) values ($1, $2, $3, $4, true)",
        account.id.uuid(),
        account.name.as_str(),
        account.email.as_str(),
        account.joined_at.micros(),
    )
    .map(drop)
}

/// Remembers that somebody is, or was, called so.
async fn know(tx: &mut Tx, id: PersonId, name: &PersonName) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into known_names (person, name) values ($1, $2) on conflict (name, person) do nothing",
        id.uuid(),
        name.as_str().to_lowercase()
    )
    .map(drop)
}

pub async fn set_password(tx: &mut Tx, id: PersonId, password_hash: &str) -> Result<(), Error> {
    execute!(tx.conn(), "update people set password_hash = $2 where id = $1", id.uuid(), password_hash)
        .map(drop)
}

pub async fn set_name(tx: &mut Tx, id: PersonId, name: &PersonName) -> Result<(), Error> {
    execute!(tx.conn(), "update people set name = $2 where id = $1", id.uuid(), name.as_str())?;
    know(tx, id, name).await
}

/// What decides whether somebody's tokens work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presence {
    pub deactivated: bool,
    /// An account in whose name machines act, to which nobody signs in.
    pub machine: bool,
    /// When they were last here in person.
    pub seen_at: Time,
}

pub async fn presence(conn: &mut Conn, id: PersonId) -> Result<Presence, Error> {
    let (deactivated_at, machine, seen_at) = fetch!(
        fetch_one,
        (Option<i64>, bool, i64),
        conn,
        "select deactivated_at, machine, coalesce(signed_in_at, joined_at) from people where id = $1",
        id.uuid()
    )?;
    Ok(Presence { deactivated: deactivated_at.is_some(), machine, seen_at: Time::from_micros(seen_at) })
}

/// Notes that somebody is here in person.
pub async fn seen(tx: &mut Tx, id: PersonId, now: Time) -> Result<(), Error> {
    execute!(tx.conn(), "update people set signed_in_at = $2 where id = $1", id.uuid(), now.micros())
        .map(drop)
}

/// Since when these people may not act any more; those who may are left out.
pub async fn deactivated(conn: &mut Conn, ids: &[PersonId]) -> Result<BTreeMap<PersonId, Time>, Error> {
    let rows = fetch_in!(
        (Uuid, i64),
        conn,
        "select id, deactivated_at from people where deactivated_at is not null and id in (",
        ids.iter().map(|id| id.uuid()).collect(),
        ")"
    )?;
    Ok(rows.into_iter().map(|(id, at): (Uuid, i64)| (id.into(), Time::from_micros(at))).collect())
}

/// Which of these are accounts in whose name machines act.
pub async fn machines(conn: &mut Conn, ids: &[PersonId]) -> Result<BTreeSet<PersonId>, Error> {
    let rows = fetch_in!(
        (Uuid,),
        conn,
        "select id from people where machine and id in (",
        ids.iter().map(|id| id.uuid()).collect(),
        ")"
    )?;
    Ok(rows.into_iter().map(|(id,): (Uuid,)| id.into()).collect())
}

/// Lets someone act no more; false where they did not already.
pub async fn deactivate(tx: &mut Tx, id: PersonId, now: Time) -> Result<bool, Error> {
    let sql =
        "update people set deactivated_at = $2 where id = $1 and deactivated_at is null and not machine";
    Ok(execute!(tx.conn(), sql, id.uuid(), now.micros())? == 1)
}

/// Lets someone act again; false where they did already.
pub async fn reactivate(tx: &mut Tx, id: PersonId) -> Result<bool, Error> {
    let sql = "update people set deactivated_at = null where id = $1 and deactivated_at is not null";
    Ok(execute!(tx.conn(), sql, id.uuid())? == 1)
}
