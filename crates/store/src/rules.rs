//! CI rules with their versions, and where they have led builds.

use crate::builds::Pushed;
use crate::query::{execute, fetch};
use crate::workflows::kind;
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use towpath_domain::buckets::{BucketKey, BucketKind};
use towpath_domain::builds::Build;
use towpath_domain::ids::{BuildId, IntegrationId, ProjectId, RuleId};
use towpath_domain::rules::{Criterion, Routing, Rule, RuleName};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: RuleId,
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
    criteria: Vec<Criterion>,
}

impl TryFrom<Row> for Rule {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let kind = kind("rules", &row.kind)?;
        Ok(Self {
            name: RuleName { id: row.id, slug: row.slug, title: row.title, kind },
            project: row.project,
            is_default: row.is_default,
            version: row.version,
            criteria: row.criteria,
        })
    }
}

/// A rule in its newest version; each query adds its own condition.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select r.id, r.project, r.slug, r.title, r.kind, r.is_default, r.version, v.criteria
             from rules r join rule_versions v on v.rule = r.id and v.version = r.version ",
            $condition
        )
    };
}

/// The rules of a project in their newest versions, by title.
pub async fn list(conn: &mut Conn, project: ProjectId) -> Result<Vec<Rule>, Error> {
    let sql = select!("where r.project = $1 and r.deleted_at is null order by r.title, r.slug");
    let rows = fetch!(fetch_all, Row, conn, sql, project.uuid())?;
    rows.into_iter().map(Rule::try_from).collect()
}

/// The rules of a kind in their newest versions, each with its project's name, by project and title.
pub async fn of_kind(conn: &mut Conn, kind: BucketKind) -> Result<Vec<(Slug, Rule)>, Error> {
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
        "select r.id, r.project, r.slug, r.title, r.kind, r.is_default, r.version, v.criteria, o.slug as project_slug
         from rules r join rule_versions v on v.rule = r.id and v.version = r.version
         join projects o on o.id = r.project
         where r.kind = $1 and r.deleted_at is null order by o.slug, r.title, r.slug",
        kind.name()
    )?;
    rows.into_iter().map(|row| Ok((row.project_slug, row.row.try_into()?))).collect()
}

/// The newest version of a rule.
pub async fn load(conn: &mut Conn, id: RuleId) -> Result<Rule, Error> {
    let row = fetch!(fetch_one, Row, conn, select!("where r.id = $1"), id.uuid())?;
    row.try_into()
}

/// The newest version of a project's rule of this name.
pub async fn find(conn: &mut Conn, project: ProjectId, slug: &Slug) -> Result<Option<Rule>, Error> {
    let sql = select!("where r.project = $1 and r.slug = $2 and r.deleted_at is null");
    let row = fetch!(fetch_optional, Row, conn, sql, project.uuid(), slug.as_str())?;
    row.map(Rule::try_from).transpose()
}

/// The newest version of a project's default rule of a kind, where there is one.
pub async fn find_default(
    conn: &mut Conn,
    project: ProjectId,
    kind: BucketKind,
) -> Result<Option<Rule>, Error> {
    let sql = select!("where r.project = $1 and r.kind = $2 and r.is_default");
    let row = fetch!(fetch_optional, Row, conn, sql, project.uuid(), kind.name())?;
    row.map(Rule::try_from).transpose()
}

/// The integrations that follow a rule, by slug.
pub async fn followers(conn: &mut Conn, rule: &Rule) -> Result<Vec<(IntegrationId, Slug)>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid, String),
        conn,
        "select id, slug from integrations
         where deleted_at is null
           and (rule = $1 or (rule_follows = 'default' and project = $2 and kind = $3 and $4)) order by slug",
        rule.name.id.uuid(),
        rule.project.uuid(),
        rule.name.kind.name(),
        rule.is_default
    )?;
    rows.into_iter()
        .map(|(id, slug)| {
            let slug = Slug::parse(&slug).map_err(|error| Error::inconsistent("integrations", error))?;
            Ok((id.into(), slug))
        })
        .collect()
}

/// Adds a rule with its first version. A default finds the place free: the one before is changed first.
pub async fn insert(tx: &mut Tx, rule: &Rule, at: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into rules (id, project, slug, title, kind, is_default, version)
         values ($1, $2, $3, $4, $5, $6, $7)",
        rule.name.id.uuid(),
        rule.project.uuid(),
        rule.name.slug.as_str(),
        rule.name.title.as_str(),
        rule.name.kind.name(),
        rule.is_default,
        rule.version,
    )?;
    insert_version(tx, rule, at).await
}

