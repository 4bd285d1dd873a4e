//! Stored images: which contents there are, and through which registry names they may be read.
//!
//! A name reaches a content in one of three ways: the content was pushed through the name; a manifest that was
//! pushed through it refers to the content; or a build whose manifest is or refers to the content was placed in
//! the bucket of that name, was pinned where this feeds, or is the integration's default. The last is why a promotion
//! copies nothing and adds no rows here.

mod manifests;
mod needs;
mod tags;

pub use manifests::{
    Content, ContentKind, Manifest, delete_manifest, find_manifest, follow, insert_manifest, is_in_index,
    missing, referrers, total_size,
};
pub use needs::needs;
pub use tags::{add_tag, current, delete_tag, find_tag, list_tags, name, set_tag};

use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::buckets::BucketKey;
use towpath_domain::digests::Digest;
use towpath_domain::ids::IntegrationId;
use towpath_domain::times::Time;
use uuid::Uuid;

/// What a registry name stands for: one bucket of an integration, or the integration itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Repository {
    pub integration: IntegrationId,
    pub bucket: Option<BucketKey>,
}

impl Repository {
    pub(crate) fn integration(self) -> Uuid {
        self.integration.uuid()
    }

    /// The kind of a bucket is that of its integration, so its id is enough.
    pub(crate) fn bucket(self) -> Uuid {
        self.bucket.map_or(Uuid::nil(), BucketKey::id)
    }
}

/// Whether a name ($1, $2) reaches a content ($3) that may not have been pushed through it.
macro_rules! reached {
    () => {
        "(exists (select 1 from manifest_contents c join repository_manifests r on r.manifest = c.manifest
                  where c.content = $3 and r.integration = $1 and r.bucket = $2)
          or exists (select 1 from builds b
                     where b.integration = $1 and b.retired_at is null
                       and (exists (select 1 from pins x where x.build = b.id and x.key = $2)
                            or exists (select 1 from integrations i
                                       where i.id = b.integration and i.default_build = b.id))
                       and b.digest in (select cast($3 as text) union all
                                        select c.manifest from manifest_contents c where c.content = $3))
          or exists (select 1 from builds b join placements p on p.build = b.id join buckets k on k.id = p.bucket
                     where b.integration = $1 and b.retired_at is null and k.integration = $1 and k.key = $2
                       and b.digest in (select cast($3 as text) union all
                                        select c.manifest from manifest_contents c where c.content = $3)))"
    };
}
use reached;

/// The size of a blob, if it can be read through this name.
pub async fn find_blob(
    conn: &mut Conn,
    repository: Repository,
    digest: &Digest,
) -> Result<Option<i64>, Error> {
    let row = fetch!(
        fetch_optional,
        (i64,),
        conn,
        concat!(
            "select size from blobs where digest = $3 and damaged_at is null and (
                exists (select 1 from repository_blobs
                        where integration = $1 and bucket = $2 and blob = $3)
                or ",
            reached!(),
            ")"
        ),
        repository.integration(),
        repository.bucket(),
        digest.to_string(),
    )?;
    Ok(row.map(|(size,)| size))
}

/// Whether a manifest that can be read through this name refers to a blob.
pub async fn is_referred_to(conn: &mut Conn, repository: Repository, digest: &Digest) -> Result<bool, Error> {
    let row = fetch!(
        fetch_optional,
        (i64,),
        conn,
        concat!("select cast(1 as bigint) where ", reached!()),
        repository.integration(),
        repository.bucket(),
        digest.to_string(),
    )?;
    Ok(row.is_some())
}

/// Records that a blob is stored and may be read through this name.
pub async fn insert_blob(
    tx: &mut Tx,
    repository: Repository,
    digest: &Digest,
    size: i64,
    at: Time,
) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into blobs (digest, size, created_at) values ($1, $2, $3) on conflict (digest) do nothing",
        digest.to_string(),
        size,
        at.micros(),
    )?;
    execute!(
        tx.conn(),
        "insert into repository_blobs (integration, bucket, blob, uploaded_at) values ($1, $2, $3, $4)
         on conflict (integration, bucket, blob) do update set uploaded_at = excluded.uploaded_at",
        repository.integration(),
        repository.bucket(),
        digest.to_string(),
        at.micros(),
    )
    .map(drop)
}

/// Takes back that a blob was uploaded through this name; false where it was not.
pub async fn delete_blob(tx: &mut Tx, repository: Repository, digest: &Digest) -> Result<bool, Error> {
    let rows = execute!(
        tx.conn(),
        "delete from repository_blobs where integration = $1 and bucket = $2 and blob = $3",
        repository.integration(),
        repository.bucket(),
        digest.to_string(),
    )?;
    Ok(rows == 1)
}
