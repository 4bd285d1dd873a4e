//! Pushing manifests. Under a tag an image is a build that arrives; everything else is kept beside the builds.

use super::{Error, Manifest, Name, Opened, Reference, open_to_push, reading::MANIFEST_LIMIT};
use crate::builds::{self, Arrived, Received};
use crate::manifests::{self, Contents, Descriptor, ImageConfig, ManifestError};
use crate::storage::Room;
use crate::{Service, evidence};
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use towpath_blobs::BlobStore;
use towpath_domain::access::Actor;
use towpath_domain::builds::{Origin, Statement};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::references::Tag;
use towpath_domain::times::Time;
use towpath_store::images::{self as stored, Content, ContentKind};
use towpath_store::{Conn, Tx, garbage, scrub};

/// A configuration is read for its labels; one that is larger has none for us.
const CONFIG_LIMIT: u64 = 4 * 1024 * 1024;

/// How many indexes may lie within each other. Builders nest two.
const DEEPEST: i64 = 4;

/// What a client pushes.
#[derive(Debug, Clone)]
pub struct Push {
    pub reference: Reference,
    /// Further tags that are to point at it.
    pub tags: Vec<Tag>,
    pub content_type: String,
    pub content: Bytes,
}

/// Stores a manifest whose contents are in the repository already, and tags it.
///
/// A tagged image is a build: in a bucket it becomes current if its arrival is allowed. If not, it is kept beside
/// the bucket, without the tag, and the answer says why.
pub async fn push_manifest(
    service: &Service,
    actor: &Actor,
    name: &Name,
    push: Push,
) -> Result<Manifest, Error> {
    let mut conn = service.read().await?;
    let opened = open_to_push(&mut conn, actor, name).await?;
    let (digest, tags) = identify(&push)?;
    let document = manifests::Manifest::read(&push.content_type, &push.content)?;
    let contents = contents(&mut conn, &opened, &document).await?;
    drop(conn);
    let image = if contents.runnable { Some(describe(service.blobs(), &document).await?) } else { None };
    let manifest = stored::Manifest {
        size: i64::try_from(push.content.len()).unwrap_or(i64::MAX),
        digest,
        media_type: document.media_type,
        artifact_type: document.artifact_type,
        subject: document.subject,
        annotations: document.annotations,
        runnable: contents.runnable,
        depth: contents.depth,
    };
    service.blobs().put(manifest.digest.algorithm(), push.content.clone()).await?;
    let said = Statement::default();
    let pushed = Pushed { opened, manifest, contents: contents.direct, tags, image, said };
    let answer = Manifest::from(pushed.manifest.clone());
    let (clerk, actor) = (service.clone(), actor.clone());
    let content = push.content;
    let integration = pushed.opened.located.integration.id;
    let refused = service.db().write(async move |tx| pushed.save(tx, &clerk, &actor, content).await).await?;
    if let Some(reason) = refused {
        return Err(Error::Denied(reason));
    }
    evidence::look_at(service, integration, &answer.digest).await;
    Ok(answer)
}

/// The digest of what is pushed, which must be the one it is pushed under, and all its tags.
fn identify(push: &Push) -> Result<(Digest, Vec<Tag>), Error> {
    let mut tags = push.tags.clone();
    let digest = match &push.reference {
        Reference::Tag(tag) => {
            tags.insert(0, tag.clone());
            Digest::of(Algorithm::Sha256, &push.content)
        }
        Reference::Digest(expected) => {
            let actual = Digest::of(expected.algorithm(), &push.content);
            if actual != *expected {
                return Err(Error::DigestDiffers { expected: expected.clone(), actual });
            }
            actual
        }
    };
    if tags.iter().any(Tag::is_current) {
        return Err(Error::Denied(
            "the tag “current” names what is current in a bucket; push under another tag".to_owned(),
        ));
    }
    Ok((digest, tags))
}

/// What a manifest refers to.
struct Found {
    direct: Vec<Content>,
    runnable: bool,
    depth: i64,
}

