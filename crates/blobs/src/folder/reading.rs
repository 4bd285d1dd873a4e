//! Reading files.

use std::{
    fs::{File, Metadata},
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    os::unix::fs::MetadataExt,
};

use bytes::{Bytes, BytesMut};
use futures::{Stream, stream};
use tokio::task::spawn_blocking;
use towpath_domain::digests::Digest;

use super::Folder;
use crate::{
    Blob, Error, Stamp, blocking,
    reading::{Check, Source},
};

/// Content leaves in pieces of this size; each costs one hop to a blocking thread.
const PIECE: usize = 256 * 1024;

impl Folder {
    pub(crate) async fn find(&self, digest: &Digest) -> Result<Option<Blob>, Error> {
        let (path, digest) = (self.layout.blob(digest), digest.clone());
        blocking(move || {
            let opened = File::open(path).and_then(|file| {
                let found = file.metadata()?;
                let (size, stamp) = (found.len(), stamp(&found));
                Ok(Blob { digest, size, stamp, source: Source::File(file) })
            });
            absent(opened).map_err(Error::io("opening a blob"))
        })
        .await
    }

    pub(crate) async fn read_small(&self, digest: &Digest, limit: u64) -> Result<Option<Bytes>, Error> {
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

fn stamp(file: &Metadata) -> Stamp {
    Stamp::File { inode: file.ino(), size: file.len(), changed: (file.ctime(), file.ctime_nsec()) }
}

/// What a reader reads, piece by piece.
pub(crate) fn pieces(reader: Reader) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
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

/// A file that is read piece by piece, into the same memory where the piece before has been sent.
#[derive(Debug)]
pub(crate) struct Reader {
    file: File,
    rest: Range<u64>,
    buffer: BytesMut,
    /// What the whole must turn out to be, where the whole is read.
    check: Option<Check>,
}

impl Reader {
    pub(crate) fn new(file: File, rest: Range<u64>, check: Option<Check>) -> Self {
        Self { file, rest, buffer: BytesMut::new(), check }
    }

    fn read(mut self) -> io::Result<(Self, Bytes)> {
        let count = (PIECE as u64).min(self.rest.end - self.rest.start);
        self.file.seek(SeekFrom::Start(self.rest.start))?;
        self.buffer.resize(usize::try_from(count).unwrap_or(PIECE), 0);
        self.file.read_exact(&mut self.buffer)?;
        self.rest.start += count;
        if let Some(check) = &mut self.check {
            check.update(&self.buffer);
        }
        if self.rest.is_empty()
            && let Some(check) = self.check.take()
        {
            check.end()?;
        }
        let piece = self.buffer.split().freeze();
        Ok((self, piece))
    }
}

/// Turns "no such file" into `None`.
pub(super) fn absent<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
