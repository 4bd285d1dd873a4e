//! Doing what a promotion does elsewhere. Whatever is there already, by its digest, is done: so it can be begun again at any
//! time, by whichever server.

use crate::Service;
use crate::registries::Tries;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use towpath_blobs::BlobStore;
use towpath_domain::digests::Digest;
use towpath_domain::outside_steps::{Does, Names, Place, TagPattern};
use towpath_domain::promotions::Promotion;
use towpath_domain::references::Tag;
use towpath_oci::{Contents, Image, Manifest, Pieces, Registry, Repository, Source, Step, push_beside};
use towpath_store::{builds, outside_steps, registries};

/// Why something was not done.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The same may work later.
    Passing(String),
    /// It fails until somebody sees to it.
    Lasting(String),
}

impl From<towpath_oci::Error> for Trouble {
    fn from(error: towpath_oci::Error) -> Self {
        let words = crate::registries::words(&error);
        if error.is_passing() { Self::Passing(words) } else { Self::Lasting(words) }
    }
}

impl From<crate::Error> for Trouble {
    fn from(error: crate::Error) -> Self {
        tracing::error!(%error, "something could not be done elsewhere");
        Self::Passing("This server has a trouble of its own; its log tells which.".to_owned())
    }
}

impl From<towpath_store::Error> for Trouble {
    fn from(error: towpath_store::Error) -> Self {
        crate::Error::from(error).into()
    }
}

/// How many bytes are there, and how many there are to be.
#[derive(Debug, Clone, Default)]
pub(super) struct Meter(Arc<Mutex<Counted>>);

#[derive(Debug, Default)]
struct Counted {
    all: i64,
    /// Of each content, what was sent of it.
    sent: HashMap<Digest, u64>,
}

impl Meter {
    fn begin(&self, all: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all = all;
    }

    fn count(&self, step: Step<'_>) {
        let (content, sent) = match step {
            Step::There(content) | Step::Sent(content) => (content, content.size),
            Step::Sending(content, sent) => (content, sent),
            Step::Paused(..) => return,
        };
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.sent.insert(content.digest.clone(), sent);
    }

    pub fn read(&self) -> (i64, i64) {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = counted.sent.values().sum::<u64>();
        (i64::try_from(sent).unwrap_or(i64::MAX).min(counted.all), counted.all)
    }
}

/// The contents of our own store.
#[derive(Debug)]
struct Own(BlobStore);

impl Contents for Own {
    fn read<'a>(
        &'a self,
        digest: &'a Digest,
        part: Option<Range<u64>>,
    ) -> BoxFuture<'a, Result<Option<Pieces>, std::io::Error>> {
        async move {
            let found = self.0.find(digest).await.map_err(std::io::Error::other)?;
            Ok(found.map(|blob| match part {
                // A whole one is held against its digest on its way.
                Some(part) if part != (0..blob.size()) => blob.read_range(part).boxed(),
                _ => blob.read().boxed(),
            }))
        }
        .boxed()
    }
}

/// What is done for one promotion, found and ready.
pub(super) struct Work {
    to: Repository,
    /// Other repositories of the registry in which some of its contents may be.
    beside: Vec<Repository>,
    copies: bool,
    tags: Vec<(TagPattern, Tag)>,
    shown: String,
}

impl Work {
    /// What is to be done, as things are set now; absent where that is nothing.
    pub async fn find(service: &Service, promotion: &Promotion) -> Result<Option<Self>, Trouble> {
        let mut conn = service.read().await?;
        let integration = promotion.integration;
        let does = outside_steps::of_bucket(&mut conn, integration, promotion.to.key).await?;
        let Some(place) = does.place() else { return Ok(None) };
        let others = outside_steps::list(&mut conn, integration).await?;
        let stored = registries::find(&mut conn, place.registry).await?;
        drop(conn);
        let gone = || Trouble::Lasting(format!("The registry {} was removed.", place.slug));
        let registry: Registry = service.registry(&stored.ok_or_else(gone)?, Tries::Some)?;
        let names = Names { bucket: &promotion.to.slug, number: promotion.number, tag: &promotion.tag };
        let filled = |pattern: &TagPattern| {
            let wrong = |error| Trouble::Lasting(format!("“{pattern}” makes no tag here: {error}."));
            Ok((pattern.clone(), pattern.of(names).map_err(wrong)?))
        };
        let is_beside =
            |other: &&Place| other.registry == place.registry && other.repository != place.repository;
        let beside = others.iter().filter_map(|step| step.does.place()).filter(is_beside);
        Ok(Some(Self {
            to: registry.to_write(place.repository.as_str()),
            beside: beside.map(|other| registry.to_read(other.repository.as_str())).collect(),
            copies: matches!(does, Does::Copy(_)),
            tags: place.tags.iter().map(filled).collect::<Result<_, Trouble>>()?,
            shown: format!("{}/{}", place.address.host(), place.repository),
        }))
    }

    /// Brings the image there, or finds it there, under no name but its digest.
    pub async fn bring(
        &self,
        service: &Service,
        promotion: &Promotion,
        meter: &Meter,
    ) -> Result<Manifest, Trouble> {
        let digest = &promotion.digest;
        if !self.copies {
            let there = self.to.read_manifest(&digest.to_string()).await?;
            let missing = || {
                let shown = &self.shown;
                Trouble::Lasting(format!(
                    "{shown} does not have {digest}. Push it there, or let promotions copy it."
                ))
            };
            return there.ok_or_else(missing);
        }
        let build = builds::load(&mut service.read().await?, promotion.build).await?.build;
        meter.begin(build.size);
        let source = Source::Store {
            contents: Arc::new(Own(service.blobs().clone())),
            digest: digest.clone(),
            media_type: build.media_type,
        };
        let image = Image::open(source).await?;
        let counted = meter.clone();
        push_beside(&image, &self.to, &self.beside, move |step| counted.count(step)).await?;
        Ok(image.root().clone())
    }

    /// Gives it its names there. Those with the number of the promotion name nothing else before or after; they are looked
    /// at and given first, as clusters may pull by the others: what cannot be done moves none of those.
    pub async fn name(&self, manifest: &Manifest) -> Result<(), Trouble> {
        let digest = &manifest.descriptor.digest;
        let (mut given, mut moved) = (Vec::new(), Vec::new());
        for (pattern, tag) in &self.tags {
            match self.to.read_manifest(tag.as_str()).await? {
                Some(there) if there.descriptor.digest == *digest => {}
                Some(there) if pattern.stays() => {
                    let (shown, there) = (&self.shown, &there.descriptor.digest);
                    return Err(Trouble::Lasting(format!(
                        "In {shown}, {} names another image already: {there}.",
                        tag.as_str()
                    )));
                }
                None if pattern.stays() => given.push(tag),
                there => moved.push((tag, there)),
            }
        }
        for tag in given {
            self.to.put_manifest(manifest, Some(tag)).await?;
        }
        for (number, (tag, _)) in moved.iter().enumerate() {
            if let Err(error) = self.to.put_manifest(manifest, Some(tag)).await {
                self.put_back(&moved[..number]).await;
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Lets tags name again what they did, as far as the registry takes it: where another one could not be moved, none is.
    async fn put_back(&self, moved: &[(&Tag, Option<Manifest>)]) {
        for (tag, before) in moved {
            let Some(before) = before else { continue };
            if let Err(error) = self.to.put_manifest(before, Some(tag)).await {
                let (shown, tag) = (&self.shown, tag.as_str());
                tracing::warn!(%error, registry = %shown, tag, "a tag elsewhere could not be put back");
            }
        }
    }
}
