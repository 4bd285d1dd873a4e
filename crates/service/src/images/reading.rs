//! Reading blobs and manifests through a name that reaches them.

use super::{Error, Manifest, Name, Opened, Reference, open};
use crate::{Service, scrub};
use bytes::Bytes;
use std::time::Duration;
use towpath_blobs::Blob;
use towpath_domain::access::{Action, Actor};
use towpath_domain::digests::Digest;
use towpath_domain::timeline::EventActor;
use towpath_store::images::{self as stored, Repository};
use towpath_store::{Conn, garbage};

/// Whoever pushes has to be able to ask what is there already.
const ASK: [Action; 2] = [Action::Pull, Action::Push];
/// How old an upload may be before someone who asks for it keeps it anew.
const RENEWED_SECONDS: i64 = 43_200;
/// More than any manifest that is accepted.
pub(super) const MANIFEST_LIMIT: u64 = 16 * 1024 * 1024;

/// The size of a blob.
pub async fn blob_size(service: &Service, actor: &Actor, name: &Name, digest: &Digest) -> Result<u64, Error> {
    let mut conn = service.read().await?;
    let opened = open(&mut conn, actor, name, &ASK).await?;
    let size = stored::find_blob(&mut conn, opened.repository, digest).await?.ok_or(Error::BlobUnknown)?;
    if !opened.shows(&mut conn, digest).await? {
        return Err(Error::BlobUnknown);
    }
    if actor.may(Action::Push, &opened.target()) {
        keep(service, &mut conn, opened.repository, digest).await?;
    }
    Ok(size.cast_unsigned())
}

/// Whoever pushes asks for a blob and does not send it again: one that no manifest refers to yet is not garbage then.
async fn keep(
    service: &Service,
    conn: &mut Conn,
    repository: Repository,
    digest: &Digest,
) -> Result<(), Error> {
    let now = service.now();
    let old = garbage::uploaded_at(conn, repository, digest).await?;
    let old = old.is_some_and(|at| at.plus_seconds(RENEWED_SECONDS) < now);
    if !old || stored::is_referred_to(conn, repository, digest).await? {
        return Ok(());
    }
    let digest = digest.clone();
    Ok(service.db().write(async move |tx| garbage::renew(tx, repository, &digest, now).await).await?)
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
    let size = stored::find_blob(&mut conn, opened.repository, digest).await?.ok_or(Error::BlobUnknown)?;
    if !opened.shows(&mut conn, digest).await? {
        return Err(Error::BlobUnknown);
    }
    drop(conn);
    match service.blobs().find(digest).await? {
        Some(blob) if blob.size() == size.cast_unsigned() => Ok(blob),
        _ => {
            put_away(service, digest).await?;
            Err(Error::BlobUnknown)
        }
    }
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
    match content {
        Some(content) if Digest::of(manifest.digest.algorithm(), &content) == manifest.digest => {
            Ok((manifest.into(), content))
        }
        _ => {
            put_away(service, &manifest.digest).await?;
            Err(Error::ManifestUnknown)
        }
    }
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
    if !opened.shows(&mut conn, subject).await? {
        return Ok(Vec::new());
    }
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
    let manifest = manifest.ok_or(Error::ManifestUnknown)?;
    if opened.shows(conn, &digest).await? { Ok(manifest) } else { Err(Error::ManifestUnknown) }
}

/// What is not as it was stored is not served. It is told to be damaged, unless it just went with its rows; answers whether.
pub(super) async fn put_away(service: &Service, digest: &Digest) -> Result<bool, crate::Error> {
    scrub::put_away_if_damaged(service, EventActor::System, digest, Duration::ZERO).await
}
