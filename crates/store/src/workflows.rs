//! Promotion workflows and their versions.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::buckets::BucketKind;
use towpath_domain::ids::{ProjectId, WorkflowId};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use towpath_domain::workflows::{Graph, WaitingUnder, Workflow, WorkflowName};
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
         where w.project = $1 and w.deleted_at is null order by w.title, w.slug",
        project.uuid()
    )?;
    rows.into_iter().map(Workflow::try_from).collect()
}

/// The workflows of a kind in their newest versions, each with its project's name, by project and title.
pub async fn of_kind(conn: &mut Conn, kind: BucketKind) -> Result<Vec<(Slug, Workflow)>, Error> {
    #[derive(sqlx::FromRow)]
    struct PlacedRow {
        #[sqlx(flatten)]
        row: Row,
        #[sqlx(try_from = "String")]
        project_slug: Slug,
    }
    let rows = fetch!(
        fetch_all,
        PlacedRow,
        conn,
        "select w.id, w.project, w.slug, w.title, w.kind, w.is_default, w.version, v.graph, o.slug as project_slug
         from workflows w join workflow_versions v on v.workflow = w.id and v.version = w.version
         join projects o on o.id = w.project
         where w.kind = $1 and w.deleted_at is null order by o.slug, w.title, w.slug",
        kind.name()
    )?;
    rows.into_iter().map(|row| Ok((row.project_slug, row.row.try_into()?))).collect()
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

/// The newest version of a project's workflow of this name.
pub async fn find(conn: &mut Conn, project: ProjectId, slug: &Slug) -> Result<Option<Workflow>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select w.id, w.project, w.slug, w.title, w.kind, w.is_default, w.version, v.graph
         from workflows w join workflow_versions v on v.workflow = w.id and v.version = w.version
         where w.project = $1 and w.slug = $2 and w.deleted_at is null",
        project.uuid(),
        slug.as_str()
    )?;
    row.map(Workflow::try_from).transpose()
}

/// The first integrations that follow a workflow, by slug, and how many there are in all.
pub async fn followers(
    conn: &mut Conn,
    workflow: &Workflow,
    first: usize,
) -> Result<(Vec<Slug>, usize), Error> {
    let rows = fetch!(
        fetch_all,
        (String,),
        conn,
        "select slug from integrations
         where deleted_at is null
           and (workflow = $1 or (follows = 'default' and project = $2 and kind = $3 and $4)) order by slug",
        workflow.name.id.uuid(),
        workflow.project.uuid(),
        workflow.name.kind.name(),
        workflow.is_default
    )?;
    let count = rows.len();
    let slug =
        |(slug,): (String,)| Slug::parse(&slug).map_err(|error| Error::inconsistent("integrations", error));
    Ok((rows.into_iter().take(first).map(slug).collect::<Result<_, _>>()?, count))
}

/// How many promotions wait that were asked for under a workflow.
pub async fn waiting(conn: &mut Conn, id: WorkflowId) -> Result<i64, Error> {
    let sql = "select count(*) from promotions where workflow = $1 and state = 'waiting'";
    let (count,) = fetch!(fetch_one, (i64,), conn, sql, id.uuid())?;
    Ok(count)
}

/// The oldest promotions that wait and were asked for under a workflow, each with its project.
pub async fn waits(
    conn: &mut Conn,
    id: WorkflowId,
    limit: i64,
) -> Result<Vec<(ProjectId, WaitingUnder)>, Error> {
    #[derive(sqlx::FromRow)]
    struct WaitingRow {
        #[sqlx(try_from = "Uuid")]
        project: ProjectId,
        #[sqlx(try_from = "String")]
        project_slug: Slug,
        #[sqlx(try_from = "String")]
        integration: Slug,
        number: i64,
        #[sqlx(try_from = "String")]
        tag: Tag,
        #[sqlx(try_from = "String")]
        to_slug: Slug,
        workflow_version: i64,
    }
    let rows = fetch!(
        fetch_all,
        WaitingRow,
        conn,
        "select p.project, o.slug as project_slug, i.slug as integration, p.number, p.tag, p.to_slug, p.workflow_version
         from promotions p join projects o on o.id = p.project join integrations i on i.id = p.integration
         where p.workflow = $1 and p.state = 'waiting' order by p.id limit $2",
        id.uuid(),
        limit
    )?;
    let waits = |row: WaitingRow| {
        let (integration, number, tag) = (row.integration, row.number, row.tag);
        let (project, to, version) = (row.project_slug, row.to_slug, row.workflow_version);
        (row.project, WaitingUnder { project, integration, number, tag, to, version })
    };
    Ok(rows.into_iter().map(waits).collect())
}

/// The promotions that wait under a version of their workflow that is not its newest, each with its project and that version.
pub async fn waits_under_earlier(conn: &mut Conn) -> Result<Vec<(Slug, i64, Graph)>, Error> {
    #[derive(sqlx::FromRow)]
    struct EarlierRow {
        #[sqlx(try_from = "String")]
        project: Slug,
        number: i64,
        #[sqlx(json)]
        graph: Graph,
    }
    let rows = fetch!(
        fetch_all,
        EarlierRow,
        conn,
        "select o.slug as project, p.number, v.graph
         from promotions p join workflows w on w.id = p.workflow join projects o on o.id = p.project
         join workflow_versions v on v.workflow = p.workflow and v.version = p.workflow_version
         where p.state = 'waiting' and p.workflow_version <> w.version order by o.slug, p.number"
    )?;
    Ok(rows.into_iter().map(|row| (row.project, row.number, row.graph)).collect())
}

/// Adds a workflow with its first version. A default finds the place free: the one before is changed first.
pub async fn insert(tx: &mut Tx, workflow: &Workflow, at: Time) -> Result<(), Error> {
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
    insert_version(tx, workflow, at).await
}

/// Saves the next version of a workflow, unless it has another one by now. A default finds the place free, too.
pub async fn change(tx: &mut Tx, workflow: &Workflow, at: Time) -> Result<(), Error> {
    let rows = execute!(
        tx.conn(),
        "update workflows set title = $2, is_default = $3, version = $4 where id = $1 and version = $5",
        workflow.name.id.uuid(),
        workflow.name.title.as_str(),
        workflow.is_default,
        workflow.version,
        workflow.version - 1,
    )?;
    if rows == 1 { insert_version(tx, workflow, at).await } else { Err(Error::Changed) }
}

async fn insert_version(tx: &mut Tx, workflow: &Workflow, at: Time) -> Result<(), Error> {
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
