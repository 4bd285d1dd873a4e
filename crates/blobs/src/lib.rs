//! Content-addressed blob storage, in a folder or in a bucket of an S3-compatible store.
//!
//! What is stored is found by its digest alone and is written once; who may read it, and through which name, is
//! decided above. Bytes stream to their place while they are hashed, so memory does not grow with their size, and they
//! are kept for good before anyone is told their digest: a row that names a digest never lacks its bytes, and a crash
//! leaves at most an unfinished upload for [`BlobStore::sweep_uploads`].

mod appending;
mod bucket;
mod errors;
mod folder;
mod hashing;
mod reading;
mod store;

pub use crate::{
    bucket::{Credentials, Settings as Bucket},
    errors::Error,
    reading::{Blob, Spoiled, Stamp},
    store::{Aside, BlobStore, Condition, Shelf},
};

/// Runs file work and hashing on a thread that may block. It runs to its end even if the caller goes away.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(failed) => Err(Error::io("running file work")(failed.into())),
    }
}
