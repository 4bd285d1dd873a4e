//! CI integrations.

use crate::query::{execute, fetch, fetch_in};
use crate::workflows::kind;
use crate::{Conn, Error, Tx};
use std::collections::HashMap;
use towpath_domain::digests::Digest;
use towpath_domain::ids::{BuildId, IntegrationId, ProjectId, RuleId, WorkflowId};
use towpath_domain::integrations::{Follows, Integration};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::BuildName;
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
    rule_follows: String,
    rule: Option<Uuid>,
    #[sqlx(try_from = "i64")]
    created_at: Time,
}

impl TryFrom<Row> for Integration {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            project: row.project,
            slug: row.slug,
            title: row.title,
            kind: kind("integrations", &row.kind)?,
            workflow: follows(&row.follows, row.workflow)?,
            rule: follows(&row.rule_follows, row.rule)?,
            created_at: row.created_at,
        })
    }
}

fn follows<Id: From<Uuid>>(word: &str, own: Option<Uuid>) -> Result<Follows<Id>, Error> {
    match (word, own) {
        ("default", None) => Ok(Follows::Default),
        ("own", Some(own)) => Ok(Follows::Own(own.into())),
        ("none", None) => Ok(Follows::None),
        (other, _) => Err(Error::inconsistent("integrations", format!("follows {other}"))),
    }
}

/// The word and the id by which a choice is kept.
fn choice<Id>(follows: Follows<Id>, uuid: impl FnOnce(Id) -> Uuid) -> (&'static str, Option<Uuid>) {
    match follows {
        Follows::Default => ("default", None),
        Follows::Own(own) => ("own", Some(uuid(own))),
        Follows::None => ("none", None),
    }
}

pub async fn find(conn: &mut Conn, project: ProjectId, slug: &Slug) -> Result<Option<Integration>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select id, project, slug, title, kind, follows, workflow, rule_follows, rule, created_at
         from integrations where project = $1 and slug = $2 and deleted_at is null",
        project.uuid(),
        slug.as_str()
    )?;
    row.map(Integration::try_from).transpose()
}

/// The integration of this id, also where it was deleted, by its own name.
pub async fn load(conn: &mut Conn, id: IntegrationId) -> Result<Integration, Error> {
    let row = fetch!(
        fetch_one,
        Row,
        conn,
        "select id, project, coalesce(deleted_slug, slug) as slug, title, kind, follows, workflow, rule_follows, rule, created_at
         from integrations where id = $1",
        id.uuid()
    )?;
    row.try_into()
}

/// The integrations of these ids, deleted ones with them, in no order.
pub async fn of_ids(conn: &mut Conn, ids: &[IntegrationId]) -> Result<Vec<Integration>, Error> {
    let rows = fetch_in!(
        Row,
        conn,
        "select id, project, coalesce(deleted_slug, slug) as slug, title, kind, follows, workflow, rule_follows, rule, created_at
         from integrations where id in (",
        ids.iter().map(|id| id.uuid()).collect(),
        ")"
    )?;
    rows.into_iter().map(Integration::try_from).collect()
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
        "select id, project, slug, title, kind, follows, workflow, rule_follows, rule, created_at
         from integrations where project = $1 and slug > $2 and deleted_at is null order by slug limit $3",
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
            select id, project, slug, title, kind, follows, workflow, rule_follows, rule, created_at,
                   row_number() over (partition by project order by slug) as place,
                   count(*) over (partition by project) as total
            from integrations where deleted_at is null and project in (",
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
        "select id, project, slug, title, kind, follows, workflow, rule_follows, rule, created_at
         from integrations where deleted_at is null order by slug"
    )?;
    let mut all = HashMap::<ProjectId, Vec<Integration>>::new();
    for row in rows {
        all.entry(row.project).or_default().push(row.try_into()?);
    }
    Ok(all)
}

pub async fn insert(tx: &mut Tx, integration: &Integration) -> Result<(), Error> {
    let (follows, workflow) = choice(integration.workflow, WorkflowId::uuid);
    let (rule_follows, rule) = choice(integration.rule, RuleId::uuid);
    execute!(
        tx.conn(),
        "insert into integrations (id, project, slug, title, kind, follows, workflow, rule_follows, rule, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        integration.id.uuid(),
        integration.project.uuid(),
        integration.slug.as_str(),
        integration.title.as_str(),
        integration.kind.name(),
        follows,
        workflow,
        rule_follows,
        rule,
        integration.created_at.micros(),
    )
    .map(drop)
}

/// Changes which workflow an integration follows.
pub async fn set_workflow(
    tx: &mut Tx,
    id: IntegrationId,
    workflow: Follows<WorkflowId>,
) -> Result<(), Error> {
    let (follows, workflow) = choice(workflow, WorkflowId::uuid);
    let sql = "update integrations set follows = $2, workflow = $3 where id = $1";
    execute!(tx.conn(), sql, id.uuid(), follows, workflow).map(drop)
}

/// Changes which rule leads what is pushed to an integration.
pub async fn set_rule(tx: &mut Tx, id: IntegrationId, rule: Follows<RuleId>) -> Result<(), Error> {
    let (follows, rule) = choice(rule, RuleId::uuid);
    let sql = "update integrations set rule_follows = $2, rule = $3 where id = $1";
    execute!(tx.conn(), sql, id.uuid(), follows, rule).map(drop)
}

/// The default build of an integration, and when it was made that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultBuild {
    pub build: BuildName,
    pub at: Time,
}

/// The default builds of these integrations, of those that have one.
pub async fn defaults(
    conn: &mut Conn,
    integrations: &[IntegrationId],
) -> Result<HashMap<IntegrationId, DefaultBuild>, Error> {
    #[derive(sqlx::FromRow)]
    struct DefaultRow {
        #[sqlx(try_from = "Uuid")]
        integration: IntegrationId,
        #[sqlx(try_from = "Uuid")]
        build: BuildId,
        #[sqlx(try_from = "String")]
        digest: Digest,
        #[sqlx(try_from = "String")]
        tag: Tag,
        #[sqlx(try_from = "i64")]
        default_at: Time,
    }
    let rows = fetch_in!(
        DefaultRow,
        conn,
        "select i.id as integration, b.id as build, b.digest, b.tag, i.default_at
         from integrations i join builds b on b.id = i.default_build where i.id in (",
        integrations.iter().map(|integration| integration.uuid()).collect(),
        ")"
    )?;
    let read = |row: DefaultRow| {
        let build = BuildName { id: row.build, digest: row.digest, tag: row.tag };
        (row.integration, DefaultBuild { build, at: row.default_at })
    };
    Ok(rows.into_iter().map(read).collect())
}

/// The default build of one integration, if it has one.
pub async fn default_of(conn: &mut Conn, id: IntegrationId) -> Result<Option<DefaultBuild>, Error> {
    Ok(defaults(conn, &[id]).await?.remove(&id))
}

/// Changes what services run where nothing else says anything; none clears it.
pub async fn set_default(
    tx: &mut Tx,
    id: IntegrationId,
    build: Option<BuildId>,
    at: Time,
) -> Result<(), Error> {
    let sql = "update integrations set default_build = $2, default_at = $3 where id = $1";
    let at = build.map(|_| at.micros());
    execute!(tx.conn(), sql, id.uuid(), build.map(BuildId::uuid), at).map(drop)
}
