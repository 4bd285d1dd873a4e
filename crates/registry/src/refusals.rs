//! Refusals in the words of the protocol (distribution-spec, “Error Codes”).

use std::io;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{RANGE, RETRY_AFTER},
};
use serde::Serialize;
use serde_json::{Value, json};
use towpath_blobs as blobs;
use towpath_service::{attempts::Refused, images};

use crate::{path::PathError, ranges, value};

/// An error answer: status, headers and the body `{"errors":[{code, message, detail}]}`.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: Code,
    message: String,
    detail: Option<Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// That somebody was turned away.
    pub(crate) refused: Option<Refused>,
}

/// The codes of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Code {
    BlobUnknown,
    BlobUploadInvalid,
    BlobUploadUnknown,
    DigestInvalid,
    ManifestBlobUnknown,
    ManifestInvalid,
    ManifestUnknown,
    NameInvalid,
    NameUnknown,
    SizeInvalid,
    Unauthorized,
    Denied,
    Unsupported,
    #[serde(rename = "TOOMANYREQUESTS")]
    TooManyRequests,
    /// Not of the specification, which has no code for a server's own failure; distribution uses it too.
    Unknown,
}

#[derive(Serialize)]
struct Body<'a> {
    errors: [BodyError<'a>; 1],
}

#[derive(Serialize)]
struct BodyError<'a> {
    code: Code,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a Value>,
}

impl Refusal {
    /// A refusal with the status that usually goes with its code.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            status: code.status(),
            code,
            message: message.into(),
            detail: None,
            headers: Vec::new(),
            refused: None,
        }
    }

    /// A failure of the server: told to the log in full, and to the client only as such.
    fn failure(error: &dyn std::error::Error) -> Self {
        let cause = error.source().map(ToString::to_string);
        tracing::error!(%error, cause, "a registry request failed");
        Self::new(Code::Unknown, "the registry failed; its log says why")
    }

    #[must_use]
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    #[must_use]
    pub(crate) fn with_detail(mut self, detail: Value) -> Self {
        self.detail = Some(detail);
        self
    }

    #[must_use]
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl Code {
    fn status(self) -> StatusCode {
        match self {
            Self::BlobUploadInvalid
            | Self::DigestInvalid
            | Self::ManifestInvalid
            | Self::ManifestBlobUnknown
            | Self::NameInvalid
            | Self::SizeInvalid => StatusCode::BAD_REQUEST,
            Self::BlobUnknown | Self::BlobUploadUnknown | Self::ManifestUnknown | Self::NameUnknown => {
                StatusCode::NOT_FOUND
            }
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Denied => StatusCode::FORBIDDEN,
            Self::Unsupported => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Body {
            errors: [BodyError { code: self.code, message: &self.message, detail: self.detail.as_ref() }],
        };
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}

impl From<images::Error> for Refusal {
    fn from(error: images::Error) -> Self {
        let message = error.to_string();
        match error {
            images::Error::BlobUnknown => Self::new(Code::BlobUnknown, message),
            images::Error::ManifestUnknown => Self::new(Code::ManifestUnknown, message),
            images::Error::ManifestInvalid(_) => Self::new(Code::ManifestInvalid, message),
            images::Error::ContentsUnknown(digests) => {
                Self::new(Code::ManifestBlobUnknown, message).with_detail(json!({ "digests": digests }))
            }
            images::Error::DigestDiffers { .. } => Self::new(Code::DigestInvalid, message),
            images::Error::Denied(_) => Self::new(Code::Denied, message),
            images::Error::OverQuota(over) => Self::new(Code::Denied, message)
                .with_detail(json!({ "used": over.used, "quota": over.quota.bytes() })),
            images::Error::Needed(_) | images::Error::ReferredTo => Self::new(Code::Unsupported, message),
            images::Error::Blobs(error) => error.into(),
            images::Error::Other(error) => error.into(),
        }
    }
}

impl From<towpath_service::Error> for Refusal {
    fn from(error: towpath_service::Error) -> Self {
        use towpath_service::Error;
        let (message, refused) = (error.to_string(), Refused::of(&error));
        let refusal = match error {
            Error::NotFound(_) => Self::new(Code::NameUnknown, message),
            Error::Token(_) | Error::Untrusted(_) | Error::Credentials | Error::LinkGone => {
                Self::new(Code::Unauthorized, message)
            }
            Error::Forbidden(_)
            | Error::Refused(_)
            | Error::Conflict(_)
            | Error::Invalid(_)
            | Error::NotFresh(_)
            | Error::Password { .. } => Self::new(Code::Denied, message),
            Error::TooMany { retry_after_seconds } => {
                Self::new(Code::TooManyRequests, message).with_header(RETRY_AFTER, retry_after_seconds.into())
            }
            Error::Busy => Self::new(Code::TooManyRequests, message).with_header(RETRY_AFTER, 1.into()),
            Error::Blobs(error) => error.into(),
            Error::Store(_) | Error::Internal(_) => Self::failure(&error),
        };
        Self { refused, ..refusal }
    }
}

impl From<blobs::Error> for Refusal {
    fn from(error: blobs::Error) -> Self {
        let message = error.to_string();
        match error {
            blobs::Error::UploadUnknown => Self::new(Code::BlobUploadUnknown, message),
            blobs::Error::UploadBusy => {
                Self::new(Code::BlobUploadInvalid, message).with_status(StatusCode::CONFLICT)
            }
            blobs::Error::WrongOffset { offset } => Self::new(Code::BlobUploadInvalid, message)
                .with_status(StatusCode::RANGE_NOT_SATISFIABLE)
                .with_header(RANGE, value(&ranges::received(offset))),
            blobs::Error::TooLarge { .. } => {
                Self::new(Code::SizeInvalid, message).with_status(StatusCode::PAYLOAD_TOO_LARGE)
            }
            blobs::Error::DigestMismatch { .. } => Self::new(Code::DigestInvalid, message),
            blobs::Error::Interrupted(_) => Self::new(Code::BlobUploadInvalid, message),
            blobs::Error::Io { ref source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                tracing::error!(%error, "the disk of the blob folder is full");
                Self::new(Code::Unknown, "the disk of the registry is full")
                    .with_status(StatusCode::INSUFFICIENT_STORAGE)
            }
            // Clients try again by themselves.
            blobs::Error::Bucket { .. } => Self::failure(&error)
                .with_status(StatusCode::SERVICE_UNAVAILABLE)
                .with_header(RETRY_AFTER, 5.into()),
            blobs::Error::Io { .. } => Self::failure(&error),
        }
    }
}

impl From<PathError> for Refusal {
    fn from(error: PathError) -> Self {
        let message = error.to_string();
        match error {
            PathError::Endpoint => Self::new(Code::Unsupported, message).with_status(StatusCode::NOT_FOUND),
            PathError::Name(_) => Self::new(Code::NameInvalid, message),
            PathError::NameUnknown(_) => Self::new(Code::NameUnknown, message),
            PathError::Digest(_) => Self::new(Code::DigestInvalid, message),
            // Nothing can be stored under such a tag, so to a reader it is merely unknown.
            PathError::Tag(_) => Self::new(Code::ManifestUnknown, message),
            PathError::Upload(_) => Self::new(Code::BlobUploadUnknown, message),
        }
    }
}
