//! Receiving the bytes of an upload: from the network into pieces, from pieces to their place and hash.
//!
//! Receiving and writing overlap, and they end apart. When the client goes away, the receiving future is
//! dropped; the writing task then finds no more pieces, writes what came before, and leaves a session that
//! can be resumed.

use std::pin::pin;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::sync::mpsc::{self, OwnedPermit, Receiver, Sender};
use uuid::Uuid;

use crate::{BlobStore, Error, blocking, bucket, folder, store::Place};

/// Bytes are written and hashed in pieces of this size: large enough that the hop to a blocking thread costs nothing
/// beside it, small enough that hundreds of uploads fit into memory.
const PIECE: usize = 256 * 1024;

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
        let session = self.take(id).await?;
        let offset = session.offset();
        if expected.is_some_and(|expected| expected != offset) {
            return Err(Error::WrongOffset { offset });
        }
        let (sender, pieces) = mpsc::channel(PIECES);
        let (give_back, written) = mpsc::channel(PIECES);
        let writer = tokio::spawn(write(session, pieces, give_back));
        let buffers = Buffers { sender, written };
        let received = receive(stream, buffers, limit, limit.saturating_sub(offset)).await;
        let offset = match writer.await {
            Ok(written) => written?,
            Err(failed) => return Err(Error::io("writing an upload")(failed.into())),
        };
        received.map(|()| offset)
    }

    async fn take(&self, id: Uuid) -> Result<Session, Error> {
        match &self.0 {
            Place::Folder(folder) => folder.take(id).await.map(Session::File),
            Place::Bucket(objects) => objects.take(id).await.map(Box::new).map(Session::Objects),
        }
    }
}

/// Collects the stream into pieces. If the writer stops early, so does this: the writer knows the cause.
async fn receive<S, E>(stream: S, buffers: Buffers, limit: u64, mut room: u64) -> Result<(), Error>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut stream = pin!(stream);
    let Some(mut piece) = buffers.piece().await else { return Ok(()) };
    while let Some(bytes) = stream.next().await {
        let mut bytes = bytes.map_err(|error| Error::Interrupted(error.into()))?;
        room = room.checked_sub(bytes.len() as u64).ok_or(Error::TooLarge { limit })?;
        while !bytes.is_empty() {
            let fits = bytes.len().min(PIECE - piece.bytes.len());
            piece.bytes.extend_from_slice(&bytes.split_to(fits));
            if piece.bytes.len() == PIECE {
                let Some(buffers) = piece.send() else { return Ok(()) };
                let Some(next) = buffers.piece().await else { return Ok(()) };
                piece = next;
            }
        }
    }
    Ok(())
}

/// The way of an upload's few buffers: to the writer when they are full, and back. New ones for each piece, made by
/// one thread and freed by another, would let memory grow far beyond what is in use.
struct Buffers {
    sender: Sender<Vec<u8>>,
    written: Receiver<Vec<u8>>,
}

impl Buffers {
    /// The next piece to fill, once the writer has room for it; absent when it has stopped.
    async fn piece(mut self) -> Option<Piece> {
        let permit = self.sender.reserve_owned().await.ok()?;
        let bytes = self.written.try_recv().unwrap_or_else(|_| Vec::with_capacity(PIECE));
        Some(Piece { turn: Some(Turn { permit, written: self.written }), bytes })
    }
}

struct Turn {
    permit: OwnedPermit<Vec<u8>>,
    written: Receiver<Vec<u8>>,
}

/// Received bytes together with their reserved place in the writer's queue, so that they can be handed over
/// without waiting when the receiving future is dropped.
struct Piece {
    /// Taken once it is handed over.
    turn: Option<Turn>,
    bytes: Vec<u8>,
}

impl Piece {
    fn send(mut self) -> Option<Buffers> {
        let bytes = std::mem::take(&mut self.bytes);
        self.turn.take().map(|Turn { permit, written }| Buffers { sender: permit.send(bytes), written })
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        if let Some(Turn { permit, .. }) = self.turn.take().filter(|_| !self.bytes.is_empty()) {
            permit.send(std::mem::take(&mut self.bytes));
        }
    }
}

/// An upload session that this request has for itself.
enum Session {
    File(folder::Taken),
    Objects(Box<bucket::Writer>),
}

impl Session {
    fn offset(&self) -> u64 {
        match self {
            Self::File(taken) => taken.offset(),
            Self::Objects(writer) => writer.offset(),
        }
    }

    async fn open(self) -> Result<Writer, Error> {
        match self {
            Self::File(taken) => blocking(move || folder::Writer::open(taken)).await.map(Writer::File),
            Self::Objects(writer) => Ok(Writer::Objects(writer)),
        }
    }
}

/// A session opened for writing at its end.
enum Writer {
    File(folder::Writer),
    Objects(Box<bucket::Writer>),
}

impl Writer {
    /// Writes a piece and gives it back.
    async fn write(self, piece: Vec<u8>) -> Result<(Self, Vec<u8>), Error> {
        match self {
            Self::File(writer) => blocking(move || Ok((Self::File(writer.write(&piece)?), piece))).await,
            Self::Objects(writer) => {
                let (writer, piece) = writer.write(piece).await?;
                Ok((Self::Objects(writer), piece))
            }
        }
    }

    /// Keeps what was written, and says where the upload stands.
    async fn end(self) -> Result<u64, Error> {
        match self {
            Self::File(writer) => Ok(writer.offset()),
            Self::Objects(writer) => writer.end().await,
        }
    }
}

/// Writes pieces until no more come. Runs as a task of its own, so that nobody's leaving cuts a piece in two.
async fn write(
    session: Session,
    mut pieces: Receiver<Vec<u8>>,
    give_back: Sender<Vec<u8>>,
) -> Result<u64, Error> {
    let mut writer = session.open().await?;
    while let Some(mut piece) = pieces.recv().await {
        (writer, piece) = writer.write(piece).await?;
        piece.clear();
        // Nobody may be left who would fill it.
        _ = give_back.try_send(piece);
    }
    writer.end().await
}