/// Saves the next version of a rule, unless it has another one by now. A default finds the place free, too.
pub async fn change(tx: &mut Tx, rule: &Rule, at: Time) -> Result<(), Error> {
    let rows = execute!(
        tx.conn(),
        "update rules set title = $2, is_default = $3, version = $4 where id = $1 and version = $5",
        rule.name.id.uuid(),
        rule.name.title.as_str(),
        rule.is_default,
        rule.version,
        rule.version - 1,
    )?;
    if rows == 1 { insert_version(tx, rule, at).await } else { Err(Error::Changed) }
}

async fn insert_version(tx: &mut Tx, rule: &Rule, at: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into rule_versions (rule, version, criteria, created_at) values ($1, $2, $3, $4)",
        rule.name.id.uuid(),
        rule.version,
        Json(&rule.criteria),
        at.micros(),
    )
    .map(drop)
}

/// How a build that came without a bucket's name stands; absent for one that was placed by name.
pub async fn routing(conn: &mut Conn, build: BuildId) -> Result<Option<Option<Routing>>, Error> {
    let row = fetch!(
        fetch_optional,
        RoutingRow,
        conn,
        "select rule, version as rule_version, kind as routed_kind, key as routed_key
         from routings where build = $1",
        build.uuid()
    )?;
    row.map(RoutingRow::read).transpose()
}

#[derive(sqlx::FromRow)]
struct RoutingRow {
    rule: Option<Uuid>,
    rule_version: Option<i64>,
    routed_kind: Option<String>,
    routed_key: Option<Uuid>,
}

impl RoutingRow {
    fn read(self) -> Result<Option<Routing>, Error> {
        match (self.rule, self.rule_version, self.routed_kind, self.routed_key) {
            (Some(rule), Some(version), Some(of), Some(key)) => {
                let bucket = BucketKey::new(kind("routings", &of)?, key);
                Ok(Some(Routing { rule: rule.into(), version, bucket }))
            }
            _ => Ok(None),
        }
    }
}

/// Keeps where a rule leads a build that came without a bucket's name from now on, or that none does.
pub async fn route(tx: &mut Tx, build: &Build, routing: Option<Routing>, at: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into routings (build, integration, rule, version, kind, key, at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (build) do update
         set rule = excluded.rule, version = excluded.version, kind = excluded.kind, key = excluded.key,
             at = excluded.at",
        build.id.uuid(),
        build.integration.uuid(),
        routing.map(|routing| routing.rule.uuid()),
        routing.map(|routing| routing.version),
        routing.map(|routing| routing.bucket.kind().name()),
        routing.map(|routing| routing.bucket.id()),
        at.micros(),
    )
    .map(drop)
}

/// Forgets that a build came without a bucket's name: somebody placed it by name.
pub async fn name(tx: &mut Tx, build: BuildId) -> Result<(), Error> {
    execute!(tx.conn(), "delete from routings where build = $1", build.uuid()).map(drop)
}

/// Builds of an integration that came without a bucket's name, with where a rule has led each; the newest first, from before
/// one of them.
pub async fn unnamed(
    conn: &mut Conn,
    integration: IntegrationId,
    before: Option<BuildId>,
    limit: i64,
) -> Result<Vec<(Pushed, Option<Routing>)>, Error> {
    #[derive(sqlx::FromRow)]
    struct UnnamedRow {
        #[sqlx(flatten)]
        build: crate::builds::Row,
        #[sqlx(flatten)]
        routing: RoutingRow,
    }
    let rows = fetch!(
        fetch_all,
        UnnamedRow,
        conn,
        "select b.id, b.integration, b.digest, b.external_id, b.tag, b.media_type, b.size, b.platforms, b.origin,
                b.received_at, b.received_via, b.pushed_by, b.pushed_with, o.rule, o.version as rule_version,
                o.kind as routed_kind, o.key as routed_key
         from routings o join builds b on b.id = o.build
         where o.integration = $1 and o.build < $2 order by o.build desc limit $3",
        integration.uuid(),
        before.map_or(Uuid::max(), BuildId::uuid),
        limit
    )?;
    let read = |row: UnnamedRow| Ok((row.build.try_into()?, row.routing.read()?));
    rows.into_iter().map(read).collect()
}
