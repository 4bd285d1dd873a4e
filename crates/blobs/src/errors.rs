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
}
