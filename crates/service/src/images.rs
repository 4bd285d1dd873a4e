//! Stored images as registry clients see them: pushing, pulling, tags, deletion.
//!
//! Every use case names a repository and is authorised on what the name stands for. A content is only ever
//! served through a name that reaches it, whoever knows its digest (decisions.md 12).

mod announcing;
mod pushing;
mod reading;
mod serving;
mod tags;
mod uploads;

pub use crate::manifests::{ManifestError, OCI_INDEX};
pub use announcing::{Announced, announce};
pub use pushing::{Push, push_manifest};
pub use reading::{blob_size, find_manifest, open_blob, read_manifest, referrers};
pub(crate) use serving::FoundWhole;
pub use serving::read_blob;
pub use tags::{delete_manifest, list_tags};
pub(crate) use uploads::ABANDONED_SECONDS;
pub use uploads::{
    append_upload, begin_upload, cancel_upload, delete_blob, finish_upload, mount_blob, sweep_uploads,
    upload_offset,
};

use crate::scenes::{self, Located};
use crate::{allow, publishers};
use std::collections::BTreeMap;
use std::fmt;
use towpath_domain::access::{Action, Actor, Reading, Target};
use towpath_domain::buckets::Slot;
use towpath_domain::digests::Digest;
use towpath_domain::projects::Archived;
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::storage::OverQuota;
use towpath_domain::timeline::Scene;
use towpath_store::images::{self as stored, Repository};
use towpath_store::{Conn, buckets, integrations, projects, read_tokens};

/// A repository name: `PROJECT/INTEGRATION` (routed by rule) or `PROJECT/INTEGRATION/BUCKET`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub project: Slug,
    pub integration: Slug,
    pub bucket: Option<Slug>,
}

/// How a manifest is named within a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    Tag(Tag),
    Digest(Digest),
}

/// A stored manifest, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub digest: Digest,
    pub media_type: String,
    /// Bytes of the manifest alone.
    pub size: u64,
    pub artifact_type: Option<String>,
    pub subject: Option<Digest>,
    pub annotations: BTreeMap<String, String>,
}

