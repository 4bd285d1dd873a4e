//! Reading what is stored.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
};

use bytes::{Bytes, BytesMut};
use futures::{Stream, stream};
use tokio::task::spawn_blocking;
use towpath_domain::digests::Digest;

use crate::{BlobStore, Error, blocking, hashing::Hasher};

/// Content leaves in pieces of this size; each costs one hop to a blocking thread.
const PIECE: usize = 256 * 1024;

/// A stored blob, opened: it stays readable even if it is removed meanwhile.
#[derive(Debug)]
pub struct Blob {
    digest: Digest,
    size: u64,
    file: File,
}

/// A blob's bytes turned out not to be those of its digest. It comes out of the stream of [`Blob::read`].
#[derive(Debug, thiserror::Error)]
#[error("the bytes stored for {0} are not its own")]
pub struct Spoiled(pub Digest);

impl BlobStore {
    /// Opens a blob, if it is stored.
    pub async fn find(&self, digest: &Digest) -> Result<Option<Blob>, Error> {
        let (path, digest) = (self.layout.blob(digest), digest.clone());
        blocking(move || {
            let opened = File::open(path).and_then(|file| {
                let size = file.metadata()?.len();
                Ok(Blob { digest, size, file })
            });
            absent(opened).map_err(Error::io("opening a blob"))
        })
        .await
    }

    /// The size of a blob in bytes, if it is stored.
    pub async fn size(&self, digest: &Digest) -> Result<Option<u64>, Error> {
        let found = tokio::fs::metadata(self.layout.blob(digest)).await;
        absent(found.map(|file| file.len())).map_err(Error::io("finding a blob"))
    }

    /// The content of a small blob, if it is stored.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] if it is larger than `limit` bytes.
    pub async fn read_small(&self, digest: &Digest, limit: u64) -> Result<Option<Bytes>, Error> {
        let path = self.layout.blob(digest);
        blocking(move || {
            let read = File::open(path).and_then(|file| {
                let mut content = Vec::new();
                file.take(limit.saturating_add(1)).read_to_end(&mut content)?;
                Ok(content)
            });
            match absent(read).map_err(Error::io("reading a blob"))? {
                Some(content) if content.len() as u64 > limit => Err(Error::TooLarge { limit }),
                content => Ok(content.map(Bytes::from)),
            }
        })
        .await
    }
}

impl Blob {
    /// Size in bytes.
    pub fn size(&self) -> u64 {
        self.size
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
        let reader =
            Reader { digest: self.digest, file: self.file, rest: range, buffer: BytesMut::new(), check };
        stream::try_unfold(reader, |mut reader| async move {
            if reader.rest.is_empty() {
                return Ok(None);
            }
            // Here and not on the blocking thread: what one thread makes and another frees lets memory grow.
            reader.buffer.reserve(PIECE);
            let (reader, piece) = spawn_blocking(move || reader.read()).await??;
            Ok(Some((piece, reader)))
        })
    }
}

/// A file that is read piece by piece, into the same memory where the piece before has been sent.
struct Reader {
    digest: Digest,
    file: File,
    rest: Range<u64>,
    buffer: BytesMut,
    /// The hash of all that was read, where the whole is.
    check: Option<Hasher>,
}

impl Reader {
    fn read(mut self) -> io::Result<(Self, Bytes)> {
        let count = (PIECE as u64).min(self.rest.end - self.rest.start);
        self.file.seek(SeekFrom::Start(self.rest.start))?;
        self.buffer.resize(usize::try_from(count).unwrap_or(PIECE), 0);
        self.file.read_exact(&mut self.buffer)?;
        self.rest.start += count;
        if let Some(hasher) = &mut self.check {
            hasher.update(&self.buffer);
        }
        if self.rest.is_empty()
            && let Some(hasher) = self.check.take()
            && hasher.finish() != self.digest
        {
            return Err(io::Error::new(io::ErrorKind::InvalidData, Spoiled(self.digest)));
        }
        let piece = self.buffer.split().freeze();
        Ok((self, piece))
    }
}

/// Turns "no such file" into `None`.
fn absent<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
