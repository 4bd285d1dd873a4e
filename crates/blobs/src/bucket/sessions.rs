//! What is known of an upload between two requests.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::{Bytes, BytesMut};
use object_store::{
    GetResult, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, UpdateVersion, path::Path,
};
use serde::{Deserialize, Serialize};
use towpath_domain::digests::{Algorithm, Digest};
use uuid::Uuid;

use super::{Objects, absent};
use crate::{Error, hashing::Hasher};

/// The size of each part but the last in bytes: the least that S3 takes, and the same for all, as some stores want it. An
/// upload holds one in memory.
pub(super) const PART: usize = 5 * 1024 * 1024;
/// How many parts S3 takes.
const PARTS: usize = 10_000;
/// How often a state is written before it counts as failed.
const TRIES: usize = 3;
/// The size of the largest blob in bytes, some 52 GB.
pub(super) const LARGEST: u64 = (PART * PARTS) as u64;

/// The state of an upload.
pub(super) struct State {
    /// Of all that was received.
    pub(super) hasher: Hasher,
    pub(super) parts: Option<Parts>,
    /// What was received after the last part; less than one.
    pub(super) tail: BytesMut,
}

/// The parts of a large upload that the store has already.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Parts {
    /// What the store calls this upload.
    pub(super) upload: String,
    /// What it calls each part, in their order.
    pub(super) tags: Vec<String>,
}

/// What stands in the first line of a state's object; the tail follows it.
#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    hasher: String,
    parts: Option<Parts>,
}

/// A change of this file's form takes a new number, so that servers of two versions do not misread each other.
const VERSION: u32 = 1;

impl State {
    pub(super) fn offset(&self) -> u64 {
        let parts = self.parts.as_ref().map_or(0, |parts| parts.tags.len());
        (parts * PART + self.tail.len()) as u64
    }

    /// The digest of what was received, if it was hashed so.
    pub(super) fn digest(&self, algorithm: Algorithm) -> Option<Digest> {
        (self.hasher.algorithm() == algorithm).then(|| self.hasher.clone().finish())
    }

    fn to_bytes(&self) -> Result<PutPayload, serde_json::Error> {
        let head = Head { version: VERSION, hasher: self.hasher.to_text(), parts: self.parts.clone() };
        let mut line = serde_json::to_vec(&head)?;
        line.push(b'\n');
        Ok([Bytes::from(line), Bytes::copy_from_slice(&self.tail)].into_iter().collect())
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
        let (hasher, tail) = (Hasher::parse(&head.hasher)?, BytesMut::from(&bytes[end + 1..]));
        (head.version == VERSION && tail.len() < PART).then_some(Self { hasher, parts: head.parts, tail })
    }
}

/// The uploads that this process is writing to.
#[derive(Clone, Debug, Default)]
pub(super) struct Held(Arc<Mutex<HashSet<Uuid>>>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Hold {
    held: Held,
    id: Uuid,
}

impl Held {
    /// Takes an upload for one request, unless another one of this process has it.
    pub(super) fn take(&self, id: Uuid) -> Result<Hold, Error> {
        if self.lock().insert(id) { Ok(Hold { held: self.clone(), id }) } else { Err(Error::UploadBusy) }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        // The set is whole between any two statements, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.held.lock().remove(&self.id);
    }
}

/// An upload that this request has for itself in this process. Where a request elsewhere writes to it as well, the first
/// that saves goes on, and the other one is refused.
pub(super) struct Session {
    pub(super) id: Uuid,
    pub(super) state: State,
    /// What the store has of it: its hash and the length of its tail when this request took it.
    kept: (Hasher, usize),
    version: UpdateVersion,
    _hold: Hold,
}

impl Objects {
    /// Makes a session that has received nothing.
    pub(super) async fn create(&self, id: Uuid, hasher: Hasher) -> Result<(), Error> {
        let state = State { hasher, parts: None, tail: BytesMut::new() };
        self.write(&self.layout.upload(id), &state, PutMode::Create).await?;
        Ok(())
    }

    pub(super) async fn load(&self, id: Uuid) -> Result<Session, Error> {
        let hold = self.held.take(id)?;
        let found = self.store.get(&self.layout.upload(id)).await;
        let found = absent(found).map_err(self.failed("reading the state of an upload"))?;
        self.session(id, found.ok_or(Error::UploadUnknown)?, hold).await
    }

    pub(super) async fn session(&self, id: Uuid, found: GetResult, hold: Hold) -> Result<Session, Error> {
        let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        let state = self.state(found).await?;
        let kept = (state.hasher.clone(), state.tail.len());
        Ok(Session { id, state, kept, version, _hold: hold })
    }

    pub(super) async fn state(&self, found: GetResult) -> Result<State, Error> {
        let bytes = found.bytes().await.map_err(self.failed("reading the state of an upload"))?;
        // What another version of Towpath wrote is begun anew by the client.
        State::parse(&bytes).ok_or(Error::UploadUnknown)
    }

    /// Keeps what the store calls an upload that has no part yet, and else what it was when this request took it: so the
    /// sweep finds what a crash leaves.
    pub(super) async fn save_beginning(&self, session: &mut Session, parts: &Parts) -> Result<(), Error> {
        let (hasher, tail) = &session.kept;
        let tail = BytesMut::from(&session.state.tail[..*tail]);
        let state = State { hasher: hasher.clone(), parts: Some(parts.clone()), tail };
        let mode = PutMode::Update(session.version.clone());
        session.version = self.write(&self.layout.upload(session.id), &state, mode).await?;
        Ok(())
    }

    /// Keeps the state of a session, unless somebody else has meanwhile.
    pub(super) async fn save(&self, session: &mut Session) -> Result<(), Error> {
        let mode = PutMode::Update(session.version.clone());
        session.version = self.write(&self.layout.upload(session.id), &session.state, mode).await?;
        Ok(())
    }

    /// Other than what replaces whatever is there, the store's client does not repeat this by itself: the first time may have
    /// been heard. Then the second finds what is its own.
    async fn write(&self, key: &Path, state: &State, mode: PutMode) -> Result<UpdateVersion, Error> {
        let bytes = state.to_bytes().map_err(|error| Error::io("writing down an upload")(error.into()))?;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.store.put_opts(key, bytes.clone(), PutOptions::from(mode.clone())).await {
                Ok(put) => return Ok(put.into()),
                Err(object_store::Error::Precondition { .. } | object_store::Error::AlreadyExists { .. }) => {
                    return self.version_of(key, bytes).await?.ok_or(Error::UploadBusy);
                }
                Err(object_store::Error::Generic { .. }) if tries < TRIES => {}
                Err(error) => return Err(self.failed("keeping the state of an upload")(error)),
            }
        }
    }

    /// The version of an object, if it has these bytes.
    async fn version_of(&self, key: &Path, bytes: PutPayload) -> Result<Option<UpdateVersion>, Error> {
        let found = self.store.get(key).await;
        let found = absent(found).map_err(self.failed("reading the state of an upload"))?;
        let Some(found) = found else { return Ok(None) };
        let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        let stored = found.bytes().await.map_err(self.failed("reading the state of an upload"))?;
        Ok((stored == Bytes::from(bytes)).then_some(version))
    }
}
