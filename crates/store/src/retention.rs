//! How long integrations keep their images: what is set, what is known of each build, and letting go.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use std::collections::HashMap;
use towpath_domain::digests::Digest;
use towpath_domain::ids::{BuildId, IntegrationId, ProjectId};
use towpath_domain::references::Tag;
use towpath_domain::retention::{Facts, Retention};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use uuid::Uuid;

/// What is set for an integration; by default everything is kept.
pub async fn load(conn: &mut Conn, integration: IntegrationId) -> Result<Retention, Error> {
    let (retention,) = fetch!(
        fetch_one,
        (Option<Json<Retention>>,),
        conn,
        "select retention from integrations where id = $1",
        integration.uuid()
    )?;
    Ok(retention.map(|Json(retention)| retention).unwrap_or_default())
}

/// What is set for the integrations of a project, where anything is.
pub async fn of_project(
    conn: &mut Conn,
    project: ProjectId,
) -> Result<HashMap<IntegrationId, Retention>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid, Json<Retention>),
        conn,
        "select id, retention from integrations where project = $1 and retention is not null",
        project.uuid()
    )?;
    Ok(rows.into_iter().map(|(id, Json(retention))| (id.into(), retention)).collect())
}

pub async fn save(tx: &mut Tx, integration: IntegrationId, retention: Retention) -> Result<(), Error> {
    let sql = "update integrations set retention = $2 where id = $1";
    execute!(tx.conn(), sql, integration.uuid(), Json(retention)).map(drop)
}

/// An integration with its project.
pub type Owned = (IntegrationId, Slug, ProjectId, Slug);

/// The integrations that let go of something; in projects that are archived, nothing changes.
pub async fn integrations(conn: &mut Conn) -> Result<Vec<Owned>, Error> {
    let rows = fetch!(
        fetch_all,
        (Uuid, String, Uuid, String),
        conn,
        "select i.id, i.slug, o.id, o.slug from integrations i join projects o on o.id = i.project
         where i.retention is not null and i.deleted_at is null and o.archived_at is null order by i.id"
    )?;
    let slug = |text: &str| Slug::parse(text).map_err(|error| Error::inconsistent("integrations", error));
    rows.into_iter()
        .map(|(id, own, project, name)| Ok((id.into(), slug(&own)?, project.into(), slug(&name)?)))
        .collect()
}

#[derive(sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Row {
    id: Uuid,
    #[sqlx(try_from = "String")]
    digest: Digest,
    #[sqlx(try_from = "String")]
    tag: Tag,
    #[sqlx(try_from = "i64")]
    received_at: Time,
    place: Option<i64>,
    production: bool,
    needed: bool,
    tagged: bool,
    unclassified: bool,
}

/// What is known of each build that an integration keeps, the oldest first.
pub async fn facts(conn: &mut Conn, integration: IntegrationId) -> Result<Vec<(Digest, Facts)>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "with history as (
            select p.build, p.bucket,
                   row_number() over (partition by p.bucket order by max(p.at) desc, p.build desc) - 1 as place
            from placements p join buckets k on k.id = p.bucket where k.integration = $1
            group by p.build, p.bucket),
         standing as (
            select h.build, min(h.place) as place, max(case when s.production then 1 else 0 end) as production
            from history h join buckets k on k.id = h.bucket
            left join environments e on k.kind = 'environment' and e.id = k.key
            left join release_streams s on s.id = coalesce(e.stream, k.key)
            group by h.build)
         select b.id, b.digest, b.tag, b.received_at, cast(h.place as bigint) as place,
                coalesce(h.production, 0) = 1 as production,
                (exists (select 1 from promotions w where w.build = b.id and w.state = 'waiting')
                 or exists (select 1 from pins x where x.build = b.id and x.open)
                 or exists (select 1 from refused_arrivals a where a.build = b.id)
                 or exists (select 1 from integrations i where i.default_build = b.id)
                 or exists (select 1 from manifest_contents m join builds x on x.digest = m.manifest
                            where m.content = b.digest and x.integration = b.integration and x.retired_at is null)
                 or exists (select 1 from buckets k join placements c on c.id = k.placement where c.build = b.id)
                 or exists (select 1 from runs r join deployments d on d.id in (r.runs, r.last)
                            where d.build = b.id)) as needed,
                exists (select 1 from tags t where t.integration = b.integration and t.manifest = b.digest) as tagged,
                exists (select 1 from routings o where o.build = b.id and o.key is null) as unclassified
         from builds b left join standing h on h.build = b.id
         where b.integration = $1 and b.retired_at is null order by b.id",
        integration.uuid()
    )?;
    let facts = |row: Row| {
        let facts = Facts {
            build: row.id.into(),
            tag: row.tag,
            place: row.place.map(|place| u32::try_from(place).unwrap_or(u32::MAX)),
            production: row.production,
            needed: row.needed,
            tagged: row.tagged,
            unclassified: row.unclassified,
            received_at: row.received_at,
        };
        (row.digest, facts)
    };
    Ok(rows.into_iter().map(facts).collect())
}

