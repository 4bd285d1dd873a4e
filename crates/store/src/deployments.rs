//! What deployers report of environments: every report, and what runs by the newest of them.

use crate::buckets::read_tag;
use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx, pins};
use std::collections::HashMap;
use towpath_domain::buckets::BucketKey;
use towpath_domain::builds::Build;
use towpath_domain::deployments::{Deployment, Fed, Last, Outcome, Ran, Run};
use towpath_domain::digests::Digest;
use towpath_domain::ids::{
    BuildId, DeploymentId, EnvironmentId, IntegrationId, PersonId, ProjectId, ServiceId, StreamId, TokenId,
};
use towpath_domain::placements::Placer;
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Link;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: DeploymentId,
    #[sqlx(try_from = "Uuid")]
    service: ServiceId,
    #[sqlx(try_from = "Uuid")]
    environment: EnvironmentId,
    #[sqlx(try_from = "String")]
    digest: Digest,
    build: Option<Uuid>,
    tag: Option<String>,
    outcome: String,
    link: Option<String>,
    #[sqlx(try_from = "i64")]
    at: Time,
    #[sqlx(try_from = "Uuid")]
    person: PersonId,
    token: Option<Uuid>,
    #[sqlx(try_from = "i64")]
    reported_at: Time,
}

impl TryFrom<Row> for Deployment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            service: row.service,
            environment: row.environment,
            digest: row.digest,
            build: row.build.map(BuildId),
            tag: row.tag.as_deref().map(read_tag).transpose()?,
            outcome: outcome(&row.outcome)?,
            link: link(row.link.as_deref())?,
            at: row.at,
            by: Placer { person: row.person, token: row.token.map(TokenId) },
            reported_at: row.reported_at,
        })
    }
}

fn outcome(text: &str) -> Result<Outcome, Error> {
    let unknown = || Error::inconsistent("deployments", format!("outcome {text}"));
    Outcome::parse(text).ok_or_else(unknown)
}

fn link(text: Option<&str>) -> Result<Option<Link>, Error> {
    let link = text.map(Link::parse).transpose();
    link.map_err(|error| Error::inconsistent("deployments", error))
}

/// What runs in one environment of one service, and the newest report of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub runs: Option<Running>,
    pub last: Deployment,
}

/// The newest report of success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    pub report: Deployment,
    /// Since when the same image has been running.
    pub since: Time,
    /// Since when that is known here.
    pub known_since: Time,
}

/// How a service stands in an environment; absent where nobody has reported anything. Locked until the commit.
pub async fn lock(
    tx: &mut Tx,
    service: ServiceId,
    environment: EnvironmentId,
) -> Result<Option<Standing>, Error> {
    #[derive(sqlx::FromRow)]
    struct RunRow {
        runs: Option<Uuid>,
        since: Option<i64>,
        known_since: Option<i64>,
        last: Uuid,
    }
    let (service, environment) = (service.uuid(), environment.uuid());
    execute!(
        tx.conn(),
        "update runs set last = last where service = $1 and environment = $2",
        service,
        environment
    )?;
    let row = fetch!(
        fetch_optional,
        RunRow,
        tx.conn(),
        "select runs, since, known_since, last from runs where service = $1 and environment = $2",
        service,
        environment
    )?;
    let Some(row) = row else { return Ok(None) };
    let runs = match (row.runs, row.since, row.known_since) {
        (Some(id), Some(since), Some(known_since)) => {
            let report = load(tx, id.into()).await?;
            Some(Running { report, since: since.into(), known_since: known_since.into() })
        }
        _ => None,
    };
    Ok(Some(Standing { runs, last: load(tx, row.last.into()).await? }))
}

async fn load(conn: &mut Conn, id: DeploymentId) -> Result<Deployment, Error> {
    let row = fetch!(
        fetch_one,
        Row,
        conn,
        "select id, service, environment, digest, build, tag, outcome, link, at, person, token,
                reported_at
         from deployments where id = $1",
        id.uuid()
    )?;
    row.try_into()
}

pub async fn insert(tx: &mut Tx, report: &Deployment) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into deployments (id, service, environment, digest, build, tag, outcome, link, at, person,
                                  token, reported_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        report.id.uuid(),
        report.service.uuid(),
        report.environment.uuid(),
        report.digest.to_string(),
        report.build.map(BuildId::uuid),
        report.tag.as_ref().map(Tag::as_str),
        report.outcome.name(),
        report.link.as_ref().map(Link::as_str),
        report.at.micros(),
        report.by.person.uuid(),
        report.by.token.map(TokenId::uuid),
        report.reported_at.micros(),
    )
    .map(drop)
}

