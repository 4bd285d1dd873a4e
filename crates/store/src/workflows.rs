//! Promotion workflows and their versions.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::buckets::BucketKind;
use towpath_domain::ids::{ProjectId, WorkflowId};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use towpath_domain::workflows::{Graph, Workflow, WorkflowName};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: WorkflowId,
    #[sqlx(try_from = "Uuid")]
    project: ProjectId,
    #[sqlx(try_from = "String")]
    slug: Slug,
    #[sqlx(try_from = "String")]
    title: Title,
    kind: String,
    is_default: bool,
    version: i64,
    #[sqlx(json)]
    graph: Graph,
}

impl TryFrom<Row> for Workflow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let kind = kind("workflows", &row.kind)?;
        Ok(Self {
            name: WorkflowName { id: row.id, slug: row.slug, title: row.title, kind },
            project: row.project,
            is_default: row.is_default,
            version: row.version,
            graph: row.graph,
        })
    }
}

pub(crate) fn kind(table: &'static str, text: &str) -> Result<BucketKind, Error> {
    BucketKind::parse(text).ok_or_else(|| Error::inconsistent(table, format!("kind {text}")))
}

/// The workflows of a project in their newest versions, by title.
pub async fn list(conn: &mut Conn, project: ProjectId) -> Result<Vec<Workflow>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select w.id, w.project, w.slug, w.title, w.kind, w.is_default, w.version, v.graph
         from workflows w join workflow_versions v on v.workflow = w.id and v.version = w.version
         where w.project = $1 order by w.title, w.slug",
        project.uuid()
    )?;
    rows.into_iter().map(Workflow::try_from).collect()
}

/// The newest version of a workflow.
pub async fn load(conn: &mut Conn, id: WorkflowId) -> Result<Workflow, Error> {
    let row = fetch!(
        fetch_one,
        Row,
        conn,
        "select w.id, w.project, w.slug, w.title, w.kind, w.is_default, w.version, v.graph
         from workflows w join workflow_versions v on v.workflow = w.id and v.version = w.version
         where w.id = $1",
        id.uuid()
    )?;
    row.try_into()
}

/// The newest version of a project's default workflow of a kind, where there is one.
pub async fn find_default(
    conn: &mut Conn,
    project: ProjectId,
    kind: BucketKind,
) -> Result<Option<Workflow>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select w.id, w.project, w.slug, w.title, w.kind, w.is_default, w.version, v.graph
         from workflows w join workflow_versions v on v.workflow = w.id and v.version = w.version
         where w.project = $1 and w.kind = $2 and w.is_default",
        project.uuid(),
        kind.name()
    )?;
    row.map(Workflow::try_from).transpose()
}

/// Adds a workflow with its first version; a new default takes the place of the one before.
pub async fn insert(tx: &mut Tx, workflow: &Workflow, at: Time) -> Result<(), Error> {
    if workflow.is_default {
        execute!(
            tx.conn(),
            "update workflows set is_default = false where project = $1 and kind = $2 and is_default",
            workflow.project.uuid(),
            workflow.name.kind.name(),
        )?;
    }
    execute!(
        tx.conn(),
        "insert into workflows (id, project, slug, title, kind, is_default, version)
         values ($1, $2, $3, $4, $5, $6, $7)",
        workflow.name.id.uuid(),
        workflow.project.uuid(),
        workflow.name.slug.as_str(),
        workflow.name.title.as_str(),
        workflow.name.kind.name(),
        workflow.is_default,
        workflow.version,
    )?;
    execute!(
        tx.conn(),
        "insert into workflow_versions (workflow, version, graph, created_at) values ($1, $2, $3, $4)",
        workflow.name.id.uuid(),
        workflow.version,
        sqlx::types::Json(&workflow.graph),
        at.micros(),
    )
    .map(drop)
}
