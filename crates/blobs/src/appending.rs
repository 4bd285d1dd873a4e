//! Receiving the bytes of an upload: from the network into pieces, from pieces to disk and hash.
//!
//! Receiving and writing overlap, and they end apart. When the client goes away, the receiving future is
//! dropped; the writing task then finds no more pieces, writes what came before, and leaves a session that
//! can be resumed.

use std::{
    fs::{File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    pin::pin,
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::sync::{
    OwnedMutexGuard,
    mpsc::{self, OwnedPermit, Receiver, Sender},
};
use towpath_domain::digests::Algorithm;
use uuid::Uuid;

use crate::{
    BlobStore, Error, blocking,
    hashing::Hasher,
    uploads::{Hashed, Session},
};

/// Bytes are written and hashed in pieces of about this size: large enough that the hop to a blocking thread
/// costs nothing beside it, small enough that a thousand uploads fit into memory.
const PIECE: usize = 512 * 1024;

/// One piece is filled while another waits and a third is written.
const PIECES: usize = 2;

impl BlobStore {
    /// Appends a stream to an upload and says where the upload stands then.
    ///
    /// With `expected`, the upload must stand there. The upload as a whole may not pass `limit` bytes. Whatever
    /// goes wrong on the way, what was received before is kept, and [`BlobStore::offset`] tells how much that is.
    pub async fn append<S, E>(
        &self,
        id: Uuid,
        expected: Option<u64>,
        limit: u64,
        stream: S,
    ) -> Result<u64, Error>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let session = self.session(id).await?;
        let hashed = session.lock()?;
        let offset = session.offset();
        if expected.is_some_and(|expected| expected != offset) {
            return Err(Error::WrongOffset { offset });
        }
        let (sender, pieces) = mpsc::channel(PIECES);
        let writer = tokio::spawn(write(session, hashed, pieces));
        let received = receive(stream, sender, limit, limit.saturating_sub(offset)).await;
        let offset = match writer.await {
            Ok(written) => written?,
            Err(failed) => return Err(Error::io("writing an upload")(failed.into())),
        };
        received.map(|()| offset)
    }
}

/// Collects the stream into pieces. If the writer stops early, so does this: the writer knows the cause.
async fn receive<S, E>(stream: S, sender: Sender<Vec<u8>>, limit: u64, mut room: u64) -> Result<(), Error>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut stream = pin!(stream);
    let Ok(permit) = sender.reserve_owned().await else {
        return Ok(());
    };
    let mut piece = Piece::new(permit);
    while let Some(bytes) = stream.next().await {
        let bytes = bytes.map_err(|error| Error::Interrupted(error.into()))?;
        room = room.checked_sub(bytes.len() as u64).ok_or(Error::TooLarge { limit })?;
        piece.bytes.extend_from_slice(&bytes);
        if piece.bytes.len() >= PIECE {
            let Some(sender) = piece.send() else { break };
            let Ok(permit) = sender.reserve_owned().await else {
                break;
            };
            piece = Piece::new(permit);
        }
    }
    Ok(())
}

/// Received bytes together with their reserved place in the writer's queue, so that they can be handed over
/// without waiting when the receiving future is dropped.
struct Piece {
    permit: Option<OwnedPermit<Vec<u8>>>,
    bytes: Vec<u8>,
}

impl Piece {
    fn new(permit: OwnedPermit<Vec<u8>>) -> Self {
        Self { permit: Some(permit), bytes: Vec::new() }
    }

    fn send(mut self) -> Option<Sender<Vec<u8>>> {
        let bytes = std::mem::take(&mut self.bytes);
        self.permit.take().map(|permit| permit.send(bytes))
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take().filter(|_| !self.bytes.is_empty()) {
            permit.send(std::mem::take(&mut self.bytes));
        }
    }
}

/// Writes pieces until no more come. Runs as a task of its own, so that nobody's leaving cuts a piece in two.
async fn write(
    session: Arc<Session>,
    hashed: OwnedMutexGuard<Hashed>,
    mut pieces: Receiver<Vec<u8>>,
) -> Result<u64, Error> {
    let mut writer = blocking(move || Writer::open(session, hashed)).await?;
    while let Some(piece) = pieces.recv().await {
        writer = blocking(move || writer.write(&piece)).await?;
    }
    Ok(writer.session.offset())
}

/// An upload session opened for writing at its end.
struct Writer {
    session: Arc<Session>,
    hashed: OwnedMutexGuard<Hashed>,
    file: File,
}

impl Writer {
    fn open(session: Arc<Session>, mut hashed: OwnedMutexGuard<Hashed>) -> Result<Self, Error> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&session.path)
            .map_err(Error::upload("opening an upload"))?;
        if hashed.is_none() {
            let (running, size) =
                Hasher::read(Algorithm::Sha256, &mut file).map_err(Error::io("reading an upload"))?;
            session.offset.store(size, Ordering::Release);
            *hashed = Some(running);
        }
        // Bytes beyond the offset are those of a piece that failed half way.
        file.set_len(session.offset())
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .map_err(Error::io("opening an upload"))?;
        Ok(Self { session, hashed, file })
    }

    fn write(mut self, piece: &[u8]) -> Result<Self, Error> {
        self.file.write_all(piece).map_err(Error::io("writing an upload"))?;
        if let Some(hasher) = self.hashed.as_mut() {
            hasher.update(piece);
        }
        self.session.offset.fetch_add(piece.len() as u64, Ordering::Release);
        Ok(self)
    }
}
