//! Carrying an installation from one place to another: into a backup, out of it, between engines and stores.
//!
//! A backup is an installation itself, on SQLite and a folder. Rows that are read while a server runs come first and their
//! bytes after them, since bytes are added before their rows; where nobody writes, bytes come first, so that no row ever
//! stands without them.

use crate::installation::Blobs;
use crate::{Error, Sources};
use std::io;
use std::time::Duration;
use towpath_blobs::{BlobStore, Condition, Error as BlobError, Spoiled};
use towpath_domain::digests::Digest;
use towpath_store::moving;

/// What was carried of contents, or looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// How many are named by rows.
    pub named: u64,
    /// How many were not there yet.
    pub carried: u64,
    /// The size of those in bytes.
    pub bytes: u64,
    /// What rows name, and is damaged or missing.
    pub damaged: Vec<Digest>,
}

/// Copies all rows into an empty database, as they are at one moment; says how many.
pub async fn rows(from: &str, to: &str) -> Result<u64, Error> {
    Ok(moving::copy(from, to).await?)
}

/// Copies the contents that a database names, those that are not there yet. Each is held against its digest on its way.
pub async fn contents(
    database: &str,
    from: Blobs<'_>,
    to: Blobs<'_>,
    sources: &Sources,
) -> Result<Contents, Error> {
    let (from, to) = (from.open(sources)?, to.open(sources)?);
    let mut carried = Contents::default();
    for (digest, size) in moving::contents(database).await? {
        carried.named += 1;
        let size = size.cast_unsigned();
        if to.size(&digest).await? == Some(size) {
            continue;
        }
        if carry(&from, &to, &digest, sources).await? {
            carried.carried += 1;
            carried.bytes += size;
        } else {
            carried.damaged.push(digest);
        }
    }
    Ok(carried)
}

/// Reads all contents that a database names, and changes nothing.
pub async fn examine(database: &str, blobs: Blobs<'_>, sources: &Sources) -> Result<Contents, Error> {
    let blobs = blobs.open(sources)?;
    let mut found = Contents::default();
    for (digest, size) in moving::contents(database).await? {
        found.named += 1;
        found.bytes += size.cast_unsigned();
        if blobs.examine(&digest, Duration::ZERO).await? != Condition::Whole {
            found.damaged.push(digest);
        }
    }
    Ok(found)
}

/// Copies a content, if it is there and whole.
async fn carry(from: &BlobStore, to: &BlobStore, digest: &Digest, sources: &Sources) -> Result<bool, Error> {
    let Some(blob) = from.find(digest).await? else { return Ok(false) };
    let id = sources.uuid();
    to.begin(id, digest.algorithm()).await?;
    let carried = match to.append(id, None, u64::MAX, blob.read()).await {
        Ok(_) => to.finish(id, digest).await,
        Err(error) => Err(error),
    };
    match carried {
        Ok(_) => Ok(true),
        Err(error) => {
            // Best effort: what stays behind is swept.
            _ = to.cancel(id).await;
            if is_damage(&error) { Ok(false) } else { Err(error.into()) }
        }
    }
}

fn is_damage(error: &BlobError) -> bool {
    match error {
        BlobError::DigestMismatch { .. } => true,
        BlobError::Interrupted(error) => error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .is_some_and(<dyn std::error::Error + Send + Sync>::is::<Spoiled>),
        _ => false,
    }
}
