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

    /// Whether content can be stored now: writes a byte to the folder and takes it away again.
    ///
    /// # Errors
    /// When the folder is gone, full or read-only.
    pub async fn check(&self) -> Result<(), Error> {
        let layout = Arc::clone(&self.layout);
        blocking(move || {
            let (path, mut file) = layout.create_temporary().map_err(Error::io("trying the blob folder"))?;
            let written = file.write_all(b"?").and_then(|()| file.sync_all());
            let removed = fs::remove_file(&path);
            written.and(removed).map_err(Error::io("trying the blob folder"))
        })
        .await
    }
}