/// Finds everything that a manifest refers to in its repository.
async fn contents(conn: &mut Conn, opened: &Opened, document: &manifests::Manifest) -> Result<Found, Error> {
    let mut found = Found { direct: Vec::new(), runnable: document.is_image(), depth: 0 };
    let mut missing = BTreeSet::new();
    match &document.contents {
        Contents::Image { config, layers } => {
            for descriptor in std::iter::once(config).chain(layers) {
                match stored::find_blob(conn, opened.repository, &descriptor.digest).await? {
                    Some(size) => found.add(descriptor, ContentKind::Blob, size)?,
                    None if descriptor.is_foreign() => {
                        let size = i64::try_from(descriptor.size).unwrap_or(i64::MAX);
                        found.add(descriptor, ContentKind::Foreign, size)?;
                    }
                    None => _ = missing.insert(descriptor.digest.clone()),
                }
            }
        }
        Contents::Index { children } => {
            found.depth = 1;
            for descriptor in children {
                match stored::find_manifest(conn, opened.repository, &descriptor.digest).await? {
                    Some(child) => {
                        found.add(descriptor, ContentKind::Manifest, child.size)?;
                        found.runnable |= child.runnable && descriptor.is_for_a_platform();
                        found.depth = found.depth.max(child.depth + 1);
                    }
                    None => _ = missing.insert(descriptor.digest.clone()),
                }
            }
        }
    }
    if !missing.is_empty() {
        return Err(Error::ContentsUnknown(missing.into_iter().collect()));
    }
    if found.depth > DEEPEST {
        return Err(ManifestError::Depth { deepest: DEEPEST }.into());
    }
    Ok(found)
}

impl Found {
    /// Notes a content. A size that is not the content's would let a build be placed that nobody can pull.
    fn add(&mut self, descriptor: &Descriptor, kind: ContentKind, stored: i64) -> Result<(), ManifestError> {
        let (digest, stated) = (descriptor.digest.clone(), descriptor.size);
        if i64::try_from(stated) != Ok(stored) {
            return Err(ManifestError::Size { digest, stated, stored });
        }
        self.direct.push(Content { digest, kind, size: stored });
        Ok(())
    }
}

/// What an image says of itself.
pub(super) struct Image {
    platforms: Vec<String>,
    labels: BTreeMap<String, String>,
}

/// Reads labels and platforms; for an index the labels of its first image, and those of its own annotations.
pub(super) async fn describe(blobs: &BlobStore, document: &manifests::Manifest) -> Result<Image, Error> {
    let mut image = Image { platforms: Vec::new(), labels: BTreeMap::new() };
    match &document.contents {
        Contents::Image { config, .. } => image.add(read_config(blobs, &config.digest).await?),
        Contents::Index { children } => {
            for child in children.iter().filter(|child| child.is_for_a_platform()) {
                image.add_child(blobs, child).await?;
            }
        }
    }
    image.labels.extend(document.annotations.clone());
    Ok(image)
}

impl Image {
    fn add(&mut self, config: ImageConfig) {
        self.platforms.extend(config.platform.map(|platform| platform.to_string()));
        if self.labels.is_empty() {
            self.labels = config.labels;
        }
    }

    async fn add_child(&mut self, blobs: &BlobStore, child: &Descriptor) -> Result<(), Error> {
        if let Some(platform) = child.platform.as_ref().filter(|_| !self.labels.is_empty()) {
            self.platforms.push(platform.to_string());
            return Ok(());
        }
        let content = blobs.read_small(&child.digest, MANIFEST_LIMIT).await?.unwrap_or_default();
        let Ok(document) = manifests::Manifest::read(&child.media_type, &content) else {
            return Ok(());
        };
        if let Contents::Image { config, .. } = document.contents {
            self.add(read_config(blobs, &config.digest).await?);
        }
        Ok(())
    }
}

async fn read_config(blobs: &BlobStore, digest: &Digest) -> Result<ImageConfig, Error> {
    match blobs.read_small(digest, CONFIG_LIMIT).await {
        Ok(content) => Ok(ImageConfig::read(&content.unwrap_or_default())),
        Err(towpath_blobs::Error::TooLarge { .. }) => Ok(ImageConfig::default()),
        Err(other) => Err(other.into()),
    }
}

/// A manifest whose bytes are stored, about to get its rows.
pub(super) struct Pushed {
    pub opened: Opened,
    pub manifest: stored::Manifest,
    /// What it refers to; of one that has its rows already, nothing needs to be named.
    pub contents: Vec<Content>,
    pub tags: Vec<Tag>,
    /// For an image, or an index of images.
    pub image: Option<Image>,
    /// What is said of it beside its labels.
    pub said: Statement,
}

