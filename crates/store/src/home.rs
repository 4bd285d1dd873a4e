//! The rows and cells of the first page, each kind in one query whatever the number of services or builds.

use crate::query::fetch_in;
use crate::services::Built;
use crate::workflows::kind;
use crate::{Conn, Error};
use towpath_domain::buckets::BucketKey;
use towpath_domain::digests::Digest;
use towpath_domain::home::{Place, Placed};
use towpath_domain::ids::{BuildId, IntegrationId, ProjectId, ServiceId};
use towpath_domain::projects::{Project, Sample};
use towpath_domain::references::Tag;
use towpath_domain::services::Service;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

/// Which rows to read; empty parts do not narrow.
#[derive(Debug, Clone, Default)]
pub struct Criteria {
    pub project: Option<Slug>,
    /// A part of the name of a service or of its project.
    pub name: Option<String>,
    /// The projects that the reader may see; absent for whoever sees all.
    pub visible: Option<Vec<ProjectId>>,
    /// The integrations that a token is narrowed to.
    pub integrations: Option<Vec<IntegrationId>>,
}

/// A service with the integration that builds it, or a project that has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub project: Project,
    pub has_workflow: bool,
    pub has_integration: bool,
    pub service: Option<Built>,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    project: ProjectId,
    #[sqlx(try_from = "String")]
    project_slug: Slug,
    #[sqlx(try_from = "String")]
    project_title: Title,
    #[sqlx(try_from = "i64")]
    created_at: Time,
    sample: Option<String>,
    has_workflow: bool,
    has_integration: bool,
    service: Option<Uuid>,
    slug: Option<String>,
    title: Option<String>,
    integration: Option<Uuid>,
    kind: Option<String>,
    integration_slug: Option<String>,
    home: Option<Uuid>,
    home_slug: Option<String>,
}

impl TryFrom<Row> for Line {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let unknown = |text: &str| Error::inconsistent("projects", format!("sample {text}"));
        let sample = |text: String| Sample::parse(&text).ok_or_else(|| unknown(&text));
        let slug = |text: &str| Slug::parse(text).map_err(|error| Error::inconsistent("services", error));
        let names = (row.slug, row.title, row.integration_slug, row.home_slug);
        let service = match (row.service, row.integration, row.kind, row.home, names) {
            (
                Some(id),
                Some(integration),
                Some(of),
                Some(home),
                (Some(own), Some(title), Some(name), Some(at)),
            ) => Some(Built {
                service: Service {
                    id: ServiceId(id),
                    project: row.project,
                    slug: slug(&own)?,
                    title: Title::parse(&title).map_err(|error| Error::inconsistent("services", error))?,
                    integration: integration.into(),
                },
                kind: kind("integrations", &of)?,
                home: home.into(),
                board: (slug(&at)?, slug(&name)?),
            }),
            _ => None,
        };
        Ok(Self {
            project: Project {
                id: row.project,
                slug: row.project_slug,
                title: row.project_title,
                created_at: row.created_at,
                archived_at: None,
                sample: row.sample.map(sample).transpose()?,
            },
            has_workflow: row.has_workflow,
            has_integration: row.has_integration,
            service,
        })
    }
}

