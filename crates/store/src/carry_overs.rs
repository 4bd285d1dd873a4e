//! What an integration takes along into a new one of the other type. Nothing of the old one is changed.

use crate::buckets::read_tag;
use crate::images::Repository;
use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use towpath_domain::carry_overs::Earlier;
use towpath_domain::digests::Digest;
use towpath_domain::ids::{BucketId, BuildId, IntegrationId, PlacementId, ProjectId, ServiceId};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use uuid::Uuid;

/// A build that was current in a bucket and whose image is kept, as it was there last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    pub build: BuildId,
    pub bucket: BucketId,
    pub placement: PlacementId,
    pub tag: Tag,
}

/// The newest builds of the history of these buckets, each once, newest first; and how many there are in all.
pub async fn history(
    conn: &mut Conn,
    buckets: &[BucketId],
    limit: usize,
) -> Result<(Vec<Came>, usize), Error> {
    #[derive(sqlx::FromRow)]
    struct CameRow {
        #[sqlx(try_from = "Uuid")]
        id: PlacementId,
        #[sqlx(try_from = "Uuid")]
        bucket: BucketId,
        #[sqlx(try_from = "Uuid")]
        build: BuildId,
        tag: String,
        total: i64,
    }
    let rows = fetch_in!(
        CameRow,
        conn,
        "select id, bucket, build, tag, count(*) over () as total from (
            select p.id, p.bucket, p.build, p.tag, row_number() over (partition by p.build order by p.id desc) as turn
            from placements p join builds b on b.id = p.build
            where b.retired_at is null and p.bucket in (",
        buckets.iter().map(|bucket| bucket.uuid()).collect(),
        format_args!(")) as lived where turn = 1 order by id desc limit {limit}")
    )?;
    let total = rows.first().map_or(0, |row| usize::try_from(row.total).unwrap_or_default());
    let came = |row: CameRow| {
        Ok(Came { build: row.build, bucket: row.bucket, placement: row.id, tag: read_tag(&row.tag)? })
    };
    Ok((rows.into_iter().map(came).collect::<Result<_, Error>>()?, total))
}

/// The integrations that one was carried over to and that stand, the newest first.
pub async fn of_integration(conn: &mut Conn, source: IntegrationId) -> Result<Vec<Earlier>, Error> {
    let rows = fetch!(
        fetch_all,
        (String, i64),
        conn,
        "select slug, carried_at from integrations
         where carried_from = $1 and carried_at is not null and deleted_at is null
         order by carried_at desc, slug limit 20",
        source.uuid()
    )?;
    let read = |(slug, at): (String, i64)| {
        let slug = Slug::parse(&slug).map_err(|error| Error::inconsistent("integrations", error))?;
        Ok(Earlier { slug, at: at.into() })
    };
    rows.into_iter().map(read).collect()
}

/// The integration of this name that one was carried over to, if that is where it came from.
pub async fn find(
    conn: &mut Conn,
    (project, source): (ProjectId, IntegrationId),
    slug: &Slug,
) -> Result<Option<IntegrationId>, Error> {
    let row = fetch!(
        fetch_optional,
        (Uuid,),
        conn,
        "select id from integrations
         where project = $1 and slug = $2 and carried_from = $3 and deleted_at is null",
        project.uuid(),
        slug.as_str(),
        source.uuid()
    )?;
    Ok(row.map(|(id,)| id.into()))
}

/// Remembers of which integration a new one was made; it keeps its images as that does.
pub async fn remember(
    tx: &mut Tx,
    integration: IntegrationId,
    source: IntegrationId,
    at: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update integrations
         set carried_from = $2, carried_at = $3, retention = (select o.retention from integrations o where o.id = $2)
         where id = $1",
        integration.uuid(),
        source.uuid(),
        at.micros(),
    )
    .map(drop)
}

/// Lets an image be read through another name as through this one: by its own name where it was pushed there, and by its tags
/// where those are free.
pub async fn name_alike(
    tx: &mut Tx,
    from: Repository,
    to: Repository,
    digest: &Digest,
    now: Time,
) -> Result<(), Error> {
    for sql in [
        "insert into repository_manifests (integration, bucket, manifest, pushed_at)
         select $3, $4, manifest, $6 from repository_manifests
         where integration = $1 and bucket = $2 and manifest = $5
         on conflict (integration, bucket, manifest) do nothing",
        "insert into tags (integration, bucket, name, manifest, updated_at)
         select $3, $4, name, manifest, $6 from tags
         where integration = $1 and bucket = $2 and manifest = $5
         on conflict (integration, bucket, name) do nothing",
    ] {
        execute!(
            tx.conn(),
            sql,
            from.integration(),
            from.bucket(),
            to.integration(),
            to.bucket(),
            digest.to_string(),
            now.micros(),
        )?;
    }
    Ok(())
}

/// Has what is said about an image held against the trust roots for another integration, too.
pub async fn examine(
    tx: &mut Tx,
    (from, to): (IntegrationId, IntegrationId),
    digest: &Digest,
    now: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into evidence_queue (integration, manifest, subject, queued_at)
         select distinct $2, s.manifest, s.subject, $4 from statements s
         where s.integration = $1
           and s.subject in (select cast($3 as text)
                             union all select content from manifest_contents where manifest = $3 and kind = 'manifest')
         on conflict (integration, manifest, subject) do nothing",
        from.uuid(),
        to.uuid(),
        digest.to_string(),
        now.micros(),
    )
    .map(drop)
}

/// The services that an integration builds, by name.
pub async fn services(conn: &mut Conn, integration: IntegrationId) -> Result<Vec<(ServiceId, Slug)>, Error> {
    let sql = "select id, slug from services where integration = $1 order by slug";
    let rows = fetch!(fetch_all, (Uuid, String), conn, sql, integration.uuid())?;
    let read = |(id, slug): (Uuid, String)| {
        let slug = Slug::parse(&slug).map_err(|error| Error::inconsistent("services", error))?;
        Ok((id.into(), slug))
    };
    rows.into_iter().map(read).collect()
}

/// Has another integration build a service. What it was reported to run is that integration's copy of it, where it has one.
pub async fn move_service(
    tx: &mut Tx,
    service: ServiceId,
    (from, to): (IntegrationId, IntegrationId),
) -> Result<(), Error> {
    let sql = "update services set integration = $2 where id = $1 and integration = $3";
    let rows = execute!(tx.conn(), sql, service.uuid(), to.uuid(), from.uuid())?;
    if rows != 1 {
        return Err(Error::Changed);
    }
    execute!(
        tx.conn(),
        "update deployments
         set build = (select c.id from builds o
                      join builds c on c.integration = $3 and c.digest = o.digest and c.external_id = o.external_id
                      where o.id = deployments.build)
         where service = $1
           and build in (select o.id from builds o
                         join builds c on c.integration = $3 and c.digest = o.digest and c.external_id = o.external_id
                         where o.integration = $2)",
        service.uuid(),
        from.uuid(),
        to.uuid(),
    )
    .map(drop)
}
