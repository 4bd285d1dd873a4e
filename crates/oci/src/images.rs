//! Images where they lie, and what is read of them.

mod archives;
mod daemons;
mod docker;
mod layouts;
mod places;

pub use places::{Place, Source};

use crate::manifests::{self, Contents as Parts, Descriptor, Manifest, Platform};
use crate::registry::Repository;
use crate::{Error, Pieces};
use archives::Files;
use bytes::Bytes;
use futures::TryStreamExt;
use futures::future::BoxFuture;
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use towpath_domain::digests::{Algorithm, Digest};

/// One image, or an index of images for several platforms.
#[derive(Debug)]
pub struct Image {
    root: Manifest,
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    /// Contents by the names of their files.
    Files {
        files: Files,
        names: HashMap<Digest, String>,
        shown: String,
    },
    Registry(Repository),
    Store(Arc<dyn Contents>),
}

/// Where contents lie by their digests, manifests among them, such as the store of a registry.
pub trait Contents: fmt::Debug + Send + Sync {
    /// Part of a content; absent where it is not there.
    fn read<'a>(
        &'a self,
        digest: &'a Digest,
        part: Option<Range<u64>>,
    ) -> BoxFuture<'a, Result<Option<Pieces>, std::io::Error>>;
}

impl Image {
    /// Opens the image that lies somewhere.
    pub async fn open(source: Source) -> Result<Self, Error> {
        match source {
            Source::Path { path, choice } => {
                let files = Files::open(&path).await?;
                Self::of_files(files, choice.as_deref(), path.display().to_string()).await
            }
            Source::Stdin { choice } => {
                let files = Files::stdin().await?;
                Self::of_files(files, choice.as_deref(), "standard input".to_owned()).await
            }
            Source::Daemon { http, name } => {
                let files = daemons::save(&http, &name).await?;
                Self::of_files(files, None, name).await
            }
            Source::Registry { repository, reference } => {
                let root = repository.read_manifest(&reference).await?;
                let root = root.ok_or(Error::NoImage(reference))?;
                Ok(Self { root, kept: Kept::Registry(repository) })
            }
            Source::Store { contents, digest, media_type } => {
                let bytes = read_all(contents.as_ref(), &digest).await?;
                let bytes = bytes.ok_or_else(|| Error::NoImage(digest.to_string()))?;
                let root = Manifest::read(Some(&media_type), bytes)?;
                Ok(Self { root, kept: Kept::Store(contents) })
            }
        }
    }

    /// A layout is preferred where an archive is both, as newer ones of `docker save` are: its manifest exists already.
    async fn of_files(files: Files, choice: Option<&str>, shown: String) -> Result<Self, Error> {
        let (root, names) = if files.has("index.json") && files.has("oci-layout") {
            (layouts::read(&files, choice, &shown).await?, HashMap::new())
        } else if files.has("manifest.json") {
            docker::read(&files, choice, &shown).await?
        } else {
            let words = format!("{shown} is no image: it has neither index.json nor manifest.json");
            return Err(Error::Source(words));
        };
        Ok(Self { root, kept: Kept::Files { files, names, shown } })
    }

    /// What is pushed as a whole.
    pub fn root(&self) -> &Manifest {
        &self.root
    }

    /// A label of its configuration; of an index, of its first image. Absent where there is none that can be read.
    pub async fn label(&self, name: &str) -> Option<String> {
        let first = match &self.root.contents {
            Parts::Index(children) => Some(self.manifest(children.first()?).await.ok()?),
            Parts::Image(_) => None,
        };
        let config = self.config(first.as_ref().unwrap_or(&self.root)).await?;
        config.pointer("/config/Labels")?.get(name)?.as_str().map(str::to_owned)
    }

    /// The configuration of one image, as far as it can be read.
    async fn config(&self, image: &Manifest) -> Option<Value> {
        let Parts::Image(parts) = &image.contents else { return None };
        let config = parts.first().filter(|config| config.size <= manifests::LIMIT as u64)?;
        let pieces = self.blob(config, 0..config.size).await.ok()?;
        let content: Vec<Bytes> = pieces.try_collect().await.ok()?;
        serde_json::from_slice(&content.concat()).ok()
    }

