//! Reading files again, to find what the disk spoiled.

use std::{
    fs::{self, File},
    io::{self, Read},
    sync::Arc,
    time::Duration,
};

use towpath_domain::digests::Digest;

use super::Folder;
use crate::{Condition, Error, blocking, hashing::Hasher};

/// Content is read in pieces of this size, with a pause between them.
const PIECE: usize = 1024 * 1024;

impl Folder {
    pub(crate) async fn examine(&self, digest: &Digest, pause: Duration) -> Result<Condition, Error> {
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

    pub(crate) async fn put_away(&self, digest: &Digest) -> Result<(), Error> {
        let (layout, digest) = (Arc::clone(&self.layout), digest.clone());
        blocking(move || {
            let (from, to) = (layout.blob(&digest), layout.damaged(&digest));
            let made = to.parent().map_or(Ok(()), fs::create_dir_all);
            match made.and_then(|()| fs::rename(from, &to)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    Err(Error::io("putting a damaged blob away")(error))
                }
                _ => Ok(()),
            }
        })
        .await
    }
}
