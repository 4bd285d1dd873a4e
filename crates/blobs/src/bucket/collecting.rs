//! Listing objects, and taking them away.

use std::time::SystemTime;

use futures::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectMeta, ObjectStore, path::Path};
use towpath_domain::digests::{Algorithm, Digest};

use super::Objects;
use crate::{Aside, Error, Shelf};

/// How many objects are looked for at once.
const AT_ONCE: usize = 16;

impl Objects {
    pub(crate) async fn shelves(&self) -> Result<Vec<Shelf>, Error> {
        let mut shelves = Vec::new();
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let listed = self.store.list_with_delimiter(Some(&self.layout.algorithm(algorithm))).await;
            let starts = listed.map_err(self.failed("listing blobs"))?.common_prefixes;
            let starts = starts.into_iter().filter_map(|prefix| prefix.filename().map(str::to_owned));
            shelves.extend(starts.map(|start| Shelf { algorithm, start }));
        }
        Ok(shelves)
    }

    pub(crate) async fn list(&self, from: &Shelf, before: SystemTime) -> Result<Vec<(Digest, u64)>, Error> {
        let place = self.layout.algorithm(from.algorithm).join(from.start.as_str());
        let objects: Vec<ObjectMeta> =
            self.store.list(Some(&place)).try_collect().await.map_err(self.failed("listing blobs"))?;
        let old = objects.into_iter().filter(|object| SystemTime::from(object.last_modified) < before);
        // Whatever else lies there is not ours.
        let digest = |object: &ObjectMeta| from.digest(object.location.filename()?);
        let mut blobs: Vec<_> = old.filter_map(|object| Some((digest(&object)?, object.size))).collect();
        blobs.sort();
        Ok(blobs)
    }

    /// A bucket cannot move an object, so it is deleted at once, by one request for all.
    pub(crate) async fn set_aside(&self, digests: Vec<Digest>) -> Result<Vec<Aside>, Error> {
        let keys = digests.iter().map(|digest| self.layout.blob(digest));
        let found: Vec<(Path, u64)> = stream::iter(keys)
            .map(|key| async { Ok((self.object_size(&key).await?, key)) })
            .buffered(AT_ONCE)
            .try_filter_map(async |(size, key)| Ok(size.map(|size| (key, size))))
            .try_collect()
            .await?;
        let aside = found.iter().map(|(_, size)| Aside { size: *size, file: None }).collect();
        self.remove(found.into_iter().map(|(key, _)| key).collect::<Vec<_>>()).await?;
        Ok(aside)
    }

    /// Deletes objects, whether they are there or not.
    pub(super) async fn remove(&self, keys: impl IntoIterator<Item = Path>) -> Result<(), Error> {
        let keys: Vec<_> = keys.into_iter().map(Ok).collect();
        let deleted = self.store.delete_stream(stream::iter(keys).boxed());
        deleted.try_for_each(async |_| Ok(())).await.map_err(self.failed("deleting objects"))
    }
}