    /// The one image of an index that is for a platform; of one image itself, if it is for that.
    pub async fn only(self, platform: &Platform) -> Result<Self, Error> {
        let Parts::Index(children) = &self.root.contents else {
            let its = self.config(&self.root).await.and_then(|config| serde_json::from_value(config).ok());
            return match its.filter(|its: &Platform| !its.is(platform)) {
                Some(other) => Err(Error::NoImage(format!("for {platform}: this one is for {other}"))),
                None => Ok(self),
            };
        };
        let of = |child: &Descriptor| child.platform.clone();
        let Some(child) = children.iter().find(|child| of(child).is_some_and(|its| its.is(platform))) else {
            let known: Vec<String> = children.iter().filter_map(of).map(|its| its.to_string()).collect();
            let known = known.join(", ");
            return Err(Error::NoImage(format!("for {platform} in it; there are {known}")));
        };
        let root = self.manifest(child).await?;
        Ok(Self { root, kept: self.kept })
    }

    /// A manifest that another one refers to.
    pub(crate) async fn manifest(&self, descriptor: &Descriptor) -> Result<Manifest, Error> {
        let missing = |place: String| Error::Missing { digest: descriptor.digest.clone(), place };
        match &self.kept {
            Kept::Files { files, shown, .. } => {
                let name = layouts::name(&descriptor.digest);
                let bytes = files.read(&name).await?.ok_or_else(|| missing(shown.clone()))?;
                check(&descriptor.digest, &bytes)?;
                Manifest::read(Some(&descriptor.media_type), bytes)
            }
            Kept::Registry(repository) => {
                let found = repository.read_manifest(&descriptor.digest.to_string()).await?;
                found.ok_or_else(|| missing("the registry".to_owned()))
            }
            Kept::Store(contents) => {
                let bytes = read_all(contents.as_ref(), &descriptor.digest).await?;
                Manifest::read(Some(&descriptor.media_type), bytes.ok_or_else(|| missing(STORE.to_owned()))?)
            }
        }
    }

    /// Part of a blob's content.
    pub(crate) async fn blob(&self, blob: &Descriptor, part: Range<u64>) -> Result<Pieces, Error> {
        match &self.kept {
            Kept::Files { files, names, shown } => {
                let name = names.get(&blob.digest).cloned().unwrap_or_else(|| layouts::name(&blob.digest));
                let missing = || Error::Missing { digest: blob.digest.clone(), place: shown.clone() };
                let size = files.size(&name).ok_or_else(missing)?;
                if size != blob.size {
                    let words = format!("{name} has {size} bytes where its manifest says {}", blob.size);
                    return Err(Error::Source(format!("{shown} is not whole: {words}")));
                }
                files.part(&name, part).await?.ok_or_else(missing)
            }
            Kept::Registry(repository) => repository.read_blob(&blob.digest, part).await,
            Kept::Store(contents) => {
                let missing = || Error::Missing { digest: blob.digest.clone(), place: STORE.to_owned() };
                contents.read(&blob.digest, Some(part)).await?.ok_or_else(missing)
            }
        }
    }

    /// The repository that it lies in, if it does in one.
    pub(crate) fn repository(&self) -> Option<&Repository> {
        match &self.kept {
            Kept::Files { .. } | Kept::Store(_) => None,
            Kept::Registry(repository) => Some(repository),
        }
    }
}

/// How errors call a place of [`Contents`].
const STORE: &str = "the store";

/// A manifest of a store, checked against its digest.
async fn read_all(contents: &dyn Contents, digest: &Digest) -> Result<Option<Bytes>, Error> {
    let Some(mut pieces) = contents.read(digest, None).await? else { return Ok(None) };
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.try_next().await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > manifests::LIMIT {
            return Err(Error::Source(format!("the manifest {digest} is too large")));
        }
    }
    let bytes = Bytes::from(bytes);
    check(digest, &bytes)?;
    Ok(Some(bytes))
}

fn check(digest: &Digest, bytes: &Bytes) -> Result<(), Error> {
    let actual = Digest::of(digest.algorithm(), bytes);
    if actual == *digest {
        return Ok(());
    }
    Err(Error::Differs { digest: digest.clone(), actual })
}

/// A digest from the name of a file that is called by its SHA-256 hash.
fn digest_of_hex(hex: &str) -> Option<Digest> {
    Digest::parse(&format!("{}:{hex}", Algorithm::Sha256.name())).ok()
}
