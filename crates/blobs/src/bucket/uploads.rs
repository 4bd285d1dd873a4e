//! Upload sessions: begun, ended, and swept.

use std::time::SystemTime;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{
    ObjectMeta, ObjectStore, ObjectStoreExt,
    multipart::{MultipartStore, PartId},
};
use towpath_domain::digests::{Algorithm, Digest};
use uuid::Uuid;

use super::{Objects, absent, sessions::Session};
use crate::{Error, hashing::Hasher};

impl Objects {
    pub(crate) async fn begin(&self, id: Uuid, algorithm: Algorithm) -> Result<(), Error> {
        self.create(id, Hasher::new(algorithm)).await
    }

    pub(crate) async fn offset(&self, id: Uuid) -> Result<u64, Error> {
        let found = self.store.get(&self.layout.upload(id)).await;
        let found = absent(found).map_err(self.failed("reading the state of an upload"))?;
        Ok(self.state(found.ok_or(Error::UploadUnknown)?).await?.offset())
    }

    pub(crate) async fn finish(&self, id: Uuid, expected: &Digest) -> Result<u64, Error> {
        let mut session = self.load(id).await?;
        let size = session.state.offset();
        let actual = if session.state.parts.is_some() {
            self.finish_large(&mut session, size, expected).await?
        } else {
            self.finish_small(&mut session, expected).await?
        };
        // The blob is stored, or is none; what stays behind is swept.
        _ = self.discard(&session).await;
        if actual == *expected {
            Ok(size)
        } else {
            Err(Error::DigestMismatch { expected: expected.clone(), actual })
        }
    }

    /// Stores an upload that is no larger than a part, if it has the digest; answers what it has.
    async fn finish_small(&self, session: &mut Session, expected: &Digest) -> Result<Digest, Error> {
        let content: Bytes = session.state.tail.split().freeze();
        let algorithm = expected.algorithm();
        let actual = session.state.digest(algorithm).unwrap_or_else(|| Digest::of(algorithm, &content));
        if actual == *expected {
            self.put(expected, content).await?;
        }
        Ok(actual)
    }

    /// As [`Objects::finish_small`], for one whose parts the store has: what is found to be right is copied to its place.
    async fn finish_large(
        &self,
        session: &mut Session,
        size: u64,
        expected: &Digest,
    ) -> Result<Digest, Error> {
        let known = session.state.digest(expected.algorithm());
        if let Some(wrong) = known.as_ref().filter(|known| *known != expected) {
            return Ok(wrong.clone());
        }
        if !session.state.tail.is_empty() {
            self.send_part(session).await?;
        }
        self.complete(session, size).await?;
        let staged = self.layout.staged(session.id);
        let actual = match known {
            Some(known) => known,
            None => self.hash(&staged, expected.algorithm()).await?.ok_or(Error::UploadUnknown)?,
        };
        if actual == *expected {
            self.settle(&staged, size, &self.layout.blob(expected)).await?;
        }
        Ok(actual)
    }

    /// Makes one object of an upload's parts.
    async fn complete(&self, session: &mut Session, size: u64) -> Result<(), Error> {
        let Some(parts) = &session.state.parts else { return Ok(()) };
        let key = self.layout.staged(session.id);
        let tags = parts.tags.iter().map(|tag| PartId { content_id: tag.clone() }).collect();
        match self.store.complete_multipart(&key, &parts.upload, tags).await {
            Ok(_) => {}
            // It was done before, and the answer was lost.
            Err(_) if self.object_size(&key).await? == Some(size) => {}
            Err(object_store::Error::NotFound { .. }) => return Err(Error::UploadUnknown),
            Err(error) => return Err(self.failed("putting an upload together")(error)),
        }
        session.state.parts = None;
        Ok(())
    }

    pub(crate) async fn cancel(&self, id: Uuid) -> Result<(), Error> {
        self.discard(&self.load(id).await?).await
    }

    /// Takes away all that an upload has left.
    async fn discard(&self, session: &Session) -> Result<(), Error> {
        let (state, staged) = (self.layout.upload(session.id), self.layout.staged(session.id));
        if let Some(parts) = &session.state.parts {
            let aborted = self.store.abort_multipart(&staged, &parts.upload).await;
            absent(aborted).map_err(self.failed("discarding the parts of an upload"))?;
        }
        self.remove([staged, state]).await
    }

    pub(crate) async fn stale_uploads(&self, cutoff: SystemTime) -> Result<(u64, u64), Error> {
        let stale = self.stale(cutoff).await?;
        Ok((stale.len() as u64, stale.iter().map(|(_, object)| object.size).sum()))
    }

    pub(crate) async fn sweep_uploads(&self, cutoff: SystemTime) -> Result<u64, Error> {
        let mut swept = 0;
        for (id, object) in self.stale(cutoff).await? {
            // Somebody may be writing.
            let Ok(hold) = self.held.take(id) else { continue };
            let found = self.store.get(&self.layout.upload(id)).await;
            match absent(found).map_err(self.failed("reading the state of an upload"))? {
                Some(state) if SystemTime::from(state.meta.last_modified) >= cutoff => continue,
                Some(state) => match self.session(id, state, hold).await {
                    Ok(session) => self.discard(&session).await?,
                    Err(Error::UploadUnknown) => self.remove([object.location]).await?,
                    Err(error) => return Err(error),
                },
                None => self.remove([object.location]).await?,
            }
            swept += 1;
        }
        Ok(swept)
    }

    /// What uploads left that nobody wrote to since `cutoff`.
    async fn stale(&self, cutoff: SystemTime) -> Result<Vec<(Uuid, ObjectMeta)>, Error> {
        let places = [self.layout.uploads(), self.layout.all_staged()];
        let all = stream::iter(places).flat_map(|place| self.store.list(Some(&place)));
        let all: Vec<ObjectMeta> = all.try_collect().await.map_err(self.failed("listing uploads"))?;
        let stale = all.into_iter().filter(|object| SystemTime::from(object.last_modified) < cutoff);
        // Whatever else lies there is not ours.
        let id = |object: &ObjectMeta| object.location.filename().and_then(|name| Uuid::parse_str(name).ok());
        Ok(stale.filter_map(|object| Some((id(&object)?, object))).collect())
    }
}
