//! Storing content that is already in memory.

use std::{fs, io::Write, sync::Arc};

use bytes::Bytes;
use towpath_domain::digests::{Algorithm, Digest};

use crate::{BlobStore, Error, blocking, hashing::Hasher};

impl BlobStore {
    /// Stores small content, such as a manifest, durably and says its digest.
    pub async fn put(&self, algorithm: Algorithm, content: Bytes) -> Result<Digest, Error> {
        let layout = Arc::clone(&self.layout);
        blocking(move || {
            let mut hasher = Hasher::new(algorithm);
            hasher.update(&content);
            let digest = hasher.finish();
            let (path, mut file) = layout.create_temporary().map_err(Error::io("storing content"))?;
            let stored = file
                .write_all(&content)
                .and_then(|()| file.sync_all())
                .and_then(|()| layout.settle(&path, &digest));
            if stored.is_err() {
                // Best effort: what stays behind is swept.
                let _ = fs::remove_file(&path);
            }
            stored.map_err(Error::io("storing content"))?;
            Ok(digest)
        })
        .await
    }
}
