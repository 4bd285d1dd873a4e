//! Publishers, the tokens that their jobs got, and the exchanges that were refused lately.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx, people};
use serde_json::{Map, Value};
use sqlx::types::Json;
use towpath_domain::builds::Origin;
use towpath_domain::ids::{PersonId, ProjectId, PublisherId, RefusalId, TokenId};
use towpath_domain::people::Person;
use towpath_domain::publishers::{Condition, Publisher, Reach, Refusal, Refused, System};
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: PublisherId,
    #[sqlx(try_from = "Uuid")]
    project: ProjectId,
    #[sqlx(try_from = "Uuid")]
    account: PersonId,
    #[sqlx(try_from = "String")]
    title: Title,
    system: String,
    issuer: String,
    keys: Option<String>,
    #[sqlx(json)]
    conditions: Vec<Condition>,
    #[sqlx(json)]
    reach: Reach,
    pull_requests: bool,
    #[sqlx(try_from = "i64")]
    created_at: Time,
    used_at: Option<i64>,
    removed_at: Option<i64>,
}

impl TryFrom<Row> for Publisher {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let unknown = || Error::inconsistent("publishers", format!("system {}", row.system));
        Ok(Self {
            id: row.id,
            project: row.project,
            account: row.account,
            title: row.title,
            system: System::parse(&row.system).ok_or_else(unknown)?,
            issuer: row.issuer,
            keys: row.keys,
            conditions: row.conditions,
            pull_requests: row.pull_requests,
            reach: row.reach,
            created_at: row.created_at,
            used_at: row.used_at.map(Time::from_micros),
            removed_at: row.removed_at.map(Time::from_micros),
        })
    }
}

#[derive(sqlx::FromRow)]
struct RefusedRow {
    #[sqlx(try_from = "Uuid")]
    id: RefusalId,
    #[sqlx(try_from = "i64")]
    at: Time,
    #[sqlx(json)]
    refusal: Refusal,
    #[sqlx(json)]
    claims: Map<String, Value>,
    signed: bool,
    address: String,
}

impl From<RefusedRow> for Refused {
    fn from(row: RefusedRow) -> Self {
        let RefusedRow { id, at, refusal, claims, signed, address } = row;
        Self { id, at, refusal, claims, signed, from: address }
    }
}

/// The publishers of a project that were not removed, the newest first.
pub async fn list(conn: &mut Conn, project: ProjectId) -> Result<Vec<Publisher>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, project, account, title, system, issuer, keys, conditions, reach, pull_requests, created_at, used_at,
                removed_at
         from publishers where project = $1 and removed_at is null order by id desc",
        project.uuid()
    )?;
    rows.into_iter().map(Publisher::try_from).collect()
}

/// The publishers that a project has or had, the newest first.
pub async fn ever(conn: &mut Conn, project: ProjectId) -> Result<Vec<Publisher>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, project, account, title, system, issuer, keys, conditions, reach, pull_requests, created_at, used_at,
                removed_at
         from publishers where project = $1 order by id desc",
        project.uuid()
    )?;
    rows.into_iter().map(Publisher::try_from).collect()
}

/// A publisher, also a removed one.
pub async fn load(conn: &mut Conn, id: PublisherId) -> Result<Option<Publisher>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select id, project, account, title, system, issuer, keys, conditions, reach, pull_requests, created_at, used_at,
                removed_at
         from publishers where id = $1",
        id.uuid()
    )?;
    row.map(Publisher::try_from).transpose()
}

/// Adds a publisher with its account.
pub async fn insert(tx: &mut Tx, publisher: &Publisher, account: &Person) -> Result<(), Error> {
    people::insert_machine(tx, account).await?;
    execute!(
        tx.conn(),
        "insert into publishers (id, project, account, title, system, issuer, keys, conditions, reach, pull_requests,
                                 created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        publisher.id.uuid(),
        publisher.project.uuid(),
        publisher.account.uuid(),
        publisher.title.as_str(),
        publisher.system.name(),
        publisher.issuer.as_str(),
        publisher.keys.as_deref(),
        Json(&publisher.conditions),
        Json(&publisher.reach),
        publisher.pull_requests,
        publisher.created_at.micros(),
    )
    .map(drop)
}

