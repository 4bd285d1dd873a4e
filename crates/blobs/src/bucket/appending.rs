//! Writing what an upload brings: full parts to the store, the rest with the state.

use object_store::{PutPayload, multipart::MultipartStore};
use uuid::Uuid;

use super::{
    Objects,
    sessions::{LARGEST, PART, Parts, Session},
};
use crate::{Error, blocking};

/// What is larger than so many bytes gets memory for a whole part at once, rather than twice as much again and again.
const SMALL: usize = 512 * 1024;

/// A session that is written to.
pub(crate) struct Writer {
    objects: Objects,
    session: Session,
}

impl Objects {
    pub(crate) async fn take(&self, id: Uuid) -> Result<Writer, Error> {
        Ok(Writer { objects: self.clone(), session: self.load(id).await? })
    }

    /// Sends what was received after the last part as the next one.
    pub(super) async fn send_part(&self, session: &mut Session) -> Result<(), Error> {
        let key = self.layout.staged(session.id);
        if session.state.parts.is_none() {
            let upload =
                self.store.create_multipart(&key).await.map_err(self.failed("beginning an upload"))?;
            let parts = Parts { upload, tags: Vec::new() };
            self.save_beginning(session, &parts).await?;
            session.state.parts = Some(parts);
        }
        let state = &mut session.state;
        let Some(parts) = &mut state.parts else { return Ok(()) };
        let part = PutPayload::from_bytes(state.tail.split().freeze());
        let put = self.store.put_part(&key, &parts.upload, parts.tags.len(), part).await;
        parts.tags.push(put.map_err(self.failed("storing a part of an upload"))?.content_id);
        // The same memory again, now that the part is sent.
        state.tail.reserve(PART);
        Ok(())
    }
}

impl Writer {
    pub(crate) fn offset(&self) -> u64 {
        self.session.state.offset()
    }

    /// Writes a piece and gives it back.
    pub(crate) async fn write(mut self: Box<Self>, piece: Vec<u8>) -> Result<(Box<Self>, Vec<u8>), Error> {
        if self.offset() + piece.len() as u64 > LARGEST {
            return Err(Error::TooLarge { limit: LARGEST });
        }
        let (mut writer, piece) = blocking(move || {
            self.session.state.hasher.update(&piece);
            Ok((self, piece))
        })
        .await?;
        let mut rest = &piece[..];
        while !rest.is_empty() {
            let tail = &mut writer.session.state.tail;
            let fits;
            (fits, rest) = rest.split_at(rest.len().min(PART - tail.len()));
            if tail.len() + fits.len() > SMALL && tail.capacity() < PART {
                tail.reserve(PART - tail.len());
            }
            tail.extend_from_slice(fits);
            if tail.len() == PART {
                writer.objects.send_part(&mut writer.session).await?;
            }
        }
        Ok((writer, piece))
    }

    /// Keeps what was written, for whichever server goes on, and says where the upload stands.
    pub(crate) async fn end(mut self: Box<Self>) -> Result<u64, Error> {
        self.objects.save(&mut self.session).await?;
        Ok(self.offset())
    }
}
