//! Where the rules are shown: in a folder, and in a bucket.

use crate::{
    Outcome,
    s3::{bucket, fresh, raw},
};
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, path::Path};
use std::fs;
use tempfile::TempDir;
use towpath_blobs::{BlobStore, Bucket};
use towpath_domain::digests::Digest;

/// An empty place for blobs.
pub struct Lab {
    pub store: BlobStore,
    place: Place,
}

enum Place {
    Folder(TempDir),
    Bucket(Bucket),
}

impl Lab {
    fn in_folder() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = BlobStore::open(folder.path().join("blobs")).expect("opens");
        Self { store, place: Place::Folder(folder) }
    }

    pub fn in_bucket(bucket: Bucket) -> Self {
        let store = BlobStore::in_bucket(&bucket, fresh()).expect("opens");
        Self { store, place: Place::Bucket(bucket) }
    }

    /// The same blobs, opened by another process.
    pub fn reopened(&self) -> BlobStore {
        match &self.place {
            Place::Folder(folder) => BlobStore::open(folder.path().join("blobs")).expect("opens"),
            Place::Bucket(bucket) => BlobStore::in_bucket(bucket, fresh()).expect("opens"),
        }
    }

    /// Puts other bytes in the place of a blob.
    pub async fn spoil(&self, digest: &Digest, bytes: &[u8]) -> Outcome {
        let (algorithm, hex) = (digest.algorithm().name(), digest.hex());
        let key = format!("blobs/{algorithm}/{}/{hex}", &hex[..2]);
        match &self.place {
            Place::Folder(folder) => {
                let path = folder.path().join("blobs").join(key);
                fs::remove_file(&path)?;
                fs::write(&path, bytes)?;
            }
            Place::Bucket(bucket) => {
                let key = Path::from(format!("{}/{key}", bucket.prefix));
                raw(bucket).put(&key, PutPayload::from(bytes.to_vec())).await?;
            }
        }
        Ok(())
    }

    /// The names of all that lies there.
    pub async fn names(&self) -> Outcome<Vec<String>> {
        match &self.place {
            Place::Folder(folder) => {
                let mut names = Vec::new();
                let mut folders = vec![folder.path().join("blobs")];
                while let Some(folder) = folders.pop() {
                    for entry in fs::read_dir(folder)? {
                        let entry = entry?;
                        if entry.file_type()?.is_dir() {
                            folders.push(entry.path());
                        } else {
                            names.push(entry.path().display().to_string());
                        }
                    }
                }
                Ok(names)
            }
            Place::Bucket(bucket) => {
                let all: Vec<_> =
                    raw(bucket).list(Some(&Path::from(bucket.prefix.as_str()))).try_collect().await?;
                Ok(all.into_iter().map(|object| object.location.to_string()).collect())
            }
        }
    }
}

/// Shows a rule wherever blobs can lie.
pub async fn everywhere(rule: impl AsyncFn(Lab) -> Outcome) -> Outcome {
    rule(Lab::in_folder()).await.map_err(|error| format!("in a folder: {error}"))?;
    if let Some(bucket) = bucket() {
        rule(Lab::in_bucket(bucket)).await.map_err(|error| format!("in a bucket: {error}"))?;
    }
    Ok(())
}
