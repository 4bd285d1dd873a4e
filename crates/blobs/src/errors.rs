//! What can go wrong with stored bytes.

use std::io;

use towpath_domain::digests::Digest;

/// Why a blob could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No upload session has this id: never begun, finished, cancelled or swept.
    #[error("there is no such upload")]
    UploadUnknown,
    /// Another request is writing to this upload session.
    #[error("another request is writing to this upload")]
    UploadBusy,
    /// The piece does not start where the upload stands.
    #[error("the upload stands at byte {offset}")]
    WrongOffset {
        /// Where the next piece has to start.
        offset: u64,
    },
    /// More bytes came than the caller allows.
    #[error("more than {limit} bytes")]
    TooLarge {
        /// The most bytes that were allowed.
        limit: u64,
    },
    /// The received bytes have another digest than was promised; the upload is discarded.
    #[error("the content is {actual}, not {expected}")]
    DigestMismatch {
        /// What the client promised.
        expected: Digest,
        /// What the client sent.
        actual: Digest,
    },
    /// The sender stopped in the middle. What was received is kept and the upload can be resumed.
    #[error("the sender stopped in the middle")]
    Interrupted(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store of the bucket failed, refused, or did not answer in time, each time it was tried.
    #[error("{action} failed in the bucket {bucket}: {}", advice(source))]
    Bucket {
        /// What was being done, and with which kind of object.
        action: &'static str,
        /// In which bucket.
        bucket: String,
        /// What the store answered.
        source: Box<object_store::Error>,
    },
    /// The disk refused.
    #[error("{action} failed")]
    Io {
        /// What was being done.
        action: &'static str,
        /// What the system answered.
        source: io::Error,
    },
}

impl Error {
    /// Names what was being done when the system refused; for `map_err`.
    pub(crate) fn io(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }

    /// Like [`Error::io`], for the file of an upload session: a missing file means a missing session.
    pub(crate) fn upload(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::NotFound => Self::UploadUnknown,
            _ => Self::Io { action, source },
        }
    }

    /// Names what was being done when the store of a bucket refused; for `map_err`.
    pub(crate) fn bucket(action: &'static str, bucket: &str) -> impl FnOnce(object_store::Error) -> Self {
        let bucket = bucket.to_owned();
        move |source| Self::Bucket { action, bucket, source: Box::new(source) }
    }
}

/// What it means and what to do, in words without secrets.
fn advice(error: &object_store::Error) -> &'static str {
    use object_store::Error as Store;
    match error {
        // Amazon and most others answer a wrong secret like a missing permission.
        Store::PermissionDenied { .. } | Store::Unauthenticated { .. } => {
            "the store refuses the access key; look at s3_access_key, s3_secret_key and s3_bucket, and let that key get, put \
             and delete objects, list the bucket, and abort multipart uploads"
        }
        Store::NotFound { .. } => {
            "the bucket or the object is not there; look at s3_bucket, s3_endpoint and s3_region"
        }
        Store::NotImplemented { .. } | Store::NotSupported { .. } => {
            "the store cannot do that; it has to know conditional writes (If-Match) and multipart uploads"
        }
        _ => {
            "the store failed or did not answer; what was acknowledged is kept, and the client may try again"
        }
    }
}
