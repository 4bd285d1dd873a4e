//! Handing out the bytes of blobs, so that nobody gets what the disk spoiled.
//!
//! A blob that is read whole is hashed on its way, and breaks off before its end where it is damaged. A part of one cannot be
//! held against its digest, so that parts are handed out of what was found whole a short while ago, if need be just before.

use super::Error;
use super::reading::put_away;
use crate::Service;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Semaphore;
use towpath_blobs::{Blob, Spoiled, Stamp};
use towpath_domain::digests::Digest;
use towpath_domain::times::Time;

/// For how long parts are handed out of a blob that was found whole.
const TRUSTED_SECONDS: i64 = 3_600;
/// How many blobs are remembered to be whole.
const REMEMBERED: usize = 4_096;
/// How many blobs are read at once for the sake of a part.
const AT_ONCE: usize = 2;

/// Which blobs were found whole lately, each as its file was then.
#[derive(Debug)]
pub(crate) struct FoundWhole {
    known: Mutex<HashMap<Digest, (Stamp, Time)>>,
    examining: Semaphore,
}

impl Default for FoundWhole {
    fn default() -> Self {
        Self { known: Mutex::default(), examining: Semaphore::new(AT_ONCE) }
    }
}

impl FoundWhole {
    fn remember(&self, digest: Digest, stamp: Stamp, now: Time) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, (_, at)| at.plus_seconds(TRUSTED_SECONDS) > now);
        }
        if known.len() < REMEMBERED {
            known.insert(digest, (stamp, now));
        }
    }

    fn has(&self, digest: &Digest, stamp: &Stamp, now: Time) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(digest);
        found.is_some_and(|(then, at)| then == stamp && at.plus_seconds(TRUSTED_SECONDS) > now)
    }
}

/// The bytes of a range of a blob. What is damaged is put out of reach at once, and told.
pub async fn read_blob(
    service: &Service,
    digest: &Digest,
    blob: Blob,
    range: Range<u64>,
) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + 'static, Error> {
    if range == (0..blob.size()) {
        return Ok(whole(service, digest, blob).left_stream());
    }
    if !service.found_whole().has(digest, blob.stamp(), service.now()) {
        examine(service, digest, blob.stamp()).await?;
    }
    Ok(blob.read_range(range).right_stream())
}

/// All of a blob, up to where it shows that it is damaged.
fn whole(
    service: &Service,
    digest: &Digest,
    blob: Blob,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let (service, digest) = (service.clone(), digest.clone());
    let (stamp, mut rest) = (blob.stamp().clone(), blob.size());
    blob.read().then(move |piece| {
        let (service, digest, stamp) = (service.clone(), digest.clone(), stamp.clone());
        rest -= piece.as_ref().map_or(0, |piece| (piece.len() as u64).min(rest));
        let ends = rest == 0;
        async move {
            match &piece {
                Ok(_) if ends => service.found_whole().remember(digest, stamp, service.now()),
                Err(error) if is_damage(error) => {
                    if let Err(error) = put_away(&service, &digest).await {
                        tracing::error!(%digest, %error, "a damaged blob cannot be put away");
                    }
                }
                _ => {}
            }
            piece
        }
    })
}

/// A disk that cannot read a sector says so, and a file may be shorter than it was.
fn is_damage(error: &io::Error) -> bool {
    let spoiled = error.get_ref().and_then(|inner| inner.downcast_ref::<Spoiled>()).is_some();
    spoiled || error.kind() == io::ErrorKind::UnexpectedEof || error.raw_os_error().is_some()
}

/// Reads a blob for the sake of a part of it. Of many who ask at once for one that is large, one reads it.
async fn examine(service: &Service, digest: &Digest, stamp: &Stamp) -> Result<(), Error> {
    let turn = service.found_whole().examining.acquire().await;
    if service.found_whole().has(digest, stamp, service.now()) {
        return Ok(());
    }
    // What was stored anew meanwhile is sound, and this is not it.
    let damaged = put_away(service, digest).await?;
    if damaged || service.blobs().stamp(digest).await?.as_ref() != Some(stamp) {
        return Err(Error::BlobUnknown);
    }
    service.found_whole().remember(digest.clone(), stamp.clone(), service.now());
    drop(turn);
    Ok(())
}
