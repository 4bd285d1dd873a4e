//! Writing what an upload brings to its file.

use std::{
    fs::{File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    sync::{Arc, atomic::Ordering},
};

use tokio::sync::OwnedMutexGuard;
use towpath_domain::digests::Algorithm;
use uuid::Uuid;

use super::{
    Folder,
    uploads::{Hashed, Session},
};
use crate::{Error, hashing::Hasher};

/// An upload session that one request has for itself.
pub(crate) struct Taken {
    session: Arc<Session>,
    hashed: OwnedMutexGuard<Hashed>,
}

impl Folder {
    pub(crate) async fn take(&self, id: Uuid) -> Result<Taken, Error> {
        let session = self.session(id).await?;
        let hashed = session.lock()?;
        Ok(Taken { session, hashed })
    }
}

impl Taken {
    pub(crate) fn offset(&self) -> u64 {
        self.session.offset()
    }
}

/// An upload session opened for writing at its end.
pub(crate) struct Writer {
    session: Arc<Session>,
    hashed: OwnedMutexGuard<Hashed>,
    file: File,
}

impl Writer {
    pub(crate) fn open(Taken { session, mut hashed }: Taken) -> Result<Self, Error> {
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

    pub(crate) fn write(mut self, piece: &[u8]) -> Result<Self, Error> {
        self.file.write_all(piece).map_err(Error::io("writing an upload"))?;
        if let Some(hasher) = self.hashed.as_mut() {
            hasher.update(piece);
        }
        self.session.offset.fetch_add(piece.len() as u64, Ordering::Release);
        Ok(self)
    }

    pub(crate) fn offset(&self) -> u64 {
        self.session.offset()
    }
}
