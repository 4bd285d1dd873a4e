//! Trust roots of projects.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::ids::{ProjectId, TrustRootId};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::trust_roots::{TrustRoot, Trusts};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: TrustRootId,
    #[sqlx(try_from = "Uuid")]
    project: ProjectId,
    #[sqlx(try_from = "String")]
    slug: Slug,
    #[sqlx(json)]
    trusts: Trusts,
    #[sqlx(try_from = "i64")]
    created_at: Time,
}

impl From<Row> for TrustRoot {
    fn from(Row { id, project, slug, trusts, created_at }: Row) -> Self {
        Self { id, project, slug, trusts, created_at }
    }
}

/// The trust roots of a project that were not removed, by their slugs.
pub async fn list(conn: &mut Conn, project: ProjectId) -> Result<Vec<TrustRoot>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, project, slug, trusts, created_at from trust_roots
         where project = $1 and removed_at is null order by slug",
        project.uuid()
    )?;
    Ok(rows.into_iter().map(TrustRoot::from).collect())
}

/// Adds a trust root; false where there is one of its name.
pub async fn insert(tx: &mut Tx, root: &TrustRoot) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "insert into trust_roots (id, project, slug, trusts, created_at) values ($1, $2, $3, $4, $5)
         on conflict (project, slug) where removed_at is null do nothing",
        root.id.uuid(),
        root.project.uuid(),
        root.slug.as_str(),
        Json(&root.trusts),
        root.created_at.micros(),
    )?;
    Ok(rows == 1)
}

/// Removes a trust root with all that it vouched for; false where it was removed already.
pub async fn remove(tx: &mut Tx, id: TrustRootId, now: Time) -> Result<bool, Error> {
    execute!(tx.conn(), "delete from findings where root = $1", id.uuid())?;
    let sql = "update trust_roots set removed_at = $2 where id = $1 and removed_at is null";
    Ok(execute!(tx.conn(), sql, id.uuid(), now.micros())? == 1)
}
