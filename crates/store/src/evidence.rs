//! What is said about images, what trust roots make of it, and what is still to be held against them.

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use std::collections::HashMap;
use towpath_domain::digests::Digest;
use towpath_domain::evidence::{EvidenceLine, Finding, Judged, Said, Statement, Witness};
use towpath_domain::ids::{BuildId, IntegrationId, ProjectId, TrustRootId};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use uuid::Uuid;

/// A manifest of an integration that is to be held against trust roots, with the image that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    pub integration: IntegrationId,
    pub manifest: Digest,
    pub subject: Digest,
    pub at: Time,
}

#[derive(sqlx::FromRow)]
struct QueuedRow {
    #[sqlx(try_from = "Uuid")]
    integration: IntegrationId,
    #[sqlx(try_from = "String")]
    manifest: Digest,
    #[sqlx(try_from = "String")]
    subject: Digest,
    #[sqlx(try_from = "i64")]
    queued_at: Time,
}

impl From<QueuedRow> for Queued {
    fn from(QueuedRow { integration, manifest, subject, queued_at }: QueuedRow) -> Self {
        Self { integration, manifest, subject, at: queued_at }
    }
}

/// A statement with what each root makes of it.
pub type Found = (Statement, Vec<(TrustRootId, Finding)>);

/// Puts a manifest in the queue, or back to its end.
pub async fn enqueue(tx: &mut Tx, queued: &Queued) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into evidence_queue (integration, manifest, subject, queued_at) values ($1, $2, $3, $4)
         on conflict (integration, manifest, subject) do update set queued_at = excluded.queued_at",
        queued.integration.uuid(),
        queued.manifest.to_string(),
        queued.subject.to_string(),
        queued.at.micros(),
    )
    .map(drop)
}

/// Puts everything in the queue that is signed in a project, as its trust roots changed.
pub async fn enqueue_all(tx: &mut Tx, project: ProjectId, now: Time) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into evidence_queue (integration, manifest, subject, queued_at)
         select distinct s.integration, s.manifest, s.subject, cast($2 as bigint)
         from statements s join integrations i on i.id = s.integration where i.project = $1 and s.signed
         on conflict (integration, manifest, subject) do update set queued_at = excluded.queued_at",
        project.uuid(),
        now.micros(),
    )
    .map(drop)
}

/// The first of the queue.
pub async fn queue(conn: &mut Conn, limit: i64) -> Result<Vec<Queued>, Error> {
    let rows = fetch!(
        fetch_all,
        QueuedRow,
        conn,
        "select integration, manifest, subject, queued_at from evidence_queue order by queued_at limit $1",
        limit
    )?;
    Ok(rows.into_iter().map(Queued::from).collect())
}

/// Those of one manifest.
pub async fn queued(
    conn: &mut Conn,
    integration: IntegrationId,
    manifest: &Digest,
) -> Result<Vec<Queued>, Error> {
    let rows = fetch!(
        fetch_all,
        QueuedRow,
        conn,
        "select integration, manifest, subject, queued_at from evidence_queue where integration = $1 and manifest = $2",
        integration.uuid(),
        manifest.to_string()
    )?;
    Ok(rows.into_iter().map(Queued::from).collect())
}

/// Takes one out of the queue, unless it was put there again since; false where it is gone or there again.
pub async fn take_out(tx: &mut Tx, queued: &Queued) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "delete from evidence_queue where integration = $1 and manifest = $2 and subject = $3 and queued_at = $4",
        queued.integration.uuid(),
        queued.manifest.to_string(),
        queued.subject.to_string(),
        queued.at.micros(),
    )?;
    Ok(rows == 1)
}

/// How many statements there are about an image in an integration, beside those of one manifest.
pub async fn count_beside(tx: &mut Tx, queued: &Queued) -> Result<i64, Error> {
    let sql = "select cast(count(*) as bigint) from statements
               where integration = $1 and subject = $2 and manifest <> $3";
    let (integration, subject, manifest) = names(queued);
    Ok(fetch!(fetch_one, (i64,), tx.conn(), sql, integration, subject, manifest)?.0)
}

