//! Deleting and restoring: who uses what is to go, what is current there, and what was deleted.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::deletions::{Deleted, Loss};
use towpath_domain::ids::{EnvironmentId, IntegrationId, ProjectId, RuleId, StreamId, WorkflowId};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use uuid::Uuid;

/// What is to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doomed {
    Integration(IntegrationId),
    Environment(EnvironmentId),
    Workflow(WorkflowId),
    Rule(RuleId),
    Stream(StreamId),
}

impl Doomed {
    const fn uuid(self) -> Uuid {
        match self {
            Self::Integration(id) => id.uuid(),
            Self::Environment(id) => id.uuid(),
            Self::Workflow(id) => id.uuid(),
            Self::Rule(id) => id.uuid(),
            Self::Stream(id) => id.uuid(),
        }
    }

    /// The name that its row has from then on: free for no one, since it ends in the id's random part.
    fn name(self) -> String {
        let id = self.uuid().simple().to_string();
        format!("deleted-{}", &id[20..])
    }
}

/// A promotion that waits, or that pins a build by now.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Promoting {
    #[sqlx(try_from = "Uuid")]
    pub project: ProjectId,
    #[sqlx(try_from = "String")]
    pub slug: Slug,
    pub number: i64,
    pub pins: bool,
}

/// The promotions that wait to enter, or pin something in, what is to be deleted: an integration, an environment, a stream
/// or what follows a workflow. Rules have none.
pub async fn promoting(conn: &mut Conn, doomed: Doomed, now: Time) -> Result<Vec<Promoting>, Error> {
    // An environment's pins concern it alone; one in an environment of a stream leaves the stream as it is.
    macro_rules! promoting {
        ($waiting:literal, $pinning:literal) => {
            concat!(
                "select o.id as project, o.slug, m.number, (1 = 0) as pins
                 from promotions m join projects o on o.id = m.project where m.state = 'waiting' and ",
                $waiting,
                " union all
                 select o.id, o.slug, m.number, (1 = 1)
                 from pins x join promotions m on m.id = x.promotion join projects o on o.id = m.project
                 where x.open and x.until_at > $2 and ",
                $pinning,
                " order by 2, 3"
            )
        };
    }
    let sql = match doomed {
        Doomed::Integration(_) => promoting!("m.integration = $1", "m.integration = $1"),
        Doomed::Environment(_) => {
            promoting!("(m.to_key = $1 or m.pin_environment = $1)", "x.environment = $1")
        }
        Doomed::Workflow(_) => promoting!("m.workflow = $1", "1 = 0"),
        Doomed::Stream(_) => promoting!("m.to_key = $1", "1 = 0"),
        Doomed::Rule(_) => return Ok(Vec::new()),
    };
    fetch!(fetch_all, Promoting, conn, sql, doomed.uuid(), now.micros())
}

/// The services of other projects that an integration builds, each with its project.
pub async fn served(
    conn: &mut Conn,
    integration: IntegrationId,
    home: ProjectId,
) -> Result<Vec<(ProjectId, Slug, Slug)>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid, String, String),
        conn,
        "select o.id, o.slug, s.slug from services s join projects o on o.id = s.project
         where s.integration = $1 and s.project <> $2 order by o.slug, s.slug",
        integration.uuid(),
        home.uuid()
    )?;
    let slug = |text: &str| Slug::parse(text).map_err(|error| Error::inconsistent("services", error));
    rows.into_iter().map(|(id, project, own)| Ok((id.into(), slug(&project)?, slug(&own)?))).collect()
}

/// The holds on a place that have not ended by a time, by their numbers: on it as a whole, and on its buckets. `project` is
/// absent for a stream.
pub async fn holds(
    conn: &mut Conn,
    project: Option<&Slug>,
    slug: &Slug,
    now: Time,
) -> Result<Vec<i64>, Error> {
    let (whole, buckets) = match project {
        Some(project) => (format!("environment:{project}/{slug}"), format!("bucket:{project}/%/{slug}")),
        None => (format!("stream:{slug}"), String::new()),
    };
    let sql =
        "select number from holds where digest is null and ends_at > $1 and (address = $2 or address like $3)
               order by number";
    let rows = fetch!(fetch_all, (i64,), conn, sql, now.micros(), whole, buckets)?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}

