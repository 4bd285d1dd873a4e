//! Reading stored content again, to find what the disk spoiled.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::unix::fs::MetadataExt,
    time::Duration,
};

use towpath_domain::digests::Digest;

use crate::{BlobStore, Error, blocking, hashing::Hasher};

/// Content is read in pieces of this size, with a pause between them.
const PIECE: usize = 1024 * 1024;

/// What reading a content again shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Whole,
    /// Its bytes are not those of its digest, or cannot be read.
    Damaged,
    /// There is no such file.
    Missing,
}

/// A file as it lies on the disk now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    inode: u64,
    size: u64,
    changed: (i64, i64),
}

impl BlobStore {
    /// Reads a blob to its end and holds it against its digest; `pause` follows each MiB.
    pub async fn examine(&self, digest: &Digest, pause: Duration) -> Result<Condition, Error> {
        let path = self.layout.blob(digest);
        let opened = blocking(move || match File::open(path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("opening a blob")(error)),
        });
        let Some(mut file) = opened.await? else { return Ok(Condition::Missing) };
        let mut hasher = Hasher::new(digest.algorithm());
        let mut piece = vec![0; PIECE];
        loop {
            let read;
            (file, hasher, piece, read) = blocking(move || {
                let read = file.read(&mut piece);
                if let Ok(count) = read {
                    hasher.update(&piece[..count]);
                }
                Ok((file, hasher, piece, read))
            })
            .await?;
            match read {
                Ok(0) => break,
                Ok(_) => tokio::time::sleep(pause).await,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A disk that cannot read a sector says so.
                Err(_) => return Ok(Condition::Damaged),
            }
        }
        Ok(if hasher.finish() == *digest { Condition::Whole } else { Condition::Damaged })
    }

    /// What tells the file of a blob from one that is stored in its place later; absent where there is none.
    pub fn stamp(&self, digest: &Digest) -> Option<Stamp> {
        let file = fs::metadata(self.layout.blob(digest)).ok()?;
        Some(Stamp { inode: file.ino(), size: file.len(), changed: (file.ctime(), file.ctime_nsec()) })
    }

    /// Moves the file of a damaged blob out of reach, into the folder `damaged`, at once.
    pub fn put_away(&self, digest: &Digest) -> Result<(), Error> {
        let to = self.layout.damaged(digest);
        let moved = to
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::rename(self.layout.blob(digest), &to));
        match moved {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("putting a damaged blob away")(error))
            }
            _ => Ok(()),
        }
    }
}
