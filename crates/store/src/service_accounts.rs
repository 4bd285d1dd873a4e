//! Service accounts, each beside its account among people.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx, people};
use towpath_domain::ids::{PersonId, ProjectId};
use towpath_domain::people::Person;
use towpath_domain::service_accounts::ServiceAccount;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::PersonName;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    account: PersonId,
    #[sqlx(try_from = "String")]
    name: PersonName,
    project: Option<Uuid>,
    project_slug: Option<String>,
    #[sqlx(try_from = "Uuid")]
    made_by: PersonId,
    #[sqlx(try_from = "i64")]
    created_at: Time,
    deactivated_at: Option<i64>,
    last_used_at: Option<i64>,
}

/// A service account with the project that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub account: ServiceAccount,
    pub project: Option<ProjectId>,
}

impl TryFrom<Row> for Kept {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let slug = row.project_slug.map(|slug| Slug::parse(&slug)).transpose();
        let account = ServiceAccount {
            id: row.account,
            name: row.name,
            project: slug.map_err(|error| Error::inconsistent("service_accounts", error))?,
            made_by: row.made_by,
            created_at: row.created_at,
            disabled_at: row.deactivated_at.map(Time::from_micros),
            last_used_at: row.last_used_at.map(Time::from_micros),
        };
        Ok(Self { account, project: row.project.map(ProjectId) })
    }
}

/// Service accounts that were not deleted, with the names of what they belong to.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select s.account, a.name, s.project, p.slug as project_slug, s.made_by, s.created_at, a.deactivated_at,
                    (select max(t.last_used_at) from tokens t where t.owner = s.account) as last_used_at
             from service_accounts s join people a on a.id = s.account left join projects p on p.id = s.project
             where s.deleted_at is null and ",
            $rest
        )
    };
}

/// Those of a project, by name.
pub async fn list(conn: &mut Conn, project: ProjectId) -> Result<Vec<Kept>, Error> {
    let sql = select!("s.project = $1 order by a.name, s.account");
    let rows = fetch!(fetch_all, Row, conn, sql, project.uuid())?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// Those of the installation, by name.
pub async fn list_global(conn: &mut Conn) -> Result<Vec<Kept>, Error> {
    let rows = fetch!(fetch_all, Row, conn, select!("s.project is null order by a.name, s.account"))?;
    rows.into_iter().map(Kept::try_from).collect()
}

pub async fn find(conn: &mut Conn, account: PersonId) -> Result<Option<Kept>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("s.account = $1"), account.uuid())?;
    row.map(Kept::try_from).transpose()
}

/// Adds one with its account.
pub async fn insert(
    tx: &mut Tx,
    account: &Person,
    project: Option<ProjectId>,
    made_by: PersonId,
) -> Result<(), Error> {
    people::insert_machine(tx, account).await?;
    execute!(
        tx.conn(),
        "insert into service_accounts (account, project, made_by, created_at) values ($1, $2, $3, $4)",
        account.id.uuid(),
        project.map(ProjectId::uuid),
        made_by.uuid(),
        account.joined_at.micros(),
    )
    .map(drop)
}

/// Disables one, or lets it act again; false where it was so already.
pub async fn disable(tx: &mut Tx, account: PersonId, at: Option<Time>) -> Result<bool, Error> {
    let sql = match at {
        Some(_) => {
            "update people set deactivated_at = $2 where id = $1 and machine and deactivated_at is null"
        }
        None => {
            "update people set deactivated_at = $2 where id = $1 and machine and deactivated_at is not null"
        }
    };
    Ok(execute!(tx.conn(), sql, account.uuid(), at.map(Time::micros))? == 1)
}

/// Takes one out of lists, for good; its name stays with what it did. False where it was gone already.
pub async fn delete(tx: &mut Tx, account: PersonId, now: Time) -> Result<bool, Error> {
    let sql = "update service_accounts set deleted_at = $2 where account = $1 and deleted_at is null";
    Ok(execute!(tx.conn(), sql, account.uuid(), now.micros())? == 1)
}