/// Why a registry request was not fulfilled.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the blob is not known in this repository")]
    BlobUnknown,
    #[error("the manifest is not known in this repository")]
    ManifestUnknown,
    #[error(transparent)]
    ManifestInvalid(#[from] ManifestError),
    /// The manifest refers to contents that were not pushed to this repository before it.
    #[error("the manifest refers to contents that are not in this repository")]
    ContentsUnknown(Vec<Digest>),
    #[error("the content is {actual}, not {expected}")]
    DigestDiffers { expected: Digest, actual: Digest },
    /// Something that nobody may do here, or not in this way.
    #[error("{0}")]
    Denied(String),
    /// Something keeps the image, as it says.
    #[error("the image is kept: {0}")]
    Needed(String),
    #[error("a manifest in this repository refers to it; delete that first")]
    ReferredTo,
    #[error(transparent)]
    OverQuota(#[from] OverQuota),
    #[error(transparent)]
    Blobs(#[from] towpath_blobs::Error),
    #[error(transparent)]
    Other(#[from] crate::Error),
}

impl From<Archived> for Error {
    fn from(archived: Archived) -> Self {
        Self::Denied(archived.to_string())
    }
}

impl From<towpath_store::Error> for Error {
    fn from(error: towpath_store::Error) -> Self {
        Self::Other(error.into())
    }
}

impl From<stored::Manifest> for Manifest {
    fn from(manifest: stored::Manifest) -> Self {
        Self {
            digest: manifest.digest,
            media_type: manifest.media_type,
            size: manifest.size.cast_unsigned(),
            artifact_type: manifest.artifact_type,
            subject: manifest.subject,
            annotations: manifest.annotations,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.project, self.integration)?;
        match &self.bucket {
            Some(bucket) => write!(f, "/{bucket}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => f.write_str(tag.as_str()),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

/// What a name stands for, opened to an actor who may do something there.
#[derive(Debug)]
struct Opened {
    located: Located,
    slot: Option<Slot>,
    repository: Repository,
    /// Of a read token: it shows only what is or was current in its environment.
    only: Option<Reading>,
}

/// Finds what a name stands for, for an actor who may do at least one of `actions` there.
async fn open(
    conn: &mut Conn,
    actor: &Actor,
    name: &Name,
    actions: &[Action],
) -> Result<Opened, crate::Error> {
    if let Some(reading) = actor.reading() {
        return open_to_read(conn, reading, name, actions).await;
    }
    let located = scenes::integration(conn, actor, name.project.as_str(), name.integration.as_str()).await?;
    let slot = match &name.bucket {
        Some(bucket) => Some(located.slot(conn, bucket.as_str()).await?),
        None => None,
    };
    let repository =
        Repository { integration: located.integration.id, bucket: slot.as_ref().map(|slot| slot.key) };
    let opened = Opened { located, slot, repository, only: None };
    let target = opened.target();
    let mut refused = Ok(());
    for action in actions {
        refused = allow(actor, *action, &target);
        if refused.is_ok() {
            break;
        }
    }
    refused.map(|()| opened)
}

/// Finds what a name stands for, for a read token whose environment it feeds.
async fn open_to_read(
    conn: &mut Conn,
    reading: Reading,
    name: &Name,
    actions: &[Action],
) -> Result<Opened, crate::Error> {
    let missing = || crate::Error::not_found(format_args!("The repository “{name}”"));
    let bucket = name.bucket.as_ref().filter(|_| actions.contains(&Action::Pull)).ok_or_else(missing)?;
    let project = projects::find(conn, &name.project).await?.ok_or_else(missing)?;
    let found = integrations::find(conn, project.id, &name.integration).await?;
    let located = Located { project, integration: found.ok_or_else(missing)? };
    let slots = located.slots(conn).await?;
    let slot = slots.into_iter().find(|slot| slot.slug == *bucket).ok_or_else(missing)?;
    let repository = Repository { integration: located.integration.id, bucket: Some(slot.key) };
    if !read_tokens::feeds(conn, repository, reading.environment).await? {
        return Err(missing());
    }
    Ok(Opened { located, slot: Some(slot), repository, only: Some(reading) })
}

/// Finds what a name stands for, for an actor who may push there, while its project is in use.
async fn open_to_push(conn: &mut Conn, actor: &Actor, name: &Name) -> Result<Opened, Error> {
    let opened = open(conn, actor, name, &[Action::Push]).await?;
    opened.located.project.check_in_use()?;
    publishers::check_demand(conn, actor, opened.located.project.id).await?;
    Ok(opened)
}

/// Finds what a name stands for, for an actor who may delete there, while its project is in use.
async fn open_to_delete(conn: &mut Conn, actor: &Actor, name: &Name) -> Result<Opened, Error> {
    let opened = open(conn, actor, name, &[Action::Delete]).await?;
    opened.located.project.check_in_use()?;
    Ok(opened)
}

impl Opened {
    /// Refuses a change in a project that was archived since it was opened.
    async fn check_in_use(&self, conn: &mut Conn) -> Result<(), Error> {
        Ok(projects::load(conn, self.located.project.id).await?.check_in_use()?)
    }

    /// Where an event about this repository happened.
    async fn scene(&self, conn: &mut Conn) -> Result<Scene, crate::Error> {
        let Some(slot) = &self.slot else {
            return Ok(self.located.scene());
        };
        let bucket = buckets::find(conn, self.repository.integration, slot.key).await?;
        Ok(match bucket {
            Some(bucket) => self.located.bucket_scene(bucket.id, &slot.slug),
            None => self.located.scene(),
        })
    }

    /// Whether a content that the name reaches may be read through it.
    async fn shows(&self, conn: &mut Conn, content: &Digest) -> Result<bool, crate::Error> {
        match self.only {
            None => Ok(true),
            Some(reading) => {
                Ok(read_tokens::shows(conn, self.repository, reading.environment, content).await?)
            }
        }
    }

    fn target(&self) -> Target {
        match &self.slot {
            Some(slot) => self.located.slot_target(slot),
            None => self.located.target(),
        }
    }
}