/// What was pushed before a time through the names of an integration, is no build and has no tag, lies in no index that is
/// there, and says nothing about an image that is.
pub async fn untagged(
    conn: &mut Conn,
    integration: IntegrationId,
    before: Time,
) -> Result<Vec<Digest>, Error> {
    let rows = fetch!(
        fetch_all,
        (String,),
        conn,
        "select distinct r.manifest from repository_manifests r join manifests m on m.digest = r.manifest
         where r.integration = $1 and r.pushed_at < $2
           and not exists (select 1 from tags t where t.integration = r.integration and t.manifest = r.manifest)
           and not exists (select 1 from builds b where b.digest = r.manifest and b.retired_at is null)
           and not exists (select 1 from manifest_contents c join repository_manifests o on o.manifest = c.manifest
                           where c.content = r.manifest)
           and not exists (select 1 from manifest_contents c join builds b on b.digest = c.manifest
                           where c.content = r.manifest and b.retired_at is null)
           and not exists (select 1 from repository_manifests s
                           where s.manifest = m.subject and s.integration = r.integration)
           and not exists (select 1 from builds b where b.digest = m.subject and b.retired_at is null)
         order by r.manifest",
        integration.uuid(),
        before.micros()
    )?;
    let digest = |text: &str| Digest::parse(text).map_err(|error| Error::inconsistent("manifests", error));
    rows.into_iter().map(|(text,)| digest(&text)).collect()
}

/// Notes that the image of a build is not kept any more.
pub async fn retire(tx: &mut Tx, build: BuildId, at: Time) -> Result<(), Error> {
    let sql = "update builds set retired_at = $2 where id = $1 and retired_at is null";
    execute!(tx.conn(), sql, build.uuid(), at.micros()).map(drop)
}

/// Notes that the image of a build was deleted, where no name of the integration has it any more.
pub async fn retire_deleted(
    tx: &mut Tx,
    integration: IntegrationId,
    digest: &Digest,
    at: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update builds set retired_at = $3
         where integration = $1 and digest = $2 and retired_at is null
           and not exists (select 1 from repository_manifests r where r.integration = $1 and r.manifest = $2)",
        integration.uuid(),
        digest.to_string(),
        at.micros()
    )
    .map(drop)
}

/// Takes a manifest with its tags out of all names of an integration, and with it what lies in it or says something about
/// it: without a tag, and no part of anything else that is there.
pub async fn unlink(tx: &mut Tx, integration: IntegrationId, digest: &Digest) -> Result<(), Error> {
    let text = digest.to_string();
    let sql = "delete from tags where integration = $1 and manifest = $2";
    execute!(tx.conn(), sql, integration.uuid(), text.as_str())?;
    let sql = "delete from repository_manifests where integration = $1 and manifest = $2";
    execute!(tx.conn(), sql, integration.uuid(), text.as_str())?;
    execute!(
        tx.conn(),
        "delete from repository_manifests
         where integration = $1
           and manifest in (select content from manifest_contents where manifest = $2 and kind = 'manifest'
                            union select digest from manifests where subject = $2)
           and not exists (select 1 from tags t
                           where t.integration = $1 and t.manifest = repository_manifests.manifest)
           and not exists (select 1 from builds b where b.integration = $1 and b.retired_at is null
                                                    and b.digest = repository_manifests.manifest)
           and not exists (select 1 from manifest_contents c
                           where c.content = repository_manifests.manifest and c.manifest <> $2
                             and (exists (select 1 from repository_manifests o
                                          where o.integration = $1 and o.manifest = c.manifest)
                                  or exists (select 1 from builds b where b.integration = $1 and b.retired_at is null
                                                                      and b.digest = c.manifest)))",
        integration.uuid(),
        text.as_str()
    )
    .map(drop)
}

/// Takes note that the image of a build was pushed again.
pub async fn revive(tx: &mut Tx, build: BuildId) -> Result<(), Error> {
    let sql = "update builds set retired_at = null where id = $1 and retired_at is not null";
    execute!(tx.conn(), sql, build.uuid()).map(drop)
}

/// When the image of a build was let go of; absent while it is kept.
pub async fn retired_at(conn: &mut Conn, build: BuildId) -> Result<Option<Time>, Error> {
    let sql = "select retired_at from builds where id = $1";
    let (at,) = fetch!(fetch_one, (Option<i64>,), conn, sql, build.uuid())?;
    Ok(at.map(Time::from_micros))
}
