//! Projects.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::ids::ProjectId;
use towpath_domain::projects::{Project, Sample};
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
    archived_at: Option<i64>,
    sample: Option<String>,
}

impl TryFrom<Row> for Project {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let unknown = |text: &str| Error::inconsistent("projects", format!("sample {text}"));
        let sample = |text: String| Sample::parse(&text).ok_or_else(|| unknown(&text));
        Ok(Self {
            id: row.id,
            slug: row.slug,
            title: row.title,
            created_at: row.created_at,
            archived_at: row.archived_at.map(Time::from_micros),
            sample: row.sample.map(sample).transpose()?,
        })
    }
}

pub async fn find(conn: &mut Conn, slug: &Slug) -> Result<Option<Project>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select id, slug, title, created_at, archived_at, sample from projects where slug = $1",
        slug.as_str()
    )?;
    row.map(Project::try_from).transpose()
}

pub async fn load(conn: &mut Conn, id: ProjectId) -> Result<Project, Error> {
    let row = fetch!(
        fetch_one,
        Row,
        conn,
        "select id, slug, title, created_at, archived_at, sample from projects where id = $1",
        id.uuid()
    )?;
    row.try_into()
}

/// Up to `limit` projects by slug, after one of them.
pub async fn list(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Project>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, slug, title, created_at, archived_at, sample from projects where slug > $1 order by slug limit $2",
        after,
        limit
    )?;
    rows.into_iter().map(Project::try_from).collect()
}

pub async fn insert(tx: &mut Tx, project: &Project) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into projects (id, slug, title, created_at, archived_at, sample, promotions)
         values ($1, $2, $3, $4, $5, $6, 0)",
        project.id.uuid(),
        project.slug.as_str(),
        project.title.as_str(),
        project.created_at.micros(),
        project.archived_at.map(Time::micros),
        project.sample.map(Sample::name),
    )
    .map(drop)
}

/// Saves whether a project is archived, unless that changed since it was read.
pub async fn save_archived(tx: &mut Tx, before: &Project, after: &Project) -> Result<(), Error> {
    let rows = execute!(
        tx.conn(),
        "update projects set archived_at = $2 where id = $1 and archived_at is not distinct from $3",
        after.id.uuid(),
        after.archived_at.map(Time::micros),
        before.archived_at.map(Time::micros),
    )?;
    if rows == 1 { Ok(()) } else { Err(Error::Changed) }
}

/// Notes that all of the sample is there.
pub async fn finish_sample(tx: &mut Tx, id: ProjectId) -> Result<(), Error> {
    let sql = "update projects set sample = $2 where id = $1 and sample is not null";
    execute!(tx.conn(), sql, id.uuid(), Sample::Whole.name()).map(drop)
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
