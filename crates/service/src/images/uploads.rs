//! Uploading blobs.
//!
//! An upload belongs to the repository and the person that began it: the id under which its bytes lie is made
//! from all three, so that the id in an address opens nothing to anyone else, and nothing needs to be recorded.

use super::{Error, Name, Opened, open, open_to_delete, open_to_push};
use crate::Service;
use crate::storage::Room;
use bytes::Bytes;
use futures::Stream;
use sha2::{Digest as _, Sha256};
use std::time::{Duration, UNIX_EPOCH};
use towpath_domain::access::{Action, Actor};
use towpath_domain::buckets::BucketKey;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::ids::ProjectId;
use towpath_domain::timeline::Change;
use towpath_store::images::{self as stored, Repository};
use towpath_store::{garbage, scrub};
use uuid::Uuid;

/// Sizes are stored as signed numbers; nothing else bounds a blob.
const LIMIT: u64 = i64::MAX.cast_unsigned();

/// Longer than any client takes to come back to an upload that broke off.
pub(crate) const ABANDONED_SECONDS: i64 = 86_400;

/// Begins an upload, whose content will be hashed with `algorithm` while it arrives, and names it.
pub async fn begin_upload(
    service: &Service,
    actor: &Actor,
    name: &Name,
    algorithm: Algorithm,
) -> Result<Uuid, Error> {
    let mut conn = service.read().await?;
    let Opened { located, repository, .. } = open_to_push(&mut conn, actor, name).await?;
    Room::measure(&mut conn, located.project.id).await?.check_free(&mut conn).await??;
    drop(conn);
    // Unguessable throughout, unlike the ids of rows, which tell their time.
    let id = uuid::Builder::from_random_bytes(service.random()).into_uuid();
    service.blobs().begin(inner(id, repository, actor), algorithm).await?;
    Ok(id)
}

/// Appends to an upload and says where it stands then; `start`, if given, is where it must stand now.
pub async fn append_upload<S, E>(
    service: &Service,
    actor: &Actor,
    name: &Name,
    id: Uuid,
    start: Option<u64>,
    content: S,
) -> Result<u64, Error>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut conn = service.read().await?;
    let Opened { located, repository, .. } = open_to_push(&mut conn, actor, name).await?;
    let room = Room::measure(&mut conn, located.project.id).await?;
    drop(conn);
    let most = room.most().unwrap_or(LIMIT);
    match service.blobs().append(inner(id, repository, actor), start, most, content).await {
        Err(towpath_blobs::Error::TooLarge { .. }) if most < LIMIT => {
            let over = room.too_much(&mut service.read().await?).await?;
            Err(over.map_or(towpath_blobs::Error::TooLarge { limit: most }.into(), Error::from))
        }
        appended => Ok(appended?),
    }
}

/// Where an upload stands.
pub async fn upload_offset(service: &Service, actor: &Actor, name: &Name, id: Uuid) -> Result<u64, Error> {
    let repository = writable(service, actor, name).await?;
    Ok(service.blobs().offset(inner(id, repository, actor)).await?)
}

/// Stores an upload as the blob of this digest, which can then be read through this name.
pub async fn finish_upload(
    service: &Service,
    actor: &Actor,
    name: &Name,
    id: Uuid,
    digest: &Digest,
) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let Opened { located, repository, .. } = open_to_push(&mut conn, actor, name).await?;
    drop(conn);
    let size = service.blobs().finish(inner(id, repository, actor), digest).await?;
    // The bytes are on the disk; only now may a row say so.
    if link(service, (located.project.id, repository), digest.clone(), size.cast_signed(), true).await? {
        return Ok(());
    }
    // Bytes that nothing needed were taken away just now, and these with them.
    Err(towpath_blobs::Error::UploadUnknown.into())
}

/// Forgets an upload.
pub async fn cancel_upload(service: &Service, actor: &Actor, name: &Name, id: Uuid) -> Result<(), Error> {
    let repository = writable(service, actor, name).await?;
    Ok(service.blobs().cancel(inner(id, repository, actor)).await?)
}