/// The builds that are current in what is to be deleted, the first of them, and how many there are in all.
pub async fn losses(conn: &mut Conn, doomed: Doomed, limit: i64) -> Result<(Vec<Loss>, usize), Error> {
    #[derive(sqlx::FromRow)]
    struct LossRow {
        #[sqlx(try_from = "String")]
        project: Slug,
        #[sqlx(try_from = "String")]
        integration: Slug,
        #[sqlx(try_from = "String")]
        bucket: Slug,
        #[sqlx(try_from = "String")]
        tag: Tag,
        total: i64,
    }
    macro_rules! losses {
        ($condition:literal) => {
            concat!(
                "select o.slug as project, coalesce(i.deleted_slug, i.slug) as integration,
                        coalesce(e.slug, s.slug) as bucket, p.tag,
                        count(*) over () as total
                 from buckets k
                 join placements p on p.id = k.placement
                 join integrations i on i.id = k.integration
                 join projects o on o.id = i.project
                 left join environments e on k.kind = 'environment' and e.id = k.key
                 left join release_streams s on k.kind = 'release_stream' and s.id = k.key
                 where e.deleted_at is null and s.deleted_at is null and ",
                $condition,
                " order by o.slug, i.slug, bucket limit $2"
            )
        };
    }
    let sql = match doomed {
        Doomed::Integration(_) => losses!("k.integration = $1"),
        Doomed::Environment(_) | Doomed::Stream(_) => losses!("k.key = $1"),
        Doomed::Workflow(_) | Doomed::Rule(_) => return Ok((Vec::new(), 0)),
    };
    let rows = fetch!(fetch_all, LossRow, conn, sql, doomed.uuid(), limit)?;
    let total = rows.first().map_or(0, |row| usize::try_from(row.total).unwrap_or_default());
    let loss = |row: LossRow| Loss {
        project: row.project,
        integration: row.integration,
        bucket: row.bucket,
        tag: row.tag,
    };
    Ok((rows.into_iter().map(loss).collect(), total))
}

/// Takes something out of lists and addresses and frees its name, unless that was done already.
pub async fn delete(tx: &mut Tx, doomed: Doomed, at: Time) -> Result<(), Error> {
    let sql = match doomed {
        Doomed::Integration(_) => {
            "update integrations set deleted_at = $2, deleted_slug = slug, slug = $3
             where id = $1 and deleted_at is null"
        }
        Doomed::Environment(_) => {
            "update environments set deleted_at = $2, deleted_slug = slug, slug = $3
             where id = $1 and deleted_at is null"
        }
        Doomed::Workflow(_) => {
            "update workflows set deleted_at = $2, deleted_slug = slug, slug = $3, is_default = false
             where id = $1 and deleted_at is null"
        }
        Doomed::Rule(_) => {
            "update rules set deleted_at = $2, deleted_slug = slug, slug = $3, is_default = false
             where id = $1 and deleted_at is null"
        }
        Doomed::Stream(_) => {
            "update release_streams set deleted_at = $2, deleted_slug = slug, slug = $3
             where id = $1 and deleted_at is null"
        }
    };
    let rows = execute!(tx.conn(), sql, doomed.uuid(), at.micros(), doomed.name())?;
    if rows == 1 { Ok(()) } else { Err(Error::Changed) }
}

/// Gives a deleted integration its name and its place in the lists again. Where the workflow or the rule that it had of its
/// own was deleted in the meantime, it follows its project's default from then on.
pub async fn restore(tx: &mut Tx, integration: IntegrationId) -> Result<(), Error> {
    let rows = execute!(
        tx.conn(),
        "update integrations set slug = deleted_slug, deleted_slug = null, deleted_at = null
         where id = $1 and deleted_at is not null",
        integration.uuid()
    )?;
    if rows != 1 {
        return Err(Error::Changed);
    }
    execute!(
        tx.conn(),
        "update integrations set follows = 'default', workflow = null
         where id = $1 and exists (select 1 from workflows w
                                   where w.id = integrations.workflow and w.deleted_at is not null)",
        integration.uuid()
    )?;
    execute!(
        tx.conn(),
        "update integrations set rule_follows = 'default', rule = null
         where id = $1 and exists (select 1 from rules r
                                   where r.id = integrations.rule and r.deleted_at is not null)",
        integration.uuid()
    )
    .map(drop)
}

#[derive(sqlx::FromRow)]
struct DeletedRow {
    id: Uuid,
    #[sqlx(try_from = "String")]
    slug: Slug,
    #[sqlx(try_from = "String")]
    title: Title,
    #[sqlx(try_from = "i64")]
    deleted_at: Time,
}

impl From<DeletedRow> for (IntegrationId, Deleted) {
    fn from(row: DeletedRow) -> Self {
        (row.id.into(), Deleted { slug: row.slug, title: row.title, at: row.deleted_at })
    }
}

/// The integrations of a project that were deleted since a time, the newest first.
pub async fn list(
    conn: &mut Conn,
    project: ProjectId,
    since: Time,
    limit: i64,
) -> Result<Vec<(IntegrationId, Deleted)>, Error> {
    let rows = fetch!(
        fetch_all,
        DeletedRow,
        conn,
        "select id, deleted_slug as slug, title, deleted_at from integrations
         where project = $1 and deleted_at > $2 order by deleted_at desc, deleted_slug limit $3",
        project.uuid(),
        since.micros(),
        limit
    )?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The integration of this name that was deleted last in a project, if that was since a time.
pub async fn find(
    conn: &mut Conn,
    project: ProjectId,
    slug: &Slug,
    since: Time,
) -> Result<Option<(IntegrationId, Deleted)>, Error> {
    let row = fetch!(
        fetch_optional,
        DeletedRow,
        conn,
        "select id, deleted_slug as slug, title, deleted_at from integrations
         where project = $1 and deleted_slug = $2 and deleted_at > $3 order by deleted_at desc limit 1",
        project.uuid(),
        slug.as_str(),
        since.micros()
    )?;
    Ok(row.map(Into::into))
}