/// Reads up to `limit` services by project and name, after one of them. A project without services takes one
/// line, an archived one none. What is global is deployed by the projects that use it, so it has none here.
pub async fn lines(
    conn: &mut Conn,
    criteria: &Criteria,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<Line>, Error> {
    macro_rules! build {
        ($engine:ty, $conn:expr) => {{
            let mut query = sqlx::QueryBuilder::<$engine>::new(
                "select p.id as project, p.slug as project_slug, p.title as project_title, p.created_at,
                        p.sample,
                        exists (select 1 from workflows w where w.project = p.id and w.deleted_at is null) as has_workflow,
                        exists (select 1 from integrations n
                                where n.project = p.id and n.deleted_at is null) as has_integration,
                        s.id as service, s.slug, s.title, s.integration, i.kind, i.slug as integration_slug,
                        h.id as home, h.slug as home_slug
                 from projects p
                 left join services s on s.project = p.id
                      and exists (select 1 from integrations n where n.id = s.integration and n.deleted_at is null)
                 left join integrations i on i.id = s.integration
                 left join projects h on h.id = i.project
                 where p.slug <> 'global' and p.archived_at is null",
            );
            if let Some(after) = after {
                query.push(" and p.slug >= ").push_bind(after.project.as_str().to_owned());
                query.push(" and (p.slug > ").push_bind(after.project.as_str().to_owned());
                let service = after.service.as_ref().map(Slug::as_str).unwrap_or_default();
                query.push(" or s.slug > ").push_bind(service.to_owned()).push(")");
            }
            if let Some(project) = &criteria.project {
                query.push(" and p.slug = ").push_bind(project.as_str().to_owned());
            }
            if let Some(name) = &criteria.name {
                let pattern = containing(name);
                query.push(" and (");
                for (position, column) in ["s.slug", "s.title", "p.slug", "p.title"].into_iter().enumerate() {
                    query.push(if position == 0 { "lower(" } else { " or lower(" }).push(column);
                    query.push(") like ").push_bind(pattern.clone()).push(" escape '\\'");
                }
                query.push(")");
            }
            if let Some(integrations) = &criteria.integrations {
                query.push(" and s.integration in (");
                let mut list = query.separated(", ");
                for id in integrations {
                    list.push_bind(id.uuid());
                }
                query.push(")");
            }
            if let Some(visible) = &criteria.visible {
                query.push(" and p.id in (");
                let mut list = query.separated(", ");
                for id in visible {
                    list.push_bind(id.uuid());
                }
                query.push(")");
            }
            query.push(" order by p.slug, s.slug limit ").push_bind(limit);
            query.build_query_as::<Row>().fetch_all(&mut **$conn).await
        }};
    }
    let sees_nothing = criteria.visible.as_ref().is_some_and(Vec::is_empty);
    if sees_nothing || criteria.integrations.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let rows = match conn {
        Conn::Sqlite(conn) => build!(sqlx::Sqlite, conn),
        Conn::Postgres(conn) => build!(sqlx::Postgres, conn),
    };
    rows?.into_iter().map(Line::try_from).collect()
}

/// The pattern of all that has a text somewhere inside, whatever characters it is of.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// What is current in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    pub integration: IntegrationId,
    pub key: BucketKey,
    pub id: Option<BuildId>,
    pub build: Option<Placed>,
    pub paused: bool,
}

/// The buckets of these integrations that have had anything.
pub async fn current(conn: &mut Conn, integrations: &[IntegrationId]) -> Result<Vec<Current>, Error> {
    #[derive(sqlx::FromRow)]
    struct CurrentRow {
        #[sqlx(try_from = "Uuid")]
        integration: IntegrationId,
        kind: String,
        key: Uuid,
        paused_at: Option<i64>,
        at: Option<i64>,
        build: Option<Uuid>,
        digest: Option<String>,
        tag: Option<String>,
    }
    let rows = fetch_in!(
        CurrentRow,
        conn,
        "select k.integration, k.kind, k.key, k.paused_at, p.at, b.id as build, b.digest, p.tag
         from buckets k
         left join placements p on p.id = k.placement
         left join builds b on b.id = p.build
         where k.integration in (",
        integrations.iter().map(|integration| integration.uuid()).collect(),
        ")"
    )?;
    let wrong = |error: &dyn ToString| Error::inconsistent("builds", error.to_string());
    let current = |row: CurrentRow| {
        let build = match (row.at, row.digest, row.tag) {
            (Some(at), Some(digest), Some(tag)) => Some(Placed {
                tag: Tag::parse(&tag).map_err(|error| wrong(&error))?,
                digest: Digest::parse(&digest).map_err(|error| wrong(&error))?,
                at: at.into(),
            }),
            _ => None,
        };
        let key = BucketKey::new(kind("buckets", &row.kind)?, row.key);
        Ok(Current {
            integration: row.integration,
            key,
            id: row.build.map(BuildId),
            build,
            paused: row.paused_at.is_some(),
        })
    };
    rows.into_iter().map(current).collect()
}

/// How many promotions wait to become current in each bucket of these integrations, where any do.
pub async fn waiting(
    conn: &mut Conn,
    integrations: &[IntegrationId],
) -> Result<Vec<(IntegrationId, BucketKey, i64)>, Error> {
    let rows = fetch_in!(
        (Uuid, String, Uuid, i64),
        conn,
        "select integration, to_kind, to_key, count(*) from promotions
         where state = 'waiting' and pin is null and integration in (",
        integrations.iter().map(|integration| integration.uuid()).collect(),
        ") group by integration, to_kind, to_key"
    )?;
    rows.into_iter()
        .map(|(integration, of, key, count): (Uuid, String, Uuid, i64)| {
            Ok((integration.into(), BucketKey::new(kind("promotions", &of)?, key), count))
        })
        .collect()
}
