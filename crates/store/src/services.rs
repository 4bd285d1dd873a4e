//! Services.

use crate::query::{execute, fetch, fetch_in};
use crate::workflows::kind;
use crate::{Conn, Error, Tx, pins};
use std::collections::HashMap;
use towpath_domain::buckets::BucketKind;
use towpath_domain::digests::Digest;
use towpath_domain::ids::{BuildId, EnvironmentId, IntegrationId, ProjectId, ServiceId, StreamId};
use towpath_domain::pins::Source;
use towpath_domain::references::Tag;
use towpath_domain::services::Service;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: ServiceId,
    #[sqlx(try_from = "Uuid")]
    project: ProjectId,
    #[sqlx(try_from = "String")]
    slug: Slug,
    #[sqlx(try_from = "String")]
    title: Title,
    #[sqlx(try_from = "Uuid")]
    integration: IntegrationId,
}

impl From<Row> for Service {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            project: row.project,
            slug: row.slug,
            title: row.title,
            integration: row.integration,
        }
    }
}

/// A service and the integration that builds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    pub service: Service,
    pub kind: BucketKind,
    /// The project of the integration, and the name of both.
    pub home: ProjectId,
    pub board: (Slug, Slug),
}

#[derive(sqlx::FromRow)]
struct BuiltRow {
    #[sqlx(flatten)]
    service: Row,
    kind: String,
    #[sqlx(try_from = "Uuid")]
    home: ProjectId,
    #[sqlx(try_from = "String")]
    home_slug: Slug,
    #[sqlx(try_from = "String")]
    integration_slug: Slug,
}

impl TryFrom<BuiltRow> for Built {
    type Error = Error;

    fn try_from(row: BuiltRow) -> Result<Self, Error> {
        Ok(Self {
            service: row.service.into(),
            kind: kind("integrations", &row.kind)?,
            home: row.home,
            board: (row.home_slug, row.integration_slug),
        })
    }
}

/// The service of a project with this name.
pub async fn find(conn: &mut Conn, project: ProjectId, slug: &Slug) -> Result<Option<Built>, Error> {
    let row = fetch!(
        fetch_optional,
        BuiltRow,
        conn,
        "select s.id, s.project, s.slug, s.title, s.integration, i.kind, i.slug as integration_slug,
                h.id as home, h.slug as home_slug
         from services s
         join integrations i on i.id = s.integration
         join projects h on h.id = i.project
         where s.project = $1 and s.slug = $2 and i.deleted_at is null",
        project.uuid(),
        slug.as_str()
    )?;
    row.map(Built::try_from).transpose()
}

/// Up to `limit` services of a project by slug, after one of them.
pub async fn list(conn: &mut Conn, project: ProjectId, after: &str, limit: i64) -> Result<Vec<Built>, Error> {
    let rows = fetch!(
        fetch_all,
        BuiltRow,
        conn,
        "select s.id, s.project, s.slug, s.title, s.integration, i.kind, i.slug as integration_slug,
                h.id as home, h.slug as home_slug
         from services s
         join integrations i on i.id = s.integration
         join projects h on h.id = i.project
         where s.project = $1 and s.slug > $2 and i.deleted_at is null order by s.slug limit $3",
        project.uuid(),
        after,
        limit
    )?;
    rows.into_iter().map(Built::try_from).collect()
}

/// The names of these services.
pub async fn slugs(conn: &mut Conn, ids: &[ServiceId]) -> Result<HashMap<ServiceId, Slug>, Error> {
    let rows = fetch_in!(
        (Uuid, String),
        conn,
        "select id, slug from services where id in (",
        ids.iter().map(|id| id.uuid()).collect(),
        ")"
    )?;
    rows.into_iter()
        .map(|(id, slug): (Uuid, String)| {
            let slug = Slug::parse(&slug).map_err(|error| Error::inconsistent("services", error))?;
            Ok((id.into(), slug))
        })
        .collect()
}

/// Whether a project has a service of this name, whose integration is there.
pub async fn is_taken(conn: &mut Conn, project: ProjectId, slug: &Slug) -> Result<bool, Error> {
    let sql = "select s.id from services s join integrations i on i.id = s.integration
               where s.project = $1 and s.slug = $2 and i.deleted_at is null";
    let row: Option<(Uuid,)> = fetch!(fetch_optional, (Uuid,), conn, sql, project.uuid(), slug.as_str())?;
    Ok(row.is_some())
}

/// Every service, by its project and its slug.
pub async fn list_all(conn: &mut Conn) -> Result<Vec<Service>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select s.id, s.project, s.slug, s.title, s.integration
         from services s join integrations i on i.id = s.integration
         where i.deleted_at is null order by s.project, s.slug"
    )?;
    Ok(rows.into_iter().map(Service::from).collect())
}