/// Removes a publisher; false where it was removed already.
pub async fn remove(tx: &mut Tx, id: PublisherId, now: Time) -> Result<bool, Error> {
    let sql = "update publishers set removed_at = $2 where id = $1 and removed_at is null";
    Ok(execute!(tx.conn(), sql, id.uuid(), now.micros())? == 1)
}

/// Whether a project takes pushes of trusted jobs alone.
pub async fn demanded(conn: &mut Conn, project: ProjectId) -> Result<bool, Error> {
    let sql = "select trusted_only from projects where id = $1";
    Ok(fetch!(fetch_one, (bool,), conn, sql, project.uuid())?.0)
}

/// Changes whether it does; false where it was so already.
pub async fn demand(tx: &mut Tx, project: ProjectId, demanded: bool) -> Result<bool, Error> {
    let sql = "update projects set trusted_only = $2 where id = $1 and trusted_only <> $2";
    Ok(execute!(tx.conn(), sql, project.uuid(), demanded)? == 1)
}

/// Notes that a job's token was exchanged; false where it was before.
pub async fn spend(tx: &mut Tx, issuer: &str, jti: &[u8], until: Time) -> Result<bool, Error> {
    let sql = "insert into job_tokens (issuer, jti, expires_at) values ($1, $2, $3) on conflict do nothing";
    Ok(execute!(tx.conn(), sql, issuer, jti, until.micros())? == 1)
}

/// Makes a token one of a publisher's job, with what its claims tell of the builds that it pushes.
pub async fn vouch(
    tx: &mut Tx,
    token: TokenId,
    publisher: PublisherId,
    origin: &Origin,
    now: Time,
) -> Result<(), Error> {
    let sql = "update tokens set publisher = $2, vouched = $3 where id = $1";
    execute!(tx.conn(), sql, token.uuid(), publisher.uuid(), Json(origin))?;
    let sql = "update publishers set used_at = $2 where id = $1";
    execute!(tx.conn(), sql, publisher.uuid(), now.micros()).map(drop)
}

/// What the claims behind a token tell of the builds that it pushes.
pub async fn vouched(conn: &mut Conn, token: TokenId) -> Result<Option<Origin>, Error> {
    let sql = "select vouched from tokens where id = $1 and vouched is not null";
    let row = fetch!(fetch_optional, (Json<Origin>,), conn, sql, token.uuid())?;
    Ok(row.map(|(Json(origin),)| origin))
}

/// Keeps a refused exchange, and of its kind the newest `most` of the project.
pub async fn refuse(tx: &mut Tx, project: ProjectId, refused: &Refused, most: i64) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into refused_exchanges (id, project, at, refusal, claims, signed, address)
         values ($1, $2, $3, $4, $5, $6, $7)",
        refused.id.uuid(),
        project.uuid(),
        refused.at.micros(),
        Json(&refused.refusal),
        Json(&refused.claims),
        refused.signed,
        refused.from.as_str(),
    )?;
    execute!(
        tx.conn(),
        "delete from refused_exchanges where project = $1 and signed = $2 and id not in
         (select id from refused_exchanges where project = $1 and signed = $2 order by id desc limit $3)",
        project.uuid(),
        refused.signed,
        most,
    )
    .map(drop)
}

/// The exchanges that were refused, the newest first.
pub async fn refused(conn: &mut Conn, project: ProjectId) -> Result<Vec<Refused>, Error> {
    let rows = fetch!(
        fetch_all,
        RefusedRow,
        conn,
        "select id, at, refusal, claims, signed, address from refused_exchanges where project = $1 order by id desc",
        project.uuid()
    )?;
    Ok(rows.into_iter().map(Refused::from).collect())
}

/// Takes away what was refused before a time, and the marks of job tokens that have expired; tells how many.
pub async fn sweep(tx: &mut Tx, refused_before: Time, now: Time) -> Result<u64, Error> {
    let refused =
        execute!(tx.conn(), "delete from refused_exchanges where at < $1", refused_before.micros())?;
    let spent = execute!(tx.conn(), "delete from job_tokens where expires_at <= $1", now.micros())?;
    Ok(refused + spent)
}
