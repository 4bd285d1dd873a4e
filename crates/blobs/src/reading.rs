//! Reading what is stored.

use std::{io, ops::Range, time::SystemTime};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use towpath_domain::digests::Digest;

use crate::{
    Error,
    bucket::Object,
    folder::{self, Reader},
    hashing::Hasher,
};

/// A stored blob that can be read. As a file it stays readable even if it is removed meanwhile; out of a bucket, reading it
/// then breaks off.
#[derive(Debug)]
pub struct Blob {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) stamp: Stamp,
    pub(crate) source: Source,
}

#[derive(Debug)]
pub(crate) enum Source {
    File(std::fs::File),
    Object(Object),
}

/// What tells a stored blob from one that is stored in its place later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// A file's number, and when it last changed, in seconds and nanoseconds.
    File { inode: u64, size: u64, changed: (i64, i64) },
    /// An object's entity tag, and when it was written.
    Object { tag: Option<String>, size: u64, changed: SystemTime },
}

/// A blob's bytes turned out not to be those of its digest. It comes out of the stream of [`Blob::read`].
#[derive(Debug, thiserror::Error)]
#[error("the bytes stored for {0} are not its own")]
pub struct Spoiled(pub Digest);

impl Blob {
    /// Size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What tells it from one that is stored in its place later.
    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// An address at which whoever has it may read the blob from the store itself, for a short while; none where blobs are
    /// not handed out like that. What is read there is held against nothing on its way.
    pub async fn address(&self) -> Result<Option<String>, Error> {
        match &self.source {
            Source::File(_) => Ok(None),
            Source::Object(object) => object.address().await,
        }
    }

    /// All of the content, which is hashed on its way: where it is not what the digest says, [`Spoiled`] comes in place of the
    /// last piece, so that nobody gets the whole of it.
    pub fn read(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let check = Some(Hasher::new(self.digest.algorithm()));
        let all = 0..self.size;
        self.pieces(all, check)
    }

    /// The content from `range.start` to before `range.end`; what lies beyond the end of the blob is an error. Nothing is
    /// held against the digest, which takes the whole.
    pub fn read_range(self, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        self.pieces(range, None)
    }

    fn pieces(
        self,
        range: Range<u64>,
        check: Option<Hasher>,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let check = check.map(|hasher| Check { hasher, digest: self.digest });
        match self.source {
            Source::File(file) => folder::pieces(Reader::new(file, range, check)).left_stream(),
            Source::Object(object) => object.pieces(range, check).right_stream(),
        }
    }
}

/// The digest that a content must turn out to have.
#[derive(Debug)]
pub(crate) struct Check {
    hasher: Hasher,
    digest: Digest,
}

impl Check {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    /// After the last piece, and before it is handed out.
    pub(crate) fn end(self) -> io::Result<()> {
        if self.hasher.finish() == self.digest {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::InvalidData, Spoiled(self.digest)))
    }
}