/// Keeps what a manifest says, in place of what was found before.
pub async fn put(tx: &mut Tx, queued: &Queued, found: &[Found]) -> Result<(), Error> {
    let (integration, subject, manifest) = names(queued);
    for table in [
        "delete from findings where integration = $1 and subject = $2 and manifest = $3",
        "delete from statements where integration = $1 and subject = $2 and manifest = $3",
    ] {
        execute!(tx.conn(), table, integration, subject.as_str(), manifest.as_str())?;
    }
    for (statement, findings) in found {
        execute!(
            tx.conn(),
            "insert into statements (integration, subject, manifest, part, content, size, said, signed, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            integration,
            subject.as_str(),
            manifest.as_str(),
            statement.part,
            statement.content.to_string(),
            statement.size,
            Json(&statement.said),
            statement.signed,
            statement.at.micros(),
        )?;
        for (root, finding) in findings {
            execute!(
                tx.conn(),
                "insert into findings (integration, subject, manifest, part, root, finding)
                 values ($1, $2, $3, $4, $5, $6)",
                integration,
                subject.as_str(),
                manifest.as_str(),
                statement.part,
                root.uuid(),
                Json(finding),
            )?;
        }
    }
    Ok(())
}

fn names(queued: &Queued) -> (Uuid, String, String) {
    (queued.integration.uuid(), queued.subject.to_string(), queued.manifest.to_string())
}

/// The media type of a manifest, and when it came here first; absent where it cannot be read in the integration any more.
pub async fn arrived(
    conn: &mut Conn,
    integration: IntegrationId,
    manifest: &Digest,
) -> Result<Option<(String, Time)>, Error> {
    let row = fetch!(
        fetch_optional,
        (String, i64),
        conn,
        "select media_type, created_at from manifests where digest = $2 and damaged_at is null and exists (
            select 1 from repository_manifests r where r.integration = $1 and r.manifest = digest)",
        integration.uuid(),
        manifest.to_string(),
    )?;
    Ok(row.map(|(media_type, at)| (media_type, Time::from_micros(at))))
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "String")]
    manifest: Digest,
    part: i64,
    #[sqlx(try_from = "String")]
    content: Digest,
    size: i64,
    #[sqlx(json)]
    said: Said,
    signed: bool,
    #[sqlx(try_from = "i64")]
    at: Time,
    root: Option<String>,
    finding: Option<Json<Finding>>,
}

/// What is said about an image in an integration, oldest first, each with what the trust roots make of it, by their slugs.
pub async fn list(
    conn: &mut Conn,
    integration: IntegrationId,
    subject: &Digest,
) -> Result<Vec<EvidenceLine>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select s.manifest, s.part, s.content, s.size, s.said, s.signed, s.at, t.slug as root, f.finding
         from statements s
         left join findings f on f.integration = s.integration and f.subject = s.subject
                             and f.manifest = s.manifest and f.part = s.part
         left join trust_roots t on t.id = f.root
         where s.integration = $1 and s.subject = $2 and exists (
            select 1 from repository_manifests r where r.integration = s.integration and r.manifest = s.manifest)
         order by s.at, s.manifest, s.part, t.slug",
        integration.uuid(),
        subject.to_string(),
    )?;
    let mut lines: Vec<EvidenceLine> = Vec::new();
    for row in rows {
        let judged = match (row.root.as_deref(), row.finding.clone()) {
            (Some(root), Some(Json(finding))) => {
                let root = Slug::parse(root).map_err(|error| Error::inconsistent("trust_roots", error))?;
                Some(Judged { root, finding })
            }
            _ => None,
        };
        let Row { manifest, part, content, size, said, signed, at, .. } = row;
        match lines.last_mut() {
            Some(last) if last.statement.manifest == manifest && last.statement.part == part => {
                last.judged.extend(judged);
            }
            _ => {
                let statement = Statement { manifest, part, content, size, said, signed, at };
                lines.push(EvidenceLine { statement, judged: judged.into_iter().collect() });
            }
        }
    }
    Ok(lines)
}

/// What trust roots make of what is said about each of these builds.
pub async fn witnesses(conn: &mut Conn, builds: &[BuildId]) -> Result<HashMap<BuildId, Vec<Witness>>, Error> {
    let rows = fetch_in!(
        (Uuid, Uuid, Json<Said>, Json<Finding>),
        conn,
        "select b.id, f.root, s.said, f.finding
         from builds b
         join statements s on s.integration = b.integration and s.subject = b.digest
         join findings f on f.integration = s.integration and f.subject = s.subject
                        and f.manifest = s.manifest and f.part = s.part
         where exists (select 1 from repository_manifests r
                       where r.integration = s.integration and r.manifest = s.manifest)
           and b.id in (",
        builds.iter().map(|build| build.uuid()).collect(),
        ") order by s.at, s.manifest, s.part"
    )?;
    let mut witnesses = HashMap::<BuildId, Vec<Witness>>::new();
    for (build, root, Json(said), Json(finding)) in rows {
        witnesses.entry(build.into()).or_default().push(Witness { root: root.into(), said, finding });
    }
    Ok(witnesses)
}
