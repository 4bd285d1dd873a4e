//! Storing content that is already in memory.

use std::{fs, io::Write, sync::Arc};

use bytes::Bytes;
use towpath_domain::digests::Digest;

use super::Folder;
use crate::{Error, blocking};

impl Folder {
    pub(crate) async fn put(&self, digest: &Digest, content: Bytes) -> Result<(), Error> {
        let (layout, digest) = (Arc::clone(&self.layout), digest.clone());
        blocking(move || {
            let (path, mut file) = layout.create_temporary().map_err(Error::io("storing content"))?;
            let stored = file
                .write_all(&content)
                .and_then(|()| file.sync_all())
                .and_then(|()| layout.settle(&path, &digest));
            if stored.is_err() {
                // Best effort: what stays behind is swept.
                let _ = fs::remove_file(&path);
            }
            stored.map_err(Error::io("storing content"))
        })
        .await
    }

    /// Writes a byte to the folder and takes it away again.
    pub(crate) async fn check(&self) -> Result<(), Error> {
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
