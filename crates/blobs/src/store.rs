//! What can be done with blobs, wherever they lie.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use towpath_domain::digests::{Algorithm, Digest};
use uuid::Uuid;

use crate::{
    Bucket, Error,
    bucket::Objects,
    folder::{self, Folder},
    hashing::Hasher,
    reading::{Blob, Stamp},
};

/// Where blobs are stored. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BlobStore(pub(crate) Place);

#[derive(Clone, Debug)]
pub(crate) enum Place {
    Folder(Folder),
    Bucket(Objects),
}

/// The blobs of an algorithm whose digests begin with the same two digits.
#[derive(Clone, Debug)]
pub struct Shelf {
    pub(crate) algorithm: Algorithm,
    pub(crate) start: String,
}

impl Shelf {
    /// The digest of what lies there under a name, if it is one of ours.
    pub(crate) fn digest(&self, name: &str) -> Option<Digest> {
        Digest::parse(&format!("{}:{name}", self.algorithm.name())).ok()
    }
}

/// A blob that is out of reach and about to be removed.
#[derive(Debug)]
#[must_use = "the file stays until it is removed, or swept with the uploads"]
pub struct Aside {
    pub(crate) size: u64,
    /// Where it waits; a bucket keeps nothing back.
    pub(crate) file: Option<folder::AsideFile>,
}

impl Aside {
    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Removes what is left of it.
    pub async fn remove(self) -> Result<(), Error> {
        match self.file {
            Some(file) => file.remove().await,
            None => Ok(()),
        }
    }
}

/// What reading a content again shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Whole,
    /// Its bytes are not those of its digest, or a disk cannot read them.
    Damaged,
    /// It is not there.
    Missing,
}

macro_rules! at {
    ($store:expr, $place:ident => $then:expr) => {
        match &$store.0 {
            Place::Folder($place) => $then,
            Place::Bucket($place) => $then,
        }
    };
}

impl BlobStore {
    /// Opens a folder, making it if it does not exist. One process owns a folder at a time: upload sessions are guarded
    /// in memory.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, Error> {
        Folder::open(root.as_ref()).map(|folder| Self(Place::Folder(folder)))
    }

    /// Prepares the use of a bucket, which any number of processes may share. Nothing is asked of it yet; see
    /// [`BlobStore::check`]. Its connections belong to the runtime that this is called in. `process` tells this process from
    /// others that use the bucket.
    pub fn in_bucket(settings: &Bucket, process: Uuid) -> Result<Self, Error> {
        Objects::open(settings, process).map(|objects| Self(Place::Bucket(objects)))
    }

    /// Begins an upload session; its content will be hashed with `algorithm` while it arrives.
    pub async fn begin(&self, id: Uuid, algorithm: Algorithm) -> Result<(), Error> {
        at!(self, place => place.begin(id, algorithm).await)
    }

    /// How many bytes of the upload are received, which is where it can be resumed.
    pub async fn offset(&self, id: Uuid) -> Result<u64, Error> {
        at!(self, place => place.offset(id).await)
    }

    /// Ends an upload whose content is complete: verifies its digest, stores it durably, and says its size.
    ///
    /// Content with another digest is discarded together with the session.
    pub async fn finish(&self, id: Uuid, expected: &Digest) -> Result<u64, Error> {
        at!(self, place => place.finish(id, expected).await)
    }

    /// Ends an upload and forgets what was received.
    pub async fn cancel(&self, id: Uuid) -> Result<(), Error> {
        at!(self, place => place.cancel(id).await)
    }

    /// How many uploads nobody wrote to since `cutoff`, and how many bytes of them can be seen: of a large one in a bucket,
    /// the store itself keeps most.
    pub async fn stale_uploads(&self, cutoff: SystemTime) -> Result<(u64, u64), Error> {
        at!(self, place => place.stale_uploads(cutoff).await)
    }

    /// Removes uploads that nobody wrote to since `cutoff`, and says how many.
    pub async fn sweep_uploads(&self, cutoff: SystemTime) -> Result<u64, Error> {
        at!(self, place => place.sweep_uploads(cutoff).await)
    }

    /// Stores small content, such as a manifest, durably and says its digest.
    pub async fn put(&self, algorithm: Algorithm, content: Bytes) -> Result<Digest, Error> {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(&content);
        let digest = hasher.finish();
        at!(self, place => place.put(&digest, content).await)?;
        Ok(digest)
    }

    /// Whether content can be stored now: writes a few bytes, and takes them away again.
    ///
    /// # Errors
    /// When the folder is gone, full or read-only; when the bucket cannot be reached, or may not be used.
    pub async fn check(&self) -> Result<(), Error> {
        at!(self, place => place.check().await)
    }

    /// Finds a blob to be read, if it is stored.
    pub async fn find(&self, digest: &Digest) -> Result<Option<Blob>, Error> {
        at!(self, place => place.find(digest).await)
    }

    /// The size of a blob in bytes, if it is stored.
    pub async fn size(&self, digest: &Digest) -> Result<Option<u64>, Error> {
        Ok(self.find(digest).await?.map(|blob| blob.size()))
    }

    /// What tells a blob from one that is stored in its place later; absent where there is none.
    pub async fn stamp(&self, digest: &Digest) -> Result<Option<Stamp>, Error> {
        Ok(self.find(digest).await?.map(|blob| blob.stamp().clone()))
    }

    /// Whether a blob is stored; asked where it may just have been taken away.
    pub async fn is_stored(&self, digest: &Digest) -> Result<bool, Error> {
        Ok(self.find(digest).await?.is_some())
    }

    /// The content of a small blob, if it is stored.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] if it is larger than `limit` bytes.
    pub async fn read_small(&self, digest: &Digest, limit: u64) -> Result<Option<Bytes>, Error> {
        at!(self, place => place.read_small(digest, limit).await)
    }

    /// Reads a blob to its end and holds it against its digest; `pause` follows each MiB.
    pub async fn examine(&self, digest: &Digest, pause: Duration) -> Result<Condition, Error> {
        at!(self, place => place.examine(digest, pause).await)
    }

    /// Moves a damaged blob out of reach, to where it can be looked at: the folder `damaged`.
    pub async fn put_away(&self, digest: &Digest) -> Result<(), Error> {
        at!(self, place => place.put_away(digest).await)
    }

    /// All shelves that hold blobs.
    pub async fn shelves(&self) -> Result<Vec<Shelf>, Error> {
        at!(self, place => place.shelves().await)
    }

    /// The blobs of a shelf that were stored before a time, with their sizes in bytes.
    pub async fn list(&self, from: &Shelf, before: SystemTime) -> Result<Vec<(Digest, u64)>, Error> {
        at!(self, place => place.list(from, before).await)
    }

    /// Moves blobs out of reach, those of them that are there. In a folder, whoever reads one goes on reading.
    pub async fn set_aside(&self, digests: Vec<Digest>) -> Result<Vec<Aside>, Error> {
        at!(self, place => place.set_aside(digests).await)
    }
}
