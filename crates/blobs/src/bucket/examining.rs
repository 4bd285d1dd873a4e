//! Reading objects again, to find what the store spoiled.

use std::time::Duration;

use futures::TryStreamExt;
use object_store::{ObjectStoreExt, path::Path};
use towpath_domain::digests::{Algorithm, Digest};

use super::{Objects, absent};
use crate::{Condition, Error, hashing::Hasher};

/// After so many bytes there is a pause.
const PIECE: usize = 1024 * 1024;
/// The largest damaged object in bytes that is kept: what a store copies quickly and by itself.
const KEPT: u64 = 1024 * 1024 * 1024;

impl Objects {
    /// A store that fails is an error and tells nothing of the blob.
    pub(crate) async fn examine(&self, digest: &Digest, pause: Duration) -> Result<Condition, Error> {
        let key = self.layout.blob(digest);
        match self.hash_slowly(&key, digest.algorithm(), pause).await? {
            Some(actual) if actual == *digest => Ok(Condition::Whole),
            Some(_) => Ok(Condition::Damaged),
            None => {
                // Where the bucket itself is not there, or another one, nothing is missing from it.
                self.check().await?;
                Ok(Condition::Missing)
            }
        }
    }

    /// The digest of an object, if it is there.
    pub(super) async fn hash(&self, key: &Path, algorithm: Algorithm) -> Result<Option<Digest>, Error> {
        self.hash_slowly(key, algorithm, Duration::ZERO).await
    }

    async fn hash_slowly(
        &self,
        key: &Path,
        algorithm: Algorithm,
        pause: Duration,
    ) -> Result<Option<Digest>, Error> {
        let found = absent(self.store.get(key).await).map_err(self.failed("reading a blob"))?;
        let Some(found) = found else { return Ok(None) };
        let (mut hasher, mut bytes, mut read) = (Hasher::new(algorithm), found.into_stream(), 0);
        while let Some(piece) = bytes.try_next().await.map_err(self.failed("reading a blob"))? {
            hasher.update(&piece);
            read += piece.len();
            if read >= PIECE {
                read = 0;
                tokio::time::sleep(pause).await;
            }
        }
        Ok(Some(hasher.finish()))
    }

    pub(crate) async fn put_away(&self, digest: &Digest) -> Result<(), Error> {
        let key = self.layout.blob(digest);
        let Some(size) = self.object_size(&key).await? else { return Ok(()) };
        if size <= KEPT {
            let copied = self.store.copy(&key, &self.layout.damaged(digest)).await;
            copied.map_err(self.failed("putting a damaged blob away"))?;
        }
        self.remove([key]).await
    }
}
