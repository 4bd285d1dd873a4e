//! Where the blobs of a world lie: in a folder, or in a bucket where `TOWPATH_TEST_BLOBS` is `bucket`.

use crate::s3;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;
use towpath_blobs::{BlobStore, Bucket};
use towpath_domain::digests::Digest;
use towpath_service::installation::Blobs;

pub enum Stored {
    Folder(TempDir),
    Bucket(Bucket),
}

impl Stored {
    pub fn fresh() -> Self {
        if std::env::var("TOWPATH_TEST_BLOBS").is_ok_and(|place| place == "bucket") {
            return Self::Bucket(s3::bucket().expect("a bucket, by `scripts/s3 run`"));
        }
        Self::Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn place(&self) -> Blobs<'_> {
        match self {
            Self::Folder(folder) => Blobs::Folder(folder.path()),
            Self::Bucket(bucket) => Blobs::Bucket(bucket),
        }
    }

    /// Opens it beside the service.
    pub fn open(&self) -> BlobStore {
        match self {
            Self::Folder(folder) => BlobStore::open(folder.path()).expect("opens"),
            Self::Bucket(bucket) => BlobStore::in_bucket(bucket, s3::fresh()).expect("opens"),
        }
    }

    /// How many files or objects lie under a name, such as `blobs`.
    pub async fn count(&self, under: &str) -> usize {
        match self {
            Self::Folder(folder) => files(folder.path().join(under)),
            Self::Bucket(bucket) => {
                let place = Path::from(format!("{}/{under}", bucket.prefix));
                let all: Vec<_> = s3::raw(bucket).list(Some(&place)).try_collect().await.expect("lists");
                all.len()
            }
        }
    }

    /// The bytes in the place of a blob.
    pub async fn read(&self, digest: &Digest) -> Vec<u8> {
        match self {
            Self::Folder(folder) => fs::read(folder.path().join(key(digest))).expect("is stored"),
            Self::Bucket(bucket) => {
                let found = s3::raw(bucket).get(&object(bucket, digest)).await.expect("is stored");
                found.bytes().await.expect("is read").into()
            }
        }
    }

    /// Puts other bytes in the place of a blob, or none.
    pub async fn overwrite(&self, digest: &Digest, bytes: Option<&[u8]>) {
        match (self, bytes) {
            (Self::Folder(folder), Some(bytes)) => {
                fs::write(folder.path().join(key(digest)), bytes).expect("writes");
            }
            (Self::Folder(folder), None) => {
                fs::remove_file(folder.path().join(key(digest))).expect("removes");
            }
            (Self::Bucket(bucket), Some(bytes)) => {
                let bytes = PutPayload::from(bytes.to_vec());
                s3::raw(bucket).put(&object(bucket, digest), bytes).await.expect("writes");
            }
            (Self::Bucket(bucket), None) => {
                s3::raw(bucket).delete(&object(bucket, digest)).await.expect("removes");
            }
        }
    }
}

fn key(digest: &Digest) -> String {
    let (algorithm, hex) = (digest.algorithm().name(), digest.hex());
    format!("blobs/{algorithm}/{}/{hex}", &hex[..2])
}

fn object(bucket: &Bucket, digest: &Digest) -> Path {
    Path::from(format!("{}/{}", bucket.prefix, key(digest)))
}

fn files(folder: PathBuf) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { files(entry.path()) } else { 1 }).sum()
}