/// What one service should run in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShouldRun {
    pub id: ServiceId,
    pub service: Slug,
    pub built_by: IntegrationId,
    /// The project of the integration.
    pub home: ProjectId,
    pub project: Slug,
    pub integration: Slug,
    /// The integration's bucket for the environment or for its stream.
    pub bucket: Slug,
    /// What is pinned, or else current there, or else the integration's default; absent while there is none of these.
    pub build: Option<(BuildId, Digest, Tag)>,
    pub source: Source,
}

/// What each service of a project should run in an environment of it at a moment, by service; as if the environment were of
/// a release stream, which need not be its own.
pub async fn should_run(
    conn: &mut Conn,
    project: ProjectId,
    (environment, stream): (EnvironmentId, StreamId),
    now: Time,
) -> Result<Vec<ShouldRun>, Error> {
    #[derive(sqlx::FromRow)]
    struct RunRow {
        #[sqlx(try_from = "Uuid")]
        id: ServiceId,
        #[sqlx(try_from = "String")]
        service: Slug,
        #[sqlx(try_from = "Uuid")]
        built_by: IntegrationId,
        #[sqlx(try_from = "Uuid")]
        home: ProjectId,
        #[sqlx(try_from = "String")]
        project: Slug,
        #[sqlx(try_from = "String")]
        integration: Slug,
        #[sqlx(try_from = "String")]
        bucket: Slug,
        build: Option<Uuid>,
        digest: Option<String>,
        tag: Option<String>,
        by_default: bool,
    }
    let rows = fetch!(
        fetch_all,
        RunRow,
        conn,
        "select s.id, s.slug as service, i.id as built_by, o.id as home, o.slug as project, i.slug as integration,
                b.id as build, b.digest, coalesce(p.tag, b.tag) as tag, (p.build is null and b.id is not null) as by_default,
                case i.kind when 'environment' then e.slug else t.slug end as bucket
         from services s
         join environments e on e.id = $2
         join release_streams t on t.id = $3
         join integrations i on i.id = s.integration
         join projects o on o.id = i.project
         left join buckets k on k.integration = i.id
              and k.key = case i.kind when 'environment' then e.id else t.id end
         left join placements p on p.id = k.placement
         left join builds b on b.id = coalesce(p.build, i.default_build)
         where s.project = $1 and i.deleted_at is null order by s.slug",
        project.uuid(),
        environment.uuid(),
        stream.uuid()
    )?;
    let ids: Vec<ServiceId> = rows.iter().map(|row| row.id).collect();
    let mut pinned = pins::of_services(conn, &ids, now).await?;
    rows.into_iter()
        .map(|row| {
            let wrong = |error: &dyn ToString| Error::inconsistent("builds", error.to_string());
            let build = match (row.build, row.digest, row.tag) {
                (Some(build), Some(digest), Some(tag)) => Some((
                    build.into(),
                    Digest::parse(&digest).map_err(|error| wrong(&error))?,
                    Tag::parse(&tag).map_err(|error| wrong(&error))?,
                )),
                _ => None,
            };
            let mark = pinned.remove(&(row.id, environment));
            let (build, source) = match (mark, row.by_default) {
                (Some(mark), _) => {
                    let build = (mark.build, mark.digest.clone(), mark.tag.clone());
                    (Some(build), Source::Pin(Box::new(mark)))
                }
                (None, true) => (build, Source::Default),
                (None, false) => (build, Source::Bucket),
            };
            Ok(ShouldRun {
                source,
                id: row.id,
                service: row.service,
                built_by: row.built_by,
                home: row.home,
                project: row.project,
                integration: row.integration,
                bucket: row.bucket,
                build,
            })
        })
        .collect()
}

/// Lets a service of this name whose integration was deleted become this one, with what it has run; false where there is
/// none.
pub async fn adopt(tx: &mut Tx, service: &Service) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "update services set title = $3, integration = $4
         where project = $1 and slug = $2
           and exists (select 1 from integrations i where i.id = services.integration and i.deleted_at is not null)",
        service.project.uuid(),
        service.slug.as_str(),
        service.title.as_str(),
        service.integration.uuid(),
    )?;
    Ok(rows == 1)
}

pub async fn insert(tx: &mut Tx, service: &Service) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into services (id, project, slug, title, integration) values ($1, $2, $3, $4, $5)",
        service.id.uuid(),
        service.project.uuid(),
        service.slug.as_str(),
        service.title.as_str(),
        service.integration.uuid(),
    )
    .map(drop)
}
