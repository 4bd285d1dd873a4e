//! Manifests and all that they reach.

use super::{Repository, reached};
use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use sqlx::types::Json;
use std::collections::{BTreeMap, HashSet};
use towpath_domain::digests::Digest;
use towpath_domain::times::Time;

/// A stored manifest; its bytes lie in the blob store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub digest: Digest,
    pub media_type: String,
    /// Bytes of the manifest alone.
    pub size: i64,
    pub artifact_type: Option<String>,
    pub subject: Option<Digest>,
    pub annotations: BTreeMap<String, String>,
    /// Whether a runtime can run it: an image, or an index of images.
    pub runnable: bool,
    /// How many indexes lie between it and its lowest image: 0 for an image itself.
    pub depth: i64,
}

/// Something that a manifest refers to directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub digest: Digest,
    pub kind: ContentKind,
    pub size: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    Blob,
    /// A blob that need not be stored, because its licence forbids to push it.
    Foreign,
    Manifest,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "String")]
    digest: Digest,
    media_type: String,
    size: i64,
    artifact_type: Option<String>,
    subject: Option<String>,
    #[sqlx(json)]
    annotations: BTreeMap<String, String>,
    runnable: bool,
    depth: i64,
}

impl TryFrom<Row> for Manifest {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let subject = row.subject.as_deref().map(Digest::parse).transpose();
        Ok(Self {
            digest: row.digest,
            media_type: row.media_type,
            size: row.size,
            artifact_type: row.artifact_type,
            subject: subject.map_err(|error| Error::inconsistent("manifests", error))?,
            annotations: row.annotations,
            runnable: row.runnable,
            depth: row.depth,
        })
    }
}

impl ContentKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Blob | Self::Foreign => "blob",
            Self::Manifest => "manifest",
        }
    }
}

/// A manifest, if it can be read through this name.
pub async fn find_manifest(
    conn: &mut Conn,
    repository: Repository,
    digest: &Digest,
) -> Result<Option<Manifest>, Error> {
    let row = fetch!(
        fetch_optional,
        Row,
        conn,
        concat!(
            "select digest, media_type, size, artifact_type, subject, annotations, runnable, depth
             from manifests where digest = $3 and damaged_at is null and (
                exists (select 1 from repository_manifests
                        where integration = $1 and bucket = $2 and manifest = $3)
                or ",
            reached!(),
            ")"
        ),
        repository.integration(),
        repository.bucket(),
        digest.to_string(),
    )?;
    row.map(Manifest::try_from).transpose()
}

/// Records a manifest with what it refers to, and that it may be read through this name. Manifests among its
/// contents are recorded already.
pub async fn insert_manifest(
    tx: &mut Tx,
    repository: Repository,
    manifest: &Manifest,
    contents: &[Content],
    at: Time,
) -> Result<(), Error> {
    let digest = manifest.digest.to_string();
    let inserted = execute!(
        tx.conn(),
        "insert into manifests (digest, media_type, size, artifact_type, subject, annotations, runnable, depth, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (digest) do nothing",
        digest.as_str(),
        manifest.media_type.as_str(),
        manifest.size,
        manifest.artifact_type.as_deref(),
        manifest.subject.as_ref().map(Digest::to_string),
        Json(&manifest.annotations),
        manifest.runnable,
        manifest.depth,
        at.micros(),
    )?;
    if inserted == 1 {
        for content in contents {
            insert_content(tx, &digest, content).await?;
        }
    }
    execute!(
        tx.conn(),
        "insert into repository_manifests (integration, bucket, manifest, pushed_at) values ($1, $2, $3, $4)
         on conflict (integration, bucket, manifest) do nothing",
        repository.integration(),
        repository.bucket(),
        digest.as_str(),
        at.micros(),
    )
    .map(drop)
}

/// Those of some contents that have to be stored and are not.
pub async fn missing(conn: &mut Conn, contents: &[Content]) -> Result<Vec<Digest>, Error> {
    let of = |kind: ContentKind| -> Vec<String> {
        let own = contents.iter().filter(|content| content.kind == kind);
        own.map(|content| content.digest.to_string()).collect()
    };
    let (blobs, manifests) = (of(ContentKind::Blob), of(ContentKind::Manifest));
    let sql = "select digest from blobs where damaged_at is null and digest in (";
    let list: Vec<&str> = blobs.iter().map(String::as_str).collect();
    let mut found: Vec<(String,)> = fetch_in!((String,), &mut *conn, sql, list, ")")?;
    let sql = "select digest from manifests where damaged_at is null and digest in (";
    let list: Vec<&str> = manifests.iter().map(String::as_str).collect();
    found.extend(fetch_in!((String,), &mut *conn, sql, list, ")")?);
    let found: HashSet<String> = found.into_iter().map(|(text,)| text).collect();
    let stored = |content: &&Content| {
        content.kind == ContentKind::Foreign || found.contains(&content.digest.to_string())
    };
    Ok(contents.iter().filter(|content| !stored(content)).map(|content| content.digest.clone()).collect())
}

/// What a child manifest reaches, its parent reaches too.
async fn insert_content(tx: &mut Tx, manifest: &str, content: &Content) -> Result<(), Error> {
    let digest = content.digest.to_string();
    execute!(
        tx.conn(),
        "insert into manifest_contents (manifest, content, kind, size) values ($1, $2, $3, $4)
         on conflict (manifest, content) do nothing",
        manifest,
        digest.as_str(),
        content.kind.name(),
        content.size,
    )?;
    execute!(
        tx.conn(),
        "insert into manifest_contents (manifest, content, kind, size)
         select $1, content, kind, size from manifest_contents where manifest = $2
         on conflict (manifest, content) do nothing",
        manifest,
        digest.as_str(),
    )
    .map(drop)
}

/// Bytes of a manifest and of all that it reaches, each counted once.
pub async fn total_size(conn: &mut Conn, digest: &Digest) -> Result<i64, Error> {
    let (size,) = fetch!(
        fetch_one,
        (i64,),
        conn,
        "select cast(size + (select coalesce(sum(c.size), 0) from manifest_contents c where c.manifest = digest)
                     as bigint)
         from manifests where digest = $1",
        digest.to_string(),
    )?;
    Ok(size)
}

