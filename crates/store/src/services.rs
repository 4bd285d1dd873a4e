//! Services.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::digests::Digest;
use towpath_domain::ids::{EnvironmentId, IntegrationId, ProjectId, ServiceId};
use towpath_domain::references::Tag;
use towpath_domain::services::Service;
use towpath_domain::slugs::Slug;
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

/// The services of a project, by slug.
pub async fn list(conn: &mut Conn, project: ProjectId) -> Result<Vec<Service>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, project, slug, title, integration from services where project = $1 order by slug",
        project.uuid()
    )?;
    Ok(rows.into_iter().map(Service::from).collect())
}

/// Every service, by its project and its slug.
pub async fn list_all(conn: &mut Conn) -> Result<Vec<Service>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select id, project, slug, title, integration from services order by project, slug"
    )?;
    Ok(rows.into_iter().map(Service::from).collect())
}

/// What one service should run in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShouldRun {
    pub service: Slug,
    pub project: Slug,
    pub integration: Slug,
    /// The integration's bucket for the environment or for its stream.
    pub bucket: Slug,
    /// The build that is current there; absent while it is empty.
    pub build: Option<(Digest, Tag)>,
}

/// What each service of a project should run in an environment of it, by service.
pub async fn should_run(
    conn: &mut Conn,
    project: ProjectId,
    environment: EnvironmentId,
) -> Result<Vec<ShouldRun>, Error> {
    #[derive(sqlx::FromRow)]
    struct RunRow {
        #[sqlx(try_from = "String")]
        service: Slug,
        #[sqlx(try_from = "String")]
        project: Slug,
        #[sqlx(try_from = "String")]
        integration: Slug,
        #[sqlx(try_from = "String")]
        bucket: Slug,
        digest: Option<String>,
        tag: Option<String>,
    }
    let rows = fetch!(
        fetch_all,
        RunRow,
        conn,
        "select s.slug as service, o.slug as project, i.slug as integration, b.digest, b.tag,
                case i.kind when 'environment' then e.slug else t.slug end as bucket
         from services s
         join environments e on e.id = $2
         join release_streams t on t.id = e.stream
         join integrations i on i.id = s.integration
         join projects o on o.id = i.project
         left join buckets k on k.integration = i.id
              and k.key = case i.kind when 'environment' then e.id else e.stream end
         left join placements p on p.id = k.placement
         left join builds b on b.id = p.build
         where s.project = $1 order by s.slug",
        project.uuid(),
        environment.uuid()
    )?;
    rows.into_iter()
        .map(|row| {
            let wrong = |error: &dyn ToString| Error::inconsistent("builds", error.to_string());
            let build = match (row.digest, row.tag) {
                (Some(digest), Some(tag)) => Some((
                    Digest::parse(&digest).map_err(|error| wrong(&error))?,
                    Tag::parse(&tag).map_err(|error| wrong(&error))?,
                )),
                _ => None,
            };
            Ok(ShouldRun {
                service: row.service,
                project: row.project,
                integration: row.integration,
                bucket: row.bucket,
                build,
            })
        })
        .collect()
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