/// Keeps how a service stands in an environment from now on.
pub async fn keep(tx: &mut Tx, standing: &Standing) -> Result<(), Error> {
    let last = &standing.last;
    execute!(
        tx.conn(),
        "insert into runs (service, environment, runs, since, known_since, last) values ($1, $2, $3, $4, $5, $6)
         on conflict (service, environment) do update
         set runs = excluded.runs, since = excluded.since, known_since = excluded.known_since,
             last = excluded.last",
        last.service.uuid(),
        last.environment.uuid(),
        standing.runs.as_ref().map(|running| running.report.id.uuid()),
        standing.runs.as_ref().map(|running| running.since.micros()),
        standing.runs.as_ref().map(|running| running.known_since.micros()),
        last.id.uuid(),
    )
    .map(drop)
}

/// The report of a place that says just this of just this moment, if one does.
pub async fn find(conn: &mut Conn, like: &Deployment) -> Result<Option<Deployment>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        "select id, service, environment, digest, build, tag, outcome, link, at, person, token,
                reported_at
         from deployments
         where environment = $1 and service = $2 and at = $3 and digest = $4 and outcome = $5
         order by id limit 1",
        like.environment.uuid(),
        like.service.uuid(),
        like.at.micros(),
        like.digest.to_string(),
        like.outcome.name()
    )?;
    row.map(Deployment::try_from).transpose()
}

/// The build of an integration that a digest is of: the one that should run, if it is that or has it as the image of one
/// platform; else the build of this digest, or the newest that has it.
pub async fn build_of(
    conn: &mut Conn,
    integration: IntegrationId,
    digest: &Digest,
    current: Option<BuildId>,
) -> Result<Option<BuildId>, Error> {
    let row = fetch!(
        fetch_optional,
        (Uuid,),
        conn,
        "select c.id from (
             select b.id, 1 as own from builds b where b.integration = $1 and b.digest = $2
             union all
             select b.id, 0 as own from manifest_contents m join builds b on b.digest = m.manifest
             where m.content = $2 and m.kind = 'manifest' and b.integration = $1
         ) as c
         order by case when c.id = $3 then 0 else 1 end, c.own desc, c.id desc limit 1",
        integration.uuid(),
        digest.to_string(),
        current.map_or(Uuid::nil(), BuildId::uuid)
    )?;
    Ok(row.map(|(id,)| id.into()))
}

/// Takes reports that came before their build as reports of it: those of its digest, and of the images in it.
pub async fn adopt(tx: &mut Tx, build: &Build) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update deployments set build = $1
         where build is null
           and (digest = $2
                or digest in (select content from manifest_contents where manifest = $2 and kind = 'manifest'))
           and service in (select id from services where integration = $3)",
        build.id.uuid(),
        build.digest.to_string(),
        build.integration.uuid()
    )
    .map(drop)
}

#[derive(sqlx::FromRow)]
struct RunRow {
    ran_digest: Option<String>,
    ran_build: Option<Uuid>,
    ran_tag: Option<String>,
    since: Option<i64>,
    /// Whether the newest report is another one than that of what runs.
    another: bool,
    last_digest: String,
    last_tag: Option<String>,
    last_outcome: String,
    last_link: Option<String>,
    last_at: i64,
}

impl TryFrom<RunRow> for Run {
    type Error = Error;

    fn try_from(row: RunRow) -> Result<Self, Error> {
        let digest =
            |text: &str| Digest::parse(text).map_err(|error| Error::inconsistent("deployments", error));
        let tag = |text: Option<&str>| {
            text.map(Tag::parse).transpose().map_err(|error| Error::inconsistent("builds", error))
        };
        let runs = match (row.ran_digest, row.since) {
            (Some(ran), Some(since)) => Some(Ran {
                digest: digest(&ran)?,
                build: row.ran_build.map(BuildId),
                tag: tag(row.ran_tag.as_deref())?,
                since: since.into(),
            }),
            _ => None,
        };
        let last = Last {
            outcome: outcome(&row.last_outcome)?,
            digest: digest(&row.last_digest)?,
            tag: tag(row.last_tag.as_deref())?,
            link: link(row.last_link.as_deref())?,
            at: row.last_at.into(),
        };
        Ok(Self { runs, last: row.another.then_some(last) })
    }
}

/// What the services run in the environments that these services are reported in.
pub async fn of_services(
    conn: &mut Conn,
    services: &[ServiceId],
) -> Result<HashMap<(ServiceId, EnvironmentId), Run>, Error> {
    #[derive(sqlx::FromRow)]
    struct CellRow {
        service: Uuid,
        environment: Uuid,
        #[sqlx(flatten)]
        run: RunRow,
    }
    let rows = fetch_in!(
        CellRow,
        conn,
        "select r.service, r.environment, r.since, d.digest as ran_digest, d.build as ran_build,
                coalesce(d.tag, b.tag) as ran_tag,
                (r.runs is null or r.runs <> r.last) as another, l.digest as last_digest,
                coalesce(l.tag, m.tag) as last_tag,
                l.outcome as last_outcome, l.link as last_link, l.at as last_at
         from runs r
         left join deployments d on d.id = r.runs
         left join builds b on b.id = d.build
         join deployments l on l.id = r.last
         left join builds m on m.id = l.build
         where r.service in (",
        services.iter().map(|service| service.uuid()).collect(),
        ")"
    )?;
    rows.into_iter()
        .map(|row: CellRow| Ok(((row.service.into(), row.environment.into()), row.run.try_into()?)))
        .collect()
}

/// An environment that an integration feeds, where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub project: ProjectId,
    pub environment: EnvironmentId,
    pub stream: StreamId,
    pub fed: Fed,
}

