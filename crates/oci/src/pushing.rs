//! Sending an image: what is missing, several contents at once, and manifests after all that they refer to.

use crate::manifests::{Contents, Descriptor, Manifest};
use crate::registry::{Repository, uploads::Progress};
use crate::{Error, Image};
use futures::{StreamExt, TryStreamExt};
use std::sync::Arc;
use std::time::Duration;
use towpath_domain::digests::Digest;

/// How many contents are sent at once.
const AT_ONCE: usize = 4;
/// How deep indexes may lie in each other.
const DEPTH: usize = 4;

/// What happens, for whoever watches.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// The content is there already.
    There(&'a Descriptor),
    /// So many of its bytes were given away.
    Sending(&'a Descriptor, u64),
    /// Sending it broke off, and goes on after a pause.
    Paused(&'a Descriptor, Duration, &'a Error),
    Sent(&'a Descriptor),
}

/// What was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    pub digest: Digest,
    pub media_type: String,
    /// Bytes that were sent, and those that were there.
    pub sent: u64,
    pub there: u64,
}

type Watch = Arc<dyn Fn(Step<'_>) + Send + Sync>;

/// Sends an image to a repository, under its digest and no tag.
pub async fn push(
    image: &Image,
    to: &Repository,
    watch: impl Fn(Step<'_>) + Send + Sync + 'static,
) -> Result<Pushed, Error> {
    push_beside(image, to, &[], watch).await
}

/// The same, where other repositories of the registry may have some of its contents already.
pub async fn push_beside(
    image: &Image,
    to: &Repository,
    beside: &[Repository],
    watch: impl Fn(Step<'_>) + Send + Sync + 'static,
) -> Result<Pushed, Error> {
    let watch: Watch = Arc::new(watch);
    let root = image.root();
    let mut pushed = Pushed {
        digest: root.descriptor.digest.clone(),
        media_type: root.descriptor.media_type.clone(),
        sent: 0,
        there: 0,
    };
    // A parent stands before its children, so that the way back meets what is referred to first.
    let manifests = all_manifests(image).await?;
    let mut blobs: Vec<&Descriptor> = Vec::new();
    for manifest in &manifests {
        let Contents::Image(parts) = &manifest.contents else { continue };
        let new =
            |blobs: &[&Descriptor], part: &Descriptor| blobs.iter().all(|blob| blob.digest != part.digest);
        for part in parts {
            if !part.is_foreign() && new(&blobs, part) {
                blobs.push(part);
            }
        }
    }
    let known: Vec<&Repository> =
        image.repository().into_iter().chain(beside).filter(|from| from.is_beside(to)).collect();
    let sending = blobs
        .iter()
        .map(|blob| async { Ok::<_, Error>((blob.size, carry(image, (to, &known), blob, &watch).await?)) });
    let mut done = futures::stream::iter(sending).buffer_unordered(AT_ONCE);
    while let Some((size, sent)) = done.try_next().await? {
        *(if sent { &mut pushed.sent } else { &mut pushed.there }) += size;
    }
    for manifest in manifests.iter().rev() {
        to.put_manifest(manifest, None).await?;
    }
    Ok(pushed)
}

/// The root, and every manifest below it.
async fn all_manifests(image: &Image) -> Result<Vec<Manifest>, Error> {
    let mut found = vec![image.root().clone()];
    let mut level = 0..1;
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for manifest in &found[level.clone()] {
            let Contents::Index(children) = &manifest.contents else { continue };
            for child in children {
                next.push(image.manifest(child).await?);
            }
        }
        level = found.len()..found.len() + next.len();
        found.extend(next);
        if level.is_empty() {
            return Ok(found);
        }
    }
    Err(Error::Source("its indexes lie too deep in each other".to_owned()))
}

/// Brings one content there, and tells whether it had to be sent.
async fn carry(
    image: &Image,
    (to, beside): (&Repository, &[&Repository]),
    blob: &Descriptor,
    watch: &Watch,
) -> Result<bool, Error> {
    let mut there = to.has_blob(&blob.digest).await?;
    for from in beside {
        there = there || to.mount(&blob.digest, from).await?;
    }
    if there {
        watch(Step::There(blob));
        return Ok(false);
    }
    let (told, about) = (watch.clone(), blob.clone());
    let progress = move |progress: Progress<'_>| match progress {
        Progress::At(offset) => told(Step::Sending(&about, offset)),
        Progress::Pause(pause, error) => told(Step::Paused(&about, pause, error)),
    };
    to.upload(blob, async |part| image.blob(blob, part).await, Arc::new(progress)).await?;
    watch(Step::Sent(blob));
    Ok(true)
}
