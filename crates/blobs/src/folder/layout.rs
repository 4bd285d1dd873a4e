//! Where files lie, and how they come to stay there.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use towpath_domain::digests::{Algorithm, Digest};
use uuid::Uuid;

use crate::Error;

/// The paths under one root folder.
#[derive(Debug)]
pub(super) struct Layout {
    blobs: PathBuf,
    uploads: PathBuf,
    damaged: PathBuf,
    temporaries: AtomicU64,
}

impl Layout {
    pub(super) fn create(root: &Path) -> Result<Self, Error> {
        let layout = Self {
            blobs: root.join("blobs"),
            uploads: root.join("uploads"),
            damaged: root.join("damaged"),
            temporaries: AtomicU64::new(0),
        };
        for folder in [&layout.blobs, &layout.uploads] {
            fs::create_dir_all(folder).map_err(Error::io("making the blob folder"))?;
        }
        sync_folder(root).map_err(Error::io("syncing the blob folder"))?;
        Ok(layout)
    }

    pub(super) fn blob(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        let mut path = self.algorithm(digest.algorithm());
        path.push(&hex[..2]);
        path.push(hex);
        path
    }

    /// Where the blobs of an algorithm lie.
    pub(super) fn algorithm(&self, algorithm: Algorithm) -> PathBuf {
        self.blobs.join(algorithm.name())
    }

    /// Where the file of a blob waits to be removed.
    pub(super) fn aside(&self, digest: &Digest) -> PathBuf {
        self.uploads.join(format!("gone-{}-{}", digest.algorithm().name(), digest.hex()))
    }

    /// Where a damaged blob is kept for whoever wants to look at it.
    pub(super) fn damaged(&self, digest: &Digest) -> PathBuf {
        self.damaged.join(format!("{}-{}", digest.algorithm().name(), digest.hex()))
    }

    pub(super) fn uploads(&self) -> &Path {
        &self.uploads
    }

    pub(super) fn upload(&self, id: Uuid) -> PathBuf {
        self.uploads.join(id.to_string())
    }

    /// Makes a new empty file for content that is not an upload session.
    pub(super) fn create_temporary(&self) -> io::Result<(PathBuf, File)> {
        loop {
            let number = self.temporaries.fetch_add(1, Ordering::Relaxed);
            let path = self.uploads.join(format!("put-{number}"));
            match File::create_new(&path) {
                Ok(file) => return Ok((path, file)),
                // Left behind by an earlier process; the sweep takes it.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Moves a finished, already synced file to the place of its digest, durably.
    ///
    /// An earlier copy is replaced: the bytes are the same, unless the disk spoiled the earlier ones.
    pub(super) fn settle(&self, from: &Path, digest: &Digest) -> io::Result<()> {
        let to = self.blob(digest);
        let mut missing = Vec::new();
        let mut folder = to.parent();
        while let Some(path) = folder.filter(|path| !path.exists()) {
            missing.push(path);
            folder = path.parent();
        }
        for path in missing.into_iter().rev() {
            fs::create_dir_all(path)?;
            path.parent().map_or(Ok(()), sync_folder)?;
        }
        fs::rename(from, &to)?;
        to.parent().map_or(Ok(()), sync_folder)
    }
}

/// Makes the entries of a folder durable; a synced file in an unsynced folder can vanish in a power loss.
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
