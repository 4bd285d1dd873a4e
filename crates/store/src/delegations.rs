//! Who decides for whom. Delegations that are over stay for the record.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::delegations::Delegation;
use towpath_domain::ids::{DelegationId, PersonId, ProjectId};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Reason;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: DelegationId,
    #[sqlx(try_from = "Uuid")]
    from_person: PersonId,
    #[sqlx(try_from = "Uuid")]
    to_person: PersonId,
    role: Option<String>,
    project: Option<Uuid>,
    #[sqlx(try_from = "String")]
    reason: Reason,
    #[sqlx(try_from = "i64")]
    made_at: Time,
    #[sqlx(try_from = "i64")]
    until_at: Time,
    ended_at: Option<i64>,
}

impl TryFrom<Row> for Delegation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let role = row.role.as_deref().map(Slug::parse).transpose();
        Ok(Self {
            id: row.id,
            from: row.from_person,
            to: row.to_person,
            role: role.map_err(|error| Error::inconsistent("delegations", error))?,
            project: row.project.map(ProjectId),
            reason: row.reason,
            at: row.made_at,
            until: row.until_at,
            ended_at: row.ended_at.map(Time::from_micros),
        })
    }
}

/// The columns of [`Row`]; each query adds its own condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select id, from_person, to_person, role, project, reason, made_at, until_at, ended_at from delegations ",
            $condition
        )
    };
}

fn read(rows: Vec<Row>) -> Result<Vec<Delegation>, Error> {
    rows.into_iter().map(Delegation::try_from).collect()
}

pub async fn insert(tx: &mut Tx, delegation: &Delegation) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into delegations (id, from_person, to_person, role, project, reason, made_at, until_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        delegation.id.uuid(),
        delegation.from.uuid(),
        delegation.to.uuid(),
        delegation.role.as_ref().map(Slug::as_str),
        delegation.project.map(ProjectId::uuid),
        delegation.reason.as_str(),
        delegation.at.micros(),
        delegation.until.micros(),
    )
    .map(drop)
}

/// Ends one; false where it was over already.
pub async fn end(tx: &mut Tx, id: DelegationId, now: Time) -> Result<bool, Error> {
    let sql = "update delegations set ended_at = $2 where id = $1 and ended_at is null and until_at > $2";
    Ok(execute!(tx.conn(), sql, id.uuid(), now.micros())? == 1)
}

pub async fn find(conn: &mut Conn, id: DelegationId) -> Result<Option<Delegation>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("where id = $1"), id.uuid())?;
    row.map(Delegation::try_from).transpose()
}

/// Those that count at a moment, the oldest first.
pub async fn in_force(conn: &mut Conn, at: Time) -> Result<Vec<Delegation>, Error> {
    read(fetch!(
        fetch_all,
        Row,
        conn,
        select!("where made_at <= $1 and until_at > $1 and (ended_at is null or ended_at > $1) order by id"),
        at.micros()
    )?)
}

/// Those by which others decide for a person now, the oldest first.
pub async fn given_by(conn: &mut Conn, person: PersonId, now: Time) -> Result<Vec<Delegation>, Error> {
    read(fetch!(
        fetch_all,
        Row,
        conn,
        select!("where from_person = $1 and until_at > $2 and ended_at is null order by id"),
        person.uuid(),
        now.micros()
    )?)
}

/// Those by which a person decides for others now, the oldest first.
pub async fn taken_by(conn: &mut Conn, person: PersonId, now: Time) -> Result<Vec<Delegation>, Error> {
    read(fetch!(
        fetch_all,
        Row,
        conn,
        select!("where to_person = $1 and until_at > $2 and ended_at is null order by id"),
        person.uuid(),
        now.micros()
    )?)
}
