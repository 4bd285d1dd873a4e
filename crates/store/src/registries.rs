//! Registries elsewhere.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::ids::{PersonId, ProjectId, RegistryId};
use towpath_domain::registries::{Address, Below, Registry};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use uuid::Uuid;

/// A registry with what is not shown of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Stored {
    pub registry: Registry,
    pub project: Option<ProjectId>,
    /// The password, sealed.
    pub secret: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: RegistryId,
    project: Option<Uuid>,
    project_slug: Option<String>,
    #[sqlx(try_from = "String")]
    slug: Slug,
    address: String,
    username: Option<String>,
    secret: Option<Vec<u8>>,
    below: Option<String>,
    #[sqlx(try_from = "i64")]
    created_at: Time,
}

impl TryFrom<Row> for Stored {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let project = row.project_slug.map(Slug::try_from).transpose();
        let below = row.below.as_deref().map(Below::parse).transpose();
        let registry = Registry {
            id: row.id,
            project: project.map_err(|error| Error::inconsistent("projects", error))?,
            slug: row.slug,
            address: Address::parse(&row.address)
                .map_err(|error| Error::inconsistent("registries", error))?,
            user: row.username,
            below: below.map_err(|error| Error::inconsistent("registries", error))?,
            created_at: row.created_at,
        };
        Ok(Self { registry, project: row.project.map(ProjectId), secret: row.secret })
    }
}

/// The columns of [`Row`]; each query adds its own condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select r.id, r.project, p.slug as project_slug, r.slug, r.address, r.username, r.secret, r.below, r.created_at
             from registries r left join projects p on p.id = r.project ",
            $condition
        )
    };
}

pub async fn find(conn: &mut Conn, id: RegistryId) -> Result<Option<Stored>, Error> {
    let row = fetch!(fetch_optional, Row, conn, select!("where r.id = $1"), id.uuid())?;
    row.map(Stored::try_from).transpose()
}

/// Those of a project, or of the installation, by their names.
pub async fn list(conn: &mut Conn, project: Option<ProjectId>) -> Result<Vec<Stored>, Error> {
    let rows = match project {
        Some(project) => {
            fetch!(fetch_all, Row, conn, select!("where r.project = $1 order by r.slug"), project.uuid())?
        }
        None => fetch!(fetch_all, Row, conn, select!("where r.project is null order by r.slug"))?,
    };
    rows.into_iter().map(Stored::try_from).collect()
}

/// Adds one; its name must not be taken there.
pub async fn insert(tx: &mut Tx, new: &Stored, by: PersonId) -> Result<(), Error> {
    let registry = &new.registry;
    execute!(
        tx.conn(),
        "insert into registries (id, project, slug, address, username, secret, below, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        registry.id.uuid(),
        new.project.map(ProjectId::uuid),
        registry.slug.as_str(),
        registry.address.as_str(),
        registry.user.as_deref(),
        new.secret.as_deref(),
        registry.below.as_ref().map(Below::as_str),
        by.uuid(),
        registry.created_at.micros(),
    )
    .map(drop)
}

/// Changes where it is, who signs in, and what may be used.
pub async fn update(tx: &mut Tx, changed: &Stored) -> Result<(), Error> {
    let registry = &changed.registry;
    execute!(
        tx.conn(),
        "update registries set address = $2, username = $3, secret = $4, below = $5 where id = $1",
        registry.id.uuid(),
        registry.address.as_str(),
        registry.user.as_deref(),
        changed.secret.as_deref(),
        registry.below.as_ref().map(Below::as_str),
    )
    .map(drop)
}

/// Takes it away; false where it was gone.
pub async fn delete(tx: &mut Tx, id: RegistryId) -> Result<bool, Error> {
    Ok(execute!(tx.conn(), "delete from registries where id = $1", id.uuid())? == 1)
}