impl Place {
    /// Whether a bucket feeds it.
    pub fn is_of(&self, bucket: BucketKey) -> bool {
        match bucket {
            BucketKey::Environment(environment) => self.environment == environment,
            BucketKey::ReleaseStream(stream) => self.stream == stream,
        }
    }
}

/// Every environment that an integration feeds with a service, what it runs and what is pinned there; by project, service
/// and environment.
pub async fn of_integration(
    conn: &mut Conn,
    integration: IntegrationId,
    now: Time,
) -> Result<Vec<Place>, Error> {
    #[derive(sqlx::FromRow)]
    struct PlaceRow {
        service: Uuid,
        environment: Uuid,
        stream: Uuid,
        project: Uuid,
        #[sqlx(try_from = "String")]
        service_slug: Slug,
        #[sqlx(try_from = "String")]
        environment_slug: Slug,
        #[sqlx(try_from = "String")]
        project_slug: Slug,
    }
    let rows = fetch!(
        fetch_all,
        PlaceRow,
        conn,
        "select s.id as service, e.id as environment, e.stream, p.id as project, s.slug as service_slug,
                e.slug as environment_slug, p.slug as project_slug
         from services s
         join projects p on p.id = s.project
         join environments e on e.project = p.id
         where s.integration = $1 and p.archived_at is null and e.deleted_at is null
         order by p.slug, s.slug, e.position",
        integration.uuid()
    )?;
    let mut services: Vec<ServiceId> = rows.iter().map(|row| row.service.into()).collect();
    services.dedup();
    let mut runs = of_services(conn, &services).await?;
    let mut pinned = pins::of_services(conn, &services, now).await?;
    let place = |row: PlaceRow| Place {
        project: row.project.into(),
        environment: row.environment.into(),
        stream: row.stream.into(),
        fed: Fed {
            project: row.project_slug,
            environment: row.environment_slug,
            service: row.service_slug,
            run: runs.remove(&(row.service.into(), row.environment.into())),
            pin: pinned.remove(&(row.service.into(), row.environment.into())),
        },
    };
    Ok(rows.into_iter().map(place).collect())
}

/// The reports of an environment, or of one service in it, the newest first, from before one of them.
pub async fn list(
    conn: &mut Conn,
    environment: EnvironmentId,
    service: Option<ServiceId>,
    before: Option<DeploymentId>,
    limit: i64,
) -> Result<Vec<Deployment>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, service, environment, digest, build, tag, outcome, link, at, person, token,
                reported_at
         from deployments
         where environment = $1 and (service = $2 or $3) and id < $4 order by id desc limit $5",
        environment.uuid(),
        service.map(ServiceId::uuid),
        service.is_none(),
        before.map_or(Uuid::max(), DeploymentId::uuid),
        limit
    )?;
    rows.into_iter().map(Deployment::try_from).collect()
}

/// A place where a build runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunsIn {
    pub in_project: ProjectId,
    pub project: Slug,
    pub environment: Slug,
    pub service: Slug,
    pub since: Time,
}

/// Where a build runs, by project, environment and service.
pub async fn where_runs(conn: &mut Conn, build: BuildId) -> Result<Vec<RunsIn>, Error> {
    #[derive(sqlx::FromRow)]
    struct InRow {
        #[sqlx(try_from = "Uuid")]
        in_project: ProjectId,
        #[sqlx(try_from = "String")]
        project: Slug,
        #[sqlx(try_from = "String")]
        environment: Slug,
        #[sqlx(try_from = "String")]
        service: Slug,
        #[sqlx(try_from = "i64")]
        since: Time,
    }
    let rows = fetch!(
        fetch_all,
        InRow,
        conn,
        "select p.id as in_project, p.slug as project, e.slug as environment, s.slug as service, r.since
         from builds b
         join services s on s.integration = b.integration
         join runs r on r.service = s.id
         join deployments d on d.id = r.runs and d.build = b.id
         join environments e on e.id = r.environment
         join projects p on p.id = e.project
         where b.id = $1 order by p.slug, e.position, s.slug limit 200",
        build.uuid()
    )?;
    let place = |row: InRow| RunsIn {
        in_project: row.in_project,
        project: row.project,
        environment: row.environment,
        service: row.service,
        since: row.since,
    };
    Ok(rows.into_iter().map(place).collect())
}
