//! Environments, each with its release stream.

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use towpath_domain::environments::Environment;
use towpath_domain::ids::{EnvironmentId, ProjectId, StreamId};
use towpath_domain::slugs::Slug;
use towpath_domain::streams::Stream;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: EnvironmentId,
    #[sqlx(try_from = "Uuid")]
    project: ProjectId,
    #[sqlx(try_from = "String")]
    slug: Slug,
    #[sqlx(try_from = "String")]
    title: Title,
    #[sqlx(try_from = "Uuid")]
    stream_id: StreamId,
    #[sqlx(try_from = "String")]
    stream_slug: Slug,
    #[sqlx(try_from = "String")]
    stream_title: Title,
    production: bool,
    built_in: bool,
}

impl From<Row> for Environment {
    fn from(row: Row) -> Self {
        let stream = Stream {
            id: row.stream_id,
            slug: row.stream_slug,
            title: row.stream_title,
            production: row.production,
            built_in: row.built_in,
        };
        Self { id: row.id, project: row.project, slug: row.slug, title: row.title, stream }
    }
}

/// The environments of a project, in the order in which they were made.
pub async fn list(conn: &mut Conn, project: ProjectId) -> Result<Vec<Environment>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select e.id, e.project, e.slug, e.title, s.id as stream_id, s.slug as stream_slug,
                s.title as stream_title, s.production, s.built_in
         from environments e join release_streams s on s.id = e.stream
         where e.project = $1 and e.deleted_at is null order by e.position",
        project.uuid()
    )?;
    Ok(rows.into_iter().map(Environment::from).collect())
}

/// The environment of this id, also where it was deleted, by its own name.
pub async fn load(conn: &mut Conn, id: EnvironmentId) -> Result<Environment, Error> {
    let row = fetch!(
        fetch_one,
        Row,
        conn,
        "select e.id, e.project, coalesce(e.deleted_slug, e.slug) as slug, e.title, s.id as stream_id,
                coalesce(s.deleted_slug, s.slug) as stream_slug, s.title as stream_title, s.production, s.built_in
         from environments e join release_streams s on s.id = e.stream where e.id = $1",
        id.uuid()
    )?;
    Ok(row.into())
}

/// Every environment, by its project and in the order in which they were made.
pub async fn list_all(conn: &mut Conn) -> Result<Vec<Environment>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select e.id, e.project, e.slug, e.title, s.id as stream_id, s.slug as stream_slug,
                s.title as stream_title, s.production, s.built_in
         from environments e join release_streams s on s.id = e.stream
         where e.deleted_at is null order by e.project, e.position"
    )?;
    Ok(rows.into_iter().map(Environment::from).collect())
}

/// The environments of these projects, each project's in the order in which they were made.
pub async fn list_of(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<Environment>, Error> {
    let rows = fetch_in!(
        Row,
        conn,
        "select e.id, e.project, e.slug, e.title, s.id as stream_id, s.slug as stream_slug,
                s.title as stream_title, s.production, s.built_in
         from environments e join release_streams s on s.id = e.stream where e.deleted_at is null and e.project in (",
        projects.iter().map(|project| project.uuid()).collect(),
        ") order by e.project, e.position"
    )?;
    Ok(rows.into_iter().map(Environment::from).collect())
}

/// Every environment of a stream: its project's id and slug, its own slug and id.
pub async fn of_stream(
    conn: &mut Conn,
    stream: StreamId,
) -> Result<Vec<(ProjectId, String, String, EnvironmentId)>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid, String, String, Uuid),
        conn,
        "select e.project, p.slug, e.slug, e.id from environments e join projects p on p.id = e.project
         where e.stream = $1 and e.deleted_at is null order by p.slug, e.position",
        stream.uuid()
    )?;
    Ok(rows.into_iter().map(|(project, slug, own, id)| (project.into(), slug, own, id.into())).collect())
}

/// Moves an environment into another stream, if it is still of the one that it was; false where it is not.
pub async fn move_to(
    tx: &mut Tx,
    id: EnvironmentId,
    (from, to): (StreamId, StreamId),
    now: Time,
) -> Result<bool, Error> {
    let sql = "update environments set stream = $3 where id = $1 and stream = $2 and deleted_at is null";
    if execute!(tx.conn(), sql, id.uuid(), from.uuid(), to.uuid())? != 1 {
        return Ok(false);
    }
    execute!(
        tx.conn(),
        "insert into former_streams (environment, stream, until) values ($1, $2, $3)
         on conflict (environment, stream) do update set until = excluded.until",
        id.uuid(),
        from.uuid(),
        now.micros()
    )?;
    Ok(true)
}

pub async fn insert(tx: &mut Tx, environment: &Environment) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into environments (id, project, slug, title, stream, position)
         values ($1, $2, $3, $4, $5,
                 (select coalesce(max(position), 0) + 1 from environments where project = $2))",
        environment.id.uuid(),
        environment.project.uuid(),
        environment.slug.as_str(),
        environment.title.as_str(),
        environment.stream.id.uuid(),
    )
    .map(drop)
}
