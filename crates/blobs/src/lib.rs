//! Content-addressed blob storage in a folder.
//!
//! What is stored is found by its digest alone and is written once; who may read it, and through which name, is
//! decided above. Bytes stream to disk while they are hashed, so memory does not grow with their size, and they
//! are on the disk (file and folder synced) before anyone is told their digest: a row that names a digest never
//! lacks its bytes, and a crash leaves at most an unfinished upload for [`BlobStore::sweep_uploads`].
//!
//! ```text
//! blobs/sha256/ab/abcd…    what is stored, read-only from then on
//! uploads/<uuid>           upload sessions and other files in the making, or about to be removed
//! damaged/sha256-abcd…     what was found to be other bytes than its digest says
//! ```

mod appending;
mod collecting;
mod errors;
mod hashing;
mod layout;
mod reading;
mod scrubbing;
mod uploads;
mod writing;

use std::{path::Path, sync::Arc};

use crate::{layout::Layout, uploads::Sessions};

pub use crate::{
    collecting::{Aside, Folder},
    errors::Error,
    reading::{Blob, Spoiled},
    scrubbing::{Condition, Stamp},
};

/// A folder of blobs. Cheap to clone; all clones share the same upload sessions.
///
/// One process owns a folder at a time: upload sessions are guarded in memory.
#[derive(Clone, Debug)]
pub struct BlobStore {
    layout: Arc<Layout>,
    sessions: Arc<Sessions>,
}

impl BlobStore {
    /// Opens the folder, making it if it does not exist.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, Error> {
        let layout = Layout::create(root.as_ref())?;
        Ok(Self { layout: Arc::new(layout), sessions: Arc::default() })
    }
}

/// Runs file work on a thread that may block. It runs to its end even if the caller goes away.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(failed) => Err(Error::io("running file work")(failed.into())),
    }
}
