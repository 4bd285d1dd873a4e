//! CI integrations.

use crate::query::{execute, fetch, fetch_in};
use crate::workflows::kind;
use crate::{Conn, Error, Tx};
use std::collections::HashMap;
use towpath_domain::ids::{IntegrationId, ProjectId, WorkflowId};
use towpath_domain::integrations::{Follows, Integration};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: IntegrationId,
    #[sqlx(try_from = "Uuid")]
    project: ProjectId,
    #[sqlx(try_from = "String")]
    slug: Slug,
    #[sqlx(try_from = "String")]
    title: Title,
    kind: String,
    follows: String,
    workflow: Option<Uuid>,
    #[sqlx(try_from = "i64")]
    created_at: Time,
}

impl TryFrom<Row> for Integration {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let workflow = match (row.follows.as_str(), row.workflow) {
            ("default", None) => Follows::Default,
            ("own", Some(workflow)) => Follows::Own(WorkflowId(workflow)),
            ("none", None) => Follows::None,
            (other, _) => return Err(Error::inconsistent("integrations", format!("follows {other}"))),
        };
        Ok(Self {
            id: row.id,
            project: row.project,
            slug: row.slug,
            title: row.title,
            kind: kind("integrations", &row.kind)?,
            workflow,
            created_at: row.created_at,
        })
    }
}

pub async fn find(conn: &mut Conn, project: ProjectId, slug: &Slug) -> Result<Option<Integration>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select id, project, slug, title, kind, follows, workflow, created_at
         from integrations where project = $1 and slug = $2",
        project.uuid(),
        slug.as_str()
    )?;
    row.map(Integration::try_from).transpose()
}

pub async fn load(conn: &mut Conn, id: IntegrationId) -> Result<Integration, Error> {
    let row = fetch!(
        fetch_one,
        Row,
        conn,
        "select id, project, slug, title, kind, follows, workflow, created_at
         from integrations where id = $1",
        id.uuid()
    )?;
    row.try_into()
}

/// Up to `limit` integrations of a project by slug, after one of them.
pub async fn list(
    conn: &mut Conn,
    project: ProjectId,
    after: &str,
    limit: i64,
) -> Result<Vec<Integration>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, project, slug, title, kind, follows, workflow, created_at
         from integrations where project = $1 and slug > $2 order by slug limit $3",
        project.uuid(),
        after,
        limit
    )?;
    rows.into_iter().map(Integration::try_from).collect()
}

/// The first integrations of each of these projects by slug, and how many each project has in all.
pub async fn first_of(
    conn: &mut Conn,
    projects: &[ProjectId],
    first: i64,
) -> Result<HashMap<ProjectId, (Vec<Integration>, i64)>, Error> {
    #[derive(sqlx::FromRow)]
    struct RankedRow {
        #[sqlx(flatten)]
        row: Row,
        total: i64,
    }
    let rows = fetch_in!(
        RankedRow,
        conn,
        "select * from (
            select id, project, slug, title, kind, follows, workflow, created_at,
                   row_number() over (partition by project order by slug) as place,
                   count(*) over (partition by project) as total
            from integrations where project in (",
        projects.iter().map(|project| project.uuid()).collect(),
        format_args!(")) as placed where place <= {first} order by project, slug")
    )?;
    let mut all = HashMap::<ProjectId, (Vec<Integration>, i64)>::new();
    for RankedRow { row, total } in rows {
        let (integrations, counted) = all.entry(row.project).or_default();
        *counted = total;
        integrations.push(row.try_into()?);
    }
    Ok(all)
}

/// Every integration by its project, each list by slug.
pub async fn list_all(conn: &mut Conn) -> Result<HashMap<ProjectId, Vec<Integration>>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, project, slug, title, kind, follows, workflow, created_at from integrations order by slug"
    )?;
    let mut all = HashMap::<ProjectId, Vec<Integration>>::new();
    for row in rows {
        all.entry(row.project).or_default().push(row.try_into()?);
    }
    Ok(all)
}

pub async fn insert(tx: &mut Tx, integration: &Integration) -> Result<(), Error> {
    let (follows, workflow) = match integration.workflow {
        Follows::Default => ("default", None),
        Follows::Own(workflow) => ("own", Some(workflow.uuid())),
        Follows::None => ("none", None),
    };
    execute!(
        tx.conn(),
        "insert into integrations (id, project, slug, title, kind, follows, workflow, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        integration.id.uuid(),
        integration.project.uuid(),
        integration.slug.as_str(),
        integration.title.as_str(),
        integration.kind.name(),
        follows,
        workflow,
        integration.created_at.micros(),
    )
    .map(drop)
}