/// The manifests pushed through this name that say something about another, by digest.
pub async fn referrers(
    conn: &mut Conn,
    repository: Repository,
    subject: &Digest,
) -> Result<Vec<Manifest>, Error> {
    let rows = fetch!(
        fetch_all,
        Row,
        conn,
        "select digest, media_type, size, artifact_type, subject, annotations, runnable, depth
         from manifests where subject = $3 and exists (
            select 1 from repository_manifests
            where integration = $1 and bucket = $2 and manifest = digest)
         order by digest",
        repository.integration(),
        repository.bucket(),
        subject.to_string(),
    )?;
    rows.into_iter().map(Manifest::try_from).collect()
}

/// Whether an index that was pushed through this name holds a manifest.
pub async fn is_in_index(conn: &mut Conn, repository: Repository, digest: &Digest) -> Result<bool, Error> {
    let row = fetch!(
        fetch_optional,
        (i64,),
        conn,
        "select cast(1 as bigint) from manifest_contents c
         join repository_manifests r on r.manifest = c.manifest
         where c.content = $3 and r.integration = $1 and r.bucket = $2 limit 1",
        repository.integration(),
        repository.bucket(),
        digest.to_string(),
    )?;
    Ok(row.is_some())
}

/// Makes a manifest and its tags unreadable through this name; false where it was not pushed through it. The
/// bytes stay for other names.
pub async fn delete_manifest(tx: &mut Tx, repository: Repository, digest: &Digest) -> Result<bool, Error> {
    execute!(
        tx.conn(),
        "delete from tags where integration = $1 and bucket = $2 and manifest = $3",
        repository.integration(),
        repository.bucket(),
        digest.to_string(),
    )?;
    let rows = execute!(
        tx.conn(),
        "delete from repository_manifests where integration = $1 and bucket = $2 and manifest = $3",
        repository.integration(),
        repository.bucket(),
        digest.to_string(),
    )?;
    Ok(rows == 1)
}

/// The digest of an image ($3) and those of the images in it.
macro_rules! own {
    () => {
        "(select cast($3 as text) as digest
          union all select content from manifest_contents where manifest = $3 and kind = 'manifest')"
    };
}

/// Lets what says something about an image, such as signatures, be read through another name: what has it as its
/// subject in the integration, what in turn has that, and what clients keep under tags of its digest.
pub async fn follow(
    tx: &mut Tx,
    from: Repository,
    to: Repository,
    digest: &Digest,
    now: Time,
) -> Result<(), Error> {
    let (integration, other, bucket) = (from.integration(), to.integration(), to.bucket());
    let digest = digest.to_string();
    for subjects in [
        concat!(
            "insert into repository_manifests (integration, bucket, manifest, pushed_at)
             select distinct $5, $2, r.manifest, $4
             from manifests m join repository_manifests r on r.manifest = m.digest
             where r.integration = $1 and m.subject in ",
            own!(),
            " on conflict (integration, bucket, manifest) do nothing"
        ),
        concat!(
            "insert into repository_manifests (integration, bucket, manifest, pushed_at)
             select distinct $5, $2, r.manifest, $4
             from manifests m join repository_manifests r on r.manifest = m.digest
             where r.integration = $1 and m.subject in (select digest from manifests where subject in ",
            own!(),
            ") on conflict (integration, bucket, manifest) do nothing"
        ),
    ] {
        execute!(tx.conn(), subjects, integration, bucket, digest.as_str(), now.micros(), other)?;
    }
    // Under such a tag stands the digest with a hyphen, alone or before a dot and a word.
    for tags in [
        concat!(
            "insert into tags (integration, bucket, name, manifest, updated_at)
             select $5, $2, t.name, t.manifest, $4
             from ",
            own!(),
            " o join tags t on t.name >= replace(o.digest, ':', '-') and t.name < replace(o.digest, ':', '-') || '/'
             where t.integration = $1 and t.bucket = $6
               and substr(t.name, length(o.digest) + 1, 1) in ('', '.')
             on conflict (integration, bucket, name) do nothing"
        ),
        concat!(
            "insert into repository_manifests (integration, bucket, manifest, pushed_at)
             select distinct $5, $2, t.manifest, $4
             from ",
            own!(),
            " o join tags t on t.name >= replace(o.digest, ':', '-') and t.name < replace(o.digest, ':', '-') || '/'
             where t.integration = $1 and t.bucket = $6
               and substr(t.name, length(o.digest) + 1, 1) in ('', '.')
             on conflict (integration, bucket, manifest) do nothing"
        ),
    ] {
        let name = from.bucket();
        execute!(tx.conn(), tags, integration, bucket, digest.as_str(), now.micros(), other, name)?;
    }
    Ok(())
}