/// Makes a blob of another repository readable through this name too, without its bytes being sent again. False
/// where the actor cannot read it there: then it has to be uploaded.
pub async fn mount_blob(
    service: &Service,
    actor: &Actor,
    name: &Name,
    digest: &Digest,
    from: &Name,
) -> Result<bool, Error> {
    let mut conn = service.read().await?;
    let Opened { located, repository, .. } = open_to_push(&mut conn, actor, name).await?;
    let source = match open(&mut conn, actor, from, &[Action::Pull]).await {
        Ok(source) => source,
        Err(crate::Error::NotFound(_) | crate::Error::Forbidden(_)) => return Ok(false),
        Err(other) => return Err(other.into()),
    };
    let Some(size) = stored::find_blob(&mut conn, source.repository, digest).await? else {
        return Ok(false);
    };
    drop(conn);
    link(service, (located.project.id, repository), digest.clone(), size, false).await
}

/// Takes back an uploaded blob that no manifest refers to; through other names it can still be read.
pub async fn delete_blob(
    service: &Service,
    actor: &Actor,
    name: &Name,
    digest: &Digest,
) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let opened = open_to_delete(&mut conn, actor, name).await?;
    drop(conn);
    let (digest, clerk, by) = (digest.clone(), service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            opened.check_in_use(tx).await?;
            if stored::is_referred_to(tx, opened.repository, &digest).await? {
                return Err(Error::ReferredTo);
            }
            if !stored::delete_blob(tx, opened.repository, &digest).await? {
                return Err(Error::BlobUnknown);
            }
            let scene = opened.scene(tx).await?;
            tx.tell(clerk.event(by, scene, Change::BlobDeleted { digest }));
            Ok(())
        })
        .await
}

/// Removes the uploads that nobody continued for a day, and says how many they were.
pub async fn sweep_uploads(service: &Service) -> Result<u64, Error> {
    let cutoff = service.now().plus_seconds(-ABANDONED_SECONDS).micros();
    let cutoff = UNIX_EPOCH + Duration::from_micros(u64::try_from(cutoff).unwrap_or(0));
    Ok(service.blobs().sweep_uploads(cutoff).await?)
}

async fn writable(service: &Service, actor: &Actor, name: &Name) -> Result<Repository, Error> {
    let mut conn = service.read().await?;
    Ok(open_to_push(&mut conn, actor, name).await?.repository)
}

/// Records a stored blob under a name; false where its bytes were taken away before. `verified` says that they have just
/// been stored and are those of the digest.
async fn link(
    service: &Service,
    (project, repository): (ProjectId, Repository),
    digest: Digest,
    size: i64,
    verified: bool,
) -> Result<bool, Error> {
    let (now, blobs) = (service.now(), service.blobs().clone());
    service
        .db()
        .write(async move |tx| {
            if garbage::reprieve(tx, &digest).await? && !blobs.is_stored(&digest).await? {
                return Ok(false);
            }
            if verified {
                scrub::mark_mended(tx, &digest).await?;
            }
            let room = Room::measure(tx, project).await?;
            stored::insert_blob(tx, repository, &digest, size, now).await?;
            room.check(tx).await??;
            Ok(true)
        })
        .await
}

/// The id under which the bytes of an upload lie.
fn inner(id: Uuid, repository: Repository, actor: &Actor) -> Uuid {
    let bucket = repository.bucket.map_or(Uuid::nil(), BucketKey::id);
    let mut hasher = Sha256::new();
    for part in [id, repository.integration.uuid(), bucket, actor.person().uuid()] {
        hasher.update(part.as_bytes());
    }
    let hash: [u8; 32] = hasher.finalize().into();
    let [high, low] = [&hash[..8], &hash[8..16]]
        .map(|half| half.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)));
    Uuid::from_u64_pair(high, low)
}
