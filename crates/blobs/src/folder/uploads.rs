//! Upload sessions: begun, appended to in any number of requests, then finished or cancelled.

use std::{
    collections::HashMap,
    fs::{self, File},
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use tokio::sync::OwnedMutexGuard;
use towpath_domain::digests::{Algorithm, Digest};
use uuid::Uuid;

use super::Folder;
use crate::{Error, blocking, hashing::Hasher};

/// The sessions this process knows; others lie on disk and are taken up again when they are asked for.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<Uuid, Arc<Session>>>);

/// One upload session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) path: PathBuf,
    /// How many bytes are received, hashed and in the file; readable while someone writes.
    pub(crate) offset: AtomicU64,
    /// Held by whoever changes the session.
    hashed: Arc<tokio::sync::Mutex<Hashed>>,
}

/// The hash of the first `offset` bytes; empty when the session was begun by an earlier process.
pub(crate) type Hashed = Option<Hasher>;

impl Folder {
    pub(crate) async fn begin(&self, id: Uuid, algorithm: Algorithm) -> Result<(), Error> {
        let path = self.layout.upload(id);
        let session = Session::new(path.clone(), 0, Some(Hasher::new(algorithm)));
        blocking(move || File::create_new(path).map_err(Error::io("beginning an upload"))).await?;
        self.sessions.lock().insert(id, Arc::new(session));
        Ok(())
    }

    pub(crate) async fn offset(&self, id: Uuid) -> Result<u64, Error> {
        Ok(self.session(id).await?.offset())
    }

    pub(crate) async fn finish(&self, id: Uuid, expected: &Digest) -> Result<u64, Error> {
        let session = self.session(id).await?;
        let mut hashed = session.lock()?;
        let (layout, sessions, expected) =
            (Arc::clone(&self.layout), Arc::clone(&self.sessions), expected.clone());
        blocking(move || {
            let actual = session.digest(&mut hashed, expected.algorithm())?;
            if actual == expected {
                File::open(&session.path)
                    .and_then(|file| file.sync_all())
                    .and_then(|()| layout.settle(&session.path, &expected))
                    .map_err(Error::upload("storing an upload"))?;
            } else {
                fs::remove_file(&session.path).map_err(Error::upload("discarding an upload"))?;
            }
            // Only now: as long as the file stood there, a second session object must not come to be.
            sessions.lock().remove(&id);
            if actual == expected {
                Ok(session.offset())
            } else {
                Err(Error::DigestMismatch { expected, actual })
            }
        })
        .await
    }

    pub(crate) async fn cancel(&self, id: Uuid) -> Result<(), Error> {
        let session = self.session(id).await?;
        let hashed = session.lock()?;
        let sessions = Arc::clone(&self.sessions);
        blocking(move || {
            fs::remove_file(&session.path).map_err(Error::upload("cancelling an upload"))?;
            sessions.lock().remove(&id);
            drop(hashed);
            Ok(())
        })
        .await
    }

    pub(crate) async fn stale_uploads(&self, cutoff: SystemTime) -> Result<(u64, u64), Error> {
        let layout = Arc::clone(&self.layout);
        blocking(move || {
            let files = fs::read_dir(layout.uploads()).map_err(Error::io("listing uploads"))?;
            let stale = files.flatten().filter_map(|file| {
                let found = file.metadata().ok()?;
                found.modified().is_ok_and(|touched| touched < cutoff).then_some(found.len())
            });
            Ok(stale.fold((0, 0), |(count, bytes), size| (count + 1, bytes + size)))
        })
        .await
    }

    pub(crate) async fn sweep_uploads(&self, cutoff: SystemTime) -> Result<u64, Error> {
        let store = self.clone();
        blocking(move || {
            let files = fs::read_dir(store.layout.uploads())
                .and_then(Iterator::collect::<io::Result<Vec<_>>>)
                .map_err(Error::io("listing uploads"))?;
            let mut swept = 0;
            for file in files {
                let Ok(touched) = file.metadata().and_then(|found| found.modified()) else {
                    continue; // finished meanwhile
                };
                if touched < cutoff && store.sweep_upload(&file.path())? {
                    swept += 1;
                }
            }
            Ok(swept)
        })
        .await
    }

    fn sweep_upload(&self, path: &std::path::Path) -> Result<bool, Error> {
        let name = path.file_name().and_then(|name| name.to_str());
        let id = name.and_then(|name| Uuid::parse_str(name).ok());
        let session = id.and_then(|id| self.sessions.lock().get(&id).cloned());
        let Ok(_held) = session.as_ref().map(|session| session.lock()).transpose() else {
            return Ok(false); // somebody is writing
        };
        match fs::remove_file(path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(Error::io("sweeping an upload")(error)),
        }
        if let Some(id) = id {
            self.sessions.lock().remove(&id);
        }
        Ok(true)
    }

    /// The session of this id, taken up from disk if an earlier process began it.
    pub(crate) async fn session(&self, id: Uuid) -> Result<Arc<Session>, Error> {
        if let Some(session) = self.sessions.lock().get(&id) {
            return Ok(Arc::clone(session));
        }
        let path = self.layout.upload(id);
        let file = tokio::fs::metadata(&path).await.map_err(Error::upload("finding an upload"))?;
        let mut sessions = self.sessions.lock();
        let session = sessions.entry(id).or_insert_with(|| Arc::new(Session::new(path, file.len(), None)));
        Ok(Arc::clone(session))
    }
}

impl Sessions {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Arc<Session>>> {
        // The map is whole between any two statements, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    fn new(path: PathBuf, offset: u64, hashed: Hashed) -> Self {
        Self { path, offset: AtomicU64::new(offset), hashed: Arc::new(tokio::sync::Mutex::new(hashed)) }
    }

    pub(crate) fn offset(&self) -> u64 {
        self.offset.load(Ordering::Acquire)
    }

    /// Takes the session for this request alone, or says that another one has it.
    pub(crate) fn lock(&self) -> Result<OwnedMutexGuard<Hashed>, Error> {
        Arc::clone(&self.hashed).try_lock_owned().map_err(|_| Error::UploadBusy)
    }

    /// The digest of what was received; reads the file again if it was hashed otherwise or not at all.
    fn digest(&self, hashed: &mut Hashed, algorithm: Algorithm) -> Result<Digest, Error> {
        if let Some(hasher) = hashed.as_ref().filter(|hasher| hasher.algorithm() == algorithm) {
            return Ok(hasher.clone().finish());
        }
        let (running, size) = File::open(&self.path)
            .and_then(|mut file| Hasher::read(algorithm, &mut file))
            .map_err(Error::upload("reading an upload"))?;
        self.offset.store(size, Ordering::Release);
        Ok(running.finish())
    }
}
