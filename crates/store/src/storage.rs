//! What projects keep, how much they may, and which repositories there are.

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::ids::ProjectId;
use towpath_domain::slugs::Slug;
use towpath_domain::storage::Quota;
use uuid::Uuid;

/// What is set about a project's storage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    pub quota: Option<Quota>,
    pub anonymous_pull: bool,
}

pub async fn settings(conn: &mut Conn, project: ProjectId) -> Result<Settings, Error> {
    let (quota, anonymous_pull) = fetch!(
        fetch_one,
        (Option<i64>, bool),
        conn,
        "select quota, anonymous_pull from projects where id = $1",
        project.uuid()
    )?;
    Ok(Settings { quota: quota.and_then(Quota::of), anonymous_pull })
}

pub async fn save(tx: &mut Tx, project: ProjectId, settings: Settings) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "update projects set quota = $2, anonymous_pull = $3 where id = $1",
        project.uuid(),
        settings.quota.map(Quota::bytes),
        settings.anonymous_pull
    )
    .map(drop)
}

/// The project of this name, if anybody may pull from it.
pub async fn open_to_all(conn: &mut Conn, slug: &Slug) -> Result<Option<ProjectId>, Error> {
    let row = fetch!(
        fetch_optional,
        (Uuid,),
        conn,
        "select id from projects where slug = $1 and anonymous_pull",
        slug.as_str()
    )?;
    Ok(row.map(|(id,)| id.into()))
}

/// Bytes of all that was pushed through the names of a project, each content counted once. What a promotion shares counts
/// where it was pushed.
pub async fn used(conn: &mut Conn, project: ProjectId) -> Result<i64, Error> {
    let (bytes,) = fetch!(
        fetch_one,
        (i64,),
        conn,
        "select cast(coalesce(sum(size), 0) as bigint) from (
            select b.digest, b.size from blobs b where b.digest in (
                select r.blob from integrations i join repository_blobs r on r.integration = i.id where i.project = $1)
            union
            select m.digest, m.size from manifests m where m.digest in (
                select r.manifest from integrations i join repository_manifests r on r.integration = i.id
                where i.project = $1)) kept",
        project.uuid()
    )?;
    Ok(bytes)
}

/// A registry name that holds something: a project, an integration and, where it is one, a bucket.
pub type RepositoryName = (String, String, Option<String>);

/// Every registry name through which something was pushed, or in whose bucket a build is current.
pub async fn repositories(conn: &mut Conn) -> Result<Vec<RepositoryName>, Error> {
    fetch!(
        fetch_all,
        RepositoryName,
        conn,
        "select o.slug, i.slug, coalesce(e.slug, s.slug) as bucket
         from (select distinct integration, bucket from repository_manifests
               union select k.integration, k.key from buckets k where k.placement is not null) r
         join integrations i on i.id = r.integration
         join projects o on o.id = i.project
         left join environments e on e.id = r.bucket
         left join release_streams s on s.id = r.bucket
         where i.deleted_at is null and e.deleted_at is null and s.deleted_at is null
             and (r.bucket = $1 or e.id is not null or s.id is not null)",
        Uuid::nil()
    )
}