impl Pushed {
    /// Saves everything in one transaction. Answers with the reason if a build was kept but may not enter.
    async fn save(
        mut self,
        tx: &mut Tx,
        service: &Service,
        actor: &Actor,
        content: Bytes,
    ) -> Result<Option<String>, Error> {
        self.refuse_smuggling()?;
        self.opened.check_in_use(tx).await?;
        // What was found before this transaction may have been deleted, and its bytes be gone, too.
        let missing = stored::missing(tx, &self.contents).await?;
        if !missing.is_empty() {
            return Err(Error::ContentsUnknown(missing));
        }
        let digest = &self.manifest.digest;
        if garbage::reprieve(tx, digest).await? && !service.blobs().is_stored(digest).await? {
            service.blobs().put(digest.algorithm(), content).await?;
        }
        scrub::mark_mended(tx, digest).await?;
        let room = Room::measure(tx, self.opened.located.project.id).await?;
        stored::insert_manifest(tx, self.opened.repository, &self.manifest, &self.contents, service.now())
            .await?;
        room.check(tx).await??;
        let integration = self.opened.located.integration.id;
        evidence::notice(tx, integration, &self.manifest, &self.tags, service.now()).await?;
        match self.arrive(tx, service, actor).await? {
            Some(Received::Refused { bucket, refused }) => Ok(Some(format!("{bucket} {refused}"))),
            _ => Ok(None),
        }
    }

    /// Receives the build that this is, if it is one, and gives it its tags, unless it may not enter.
    pub(super) async fn arrive(
        &mut self,
        tx: &mut Tx,
        service: &Service,
        actor: &Actor,
    ) -> Result<Option<Received>, Error> {
        let mut received = None;
        if let Some(arrived) = self.arrived(tx).await? {
            let Opened { located, slot, .. } = &self.opened;
            let known = builds::receive(tx, service, actor, located, slot.as_ref(), arrived).await?;
            if matches!(known, Received::Refused { .. }) {
                return Ok(Some(known));
            }
            received = Some(known);
        }
        for tag in &self.tags {
            self.tag(tx, tag, service.now()).await?;
        }
        Ok(received)
    }

    /// Whether a tag keeps its meaning: in a bucket all do, except those under which clients keep lists of
    /// referrers; those of the integration itself may move.
    fn keeps(&self, tag: &Tag) -> bool {
        self.opened.slot.is_some() && !tag.is_referrers_fallback()
    }

    /// Only builds pass the gates, so that only they get tags in a bucket: whatever else had one could be pulled by a name
    /// that a build was to have, since clients run more than we take for an image.
    fn refuse_smuggling(&self) -> Result<(), Error> {
        let is_build = self.manifest.subject.is_none() && self.manifest.runnable;
        if is_build || !self.tags.iter().any(|tag| self.keeps(tag)) {
            return Ok(());
        }
        Err(Error::Denied(
            "in a bucket only images that are builds get tags; push this by its digest, or to the integration itself"
                .to_owned(),
        ))
    }

    /// Points a tag at the manifest. Whether a kept tag was free shows only when it is taken: another replica
    /// may push at the same moment.
    async fn tag(&self, tx: &mut Tx, tag: &Tag, now: Time) -> Result<(), Error> {
        let (repository, digest) = (self.opened.repository, &self.manifest.digest);
        if !self.keeps(tag) {
            return Ok(stored::set_tag(tx, repository, tag, digest, now).await?);
        }
        stored::add_tag(tx, repository, tag, digest, now).await?;
        match stored::find_tag(tx, repository, tag).await? {
            Some(earlier) if earlier != *digest => Err(Error::Denied(format!(
                "the tag “{}” is {earlier} in this bucket and does not change; push under another tag",
                tag.as_str()
            ))),
            _ => Ok(()),
        }
    }

    /// The build that this is, if it is one (decisions.md 7).
    async fn arrived(&mut self, tx: &mut Tx) -> Result<Option<Arrived>, Error> {
        let tag = self.tags.iter().find(|tag| !tag.is_referrers_fallback()).cloned();
        let (Some(tag), None, Some(image)) = (tag, &self.manifest.subject, self.image.take()) else {
            return Ok(None);
        };
        Ok(Some(Arrived {
            digest: self.manifest.digest.clone(),
            tag,
            media_type: self.manifest.media_type.clone(),
            size: stored::total_size(tx, &self.manifest.digest).await?,
            platforms: image.platforms,
            origin: std::mem::take(&mut self.said).over(Origin::from_labels(image.labels)),
        }))
    }
}
