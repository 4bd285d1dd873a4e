//! Reading blobs and manifests through a name that reaches them.

use super::{Error, Manifest, Name, Opened, Reference, open};
use crate::Service;
use bytes::Bytes;
use towpath_blobs::Blob;
use towpath_domain::access::{Action, Actor};
use towpath_domain::digests::Digest;
use towpath_store::Conn;
use towpath_store::images as stored;

/// Whoever pushes has to be able to ask what is there already.
const ASK: [Action; 2] = [Action::Pull, Action::Push];
/// More than any manifest that is accepted.
pub(super) const MANIFEST_LIMIT: u64 = 16 * 1024 * 1024;

/// The size of a blob.
pub async fn blob_size(service: &Service, actor: &Actor, name: &Name, digest: &Digest) -> Result<u64, Error> {
    let mut conn = service.read().await?;
    let opened = open(&mut conn, actor, name, &ASK).await?;
    let size = stored::find_blob(&mut conn, opened.repository, digest).await?;
    size.map(i64::cast_unsigned).ok_or(Error::BlobUnknown)
}

/// Opens a blob for reading.
pub async fn open_blob(
    service: &Service,
    actor: &Actor,
    name: &Name,
    digest: &Digest,
) -> Result<Blob, Error> {
    let mut conn = service.read().await?;
    let opened = open(&mut conn, actor, name, &[Action::Pull]).await?;
    let known = stored::find_blob(&mut conn, opened.repository, digest).await?;
    drop(conn);
    known.ok_or(Error::BlobUnknown)?;
    service.blobs().find(digest).await?.ok_or_else(|| lost(digest))
}

/// What a tag or digest names, without its bytes.
pub async fn find_manifest(
    service: &Service,
    actor: &Actor,
    name: &Name,
    reference: &Reference,
) -> Result<Manifest, Error> {
    let mut conn = service.read().await?;
    let opened = open(&mut conn, actor, name, &ASK).await?;
    resolve(&mut conn, &opened, reference).await.map(Manifest::from)
}

/// What a tag or digest names, with its bytes as they were pushed.
pub async fn read_manifest(
    service: &Service,
    actor: &Actor,
    name: &Name,
    reference: &Reference,
) -> Result<(Manifest, Bytes), Error> {
    let mut conn = service.read().await?;
    let opened = open(&mut conn, actor, name, &[Action::Pull]).await?;
    let manifest = resolve(&mut conn, &opened, reference).await?;
    drop(conn);
    let content = service.blobs().read_small(&manifest.digest, MANIFEST_LIMIT).await?;
    let content = content.ok_or_else(|| lost(&manifest.digest))?;
    Ok((manifest.into(), content))
}

/// The manifests in this repository that say something about another, such as signatures. It need not exist.
pub async fn referrers(
    service: &Service,
    actor: &Actor,
    name: &Name,
    subject: &Digest,
) -> Result<Vec<Manifest>, Error> {
    let mut conn = service.read().await?;
    let opened = open(&mut conn, actor, name, &[Action::Pull]).await?;
    let referrers = stored::referrers(&mut conn, opened.repository, subject).await?;
    Ok(referrers.into_iter().map(Manifest::from).collect())
}

/// Finds what a reference points at; `current` points at what is current in the bucket.
pub(super) async fn resolve(
    conn: &mut Conn,
    opened: &Opened,
    reference: &Reference,
) -> Result<stored::Manifest, Error> {
    let digest = match reference {
        Reference::Digest(digest) => Some(digest.clone()),
        Reference::Tag(tag) if tag.is_current() => stored::current(conn, opened.repository).await?,
        Reference::Tag(tag) => stored::find_tag(conn, opened.repository, tag).await?,
    };
    let digest = digest.ok_or(Error::ManifestUnknown)?;
    let manifest = stored::find_manifest(conn, opened.repository, &digest).await?;
    manifest.ok_or(Error::ManifestUnknown)
}

/// A row without bytes: never made, so somebody took the file away.
fn lost(digest: &Digest) -> Error {
    crate::Error::Internal(format!("the bytes of {digest} are missing from the blob folder")).into()
}
