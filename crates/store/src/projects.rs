//! Projects.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::ids::ProjectId;
use towpath_domain::projects::Project;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: ProjectId,
    #[sqlx(try_from = "String")]
    slug: Slug,
    #[sqlx(try_from = "String")]
    title: Title,
    #[sqlx(try_from = "i64")]
    created_at: Time,
}

impl From<Row> for Project {
    fn from(row: Row) -> Self {
        Self { id: row.id, slug: row.slug, title: row.title, created_at: row.created_at }
    }
}

pub async fn find(conn: &mut Conn, slug: &Slug) -> Result<Option<Project>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select id, slug, title, created_at from projects where slug = $1",
        slug.as_str()
    )?;
    Ok(row.map(Project::from))
}

pub async fn load(conn: &mut Conn, id: ProjectId) -> Result<Project, Error> {
    let row = fetch!(
        fetch_one,
        Row,
        conn,
        "select id, slug, title, created_at from projects where id = $1",
        id.uuid()
    )?;
    Ok(row.into())
}

/// Up to `limit` projects by slug, after one of them.
pub async fn list(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Project>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, slug, title, created_at from projects where slug > $1 order by slug limit $2",
        after,
        limit
    )?;
    Ok(rows.into_iter().map(Project::from).collect())
}

pub async fn insert(tx: &mut Tx, project: &Project) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into projects (id, slug, title, created_at, promotions) values ($1, $2, $3, $4, 0)",
        project.id.uuid(),
        project.slug.as_str(),
        project.title.as_str(),
        project.created_at.micros(),
    )
    .map(drop)
}

/// Takes the next promotion number of a project; the row stays locked until the commit.
pub async fn next_promotion(tx: &mut Tx, id: ProjectId) -> Result<i64, Error> {
    let (number,) = fetch!(
        fetch_one,
        (i64,),
        tx.conn(),
        "update projects set promotions = promotions + 1 where id = $1 returning promotions",
        id.uuid()
    )?;
    Ok(number)
}
