//! From where an upload was put together to the place of its digest.

use futures::{StreamExt, TryStreamExt, stream};
use object_store::{
    ObjectStoreExt, PutPayload,
    multipart::{MultipartStore, PartId},
    path::Path,
};

use super::{Objects, absent, sessions::PART};
use crate::Error;

/// The largest object in bytes that S3 copies by itself.
const COPIED: u64 = 5 * 1024 * 1024 * 1024;
/// How many parts are copied at once.
const AT_ONCE: usize = 4;

impl Objects {
    /// Copies an object of so many bytes, and looks whether all of it arrived.
    pub(super) async fn settle(&self, from: &Path, size: u64, to: &Path) -> Result<(), Error> {
        let copied =
            if size <= COPIED { self.store.copy(from, to).await } else { self.carry(from, size, to).await };
        copied.map_err(self.failed("copying an upload to the place of its digest"))?;
        if self.object_size(to).await? == Some(size) {
            return Ok(());
        }
        let error = std::io::Error::other("the copy has another size than the upload");
        Err(Error::io("copying an upload to the place of its digest")(error))
    }

    /// Copies what is too large for the store to do so: part by part, through this server.
    async fn carry(&self, from: &Path, size: u64, to: &Path) -> object_store::Result<()> {
        let upload = &self.store.create_multipart(to).await?;
        let starts = (0..size).step_by(PART).enumerate();
        let copied: object_store::Result<Vec<PartId>> = stream::iter(starts)
            .map(|(number, start)| async move {
                let end = size.min(start + PART as u64);
                let bytes = self.store.get_range(from, start..end).await?;
                self.store.put_part(to, upload, number, PutPayload::from_bytes(bytes)).await
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await;
        let ended = match copied {
            Ok(parts) => self.store.complete_multipart(to, upload, parts).await.map(drop),
            Err(error) => Err(error),
        };
        if ended.is_err() {
            // Best effort: the store forgets it by a rule of its own.
            _ = self.store.abort_multipart(to, upload).await;
        }
        ended
    }

    /// The size of an object in bytes, if it is there.
    pub(super) async fn object_size(&self, key: &Path) -> Result<Option<u64>, Error> {
        let found = absent(self.store.head(key).await).map_err(self.failed("finding an object"))?;
        Ok(found.map(|object| object.size))
    }
}
