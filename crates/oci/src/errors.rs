//! Why an image could not be read or sent.

use http::StatusCode;
use serde::Deserialize;
use std::path::PathBuf;
use towpath_domain::digests::Digest;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was named is no image, or not one alone.
    #[error("{0}")]
    Source(String),
    #[error("{} is not an image: {message}", path.display())]
    Broken { path: PathBuf, message: String },
    #[error("there is no image {0}")]
    NoImage(String),
    #[error(
        "{digest} is part of the image, but {place} does not have it; name one platform of it by --platform"
    )]
    Missing { digest: Digest, place: String },
    #[error("the content of {digest} is another: {actual}")]
    Differs { digest: Digest, actual: Digest },
    /// The registry's own words, where it has any.
    #[error("{server} refused: {message}")]
    Refused { server: String, status: StatusCode, message: String },
    #[error("the answer of {server} is not one of a registry: {message}")]
    Unexpected { server: String, message: String },
    /// An address that whoever runs this does not let it call.
    #[error("{0}")]
    NotAllowed(String),
    #[error("{server} cannot be reached: {cause}")]
    Unreachable { server: String, cause: String },
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Error {
    /// Whether the same may work in a moment.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => {
                status.is_server_error()
                    || [
                        StatusCode::REQUEST_TIMEOUT,
                        StatusCode::TOO_MANY_REQUESTS,
                        // An upload stands elsewhere than was thought; it is asked for before the next attempt.
                        StatusCode::RANGE_NOT_SATISFIABLE,
                    ]
                    .contains(status)
            }
            _ => false,
        }
    }

    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// A request that got no answer.
    pub(crate) fn unreachable(server: &str, error: &reqwest::Error) -> Self {
        Self::Unreachable { server: server.to_owned(), cause: cause(error) }
    }
}

/// What happened, in words. The innermost cause says it; those around it say where.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    let (mut looked_up, mut encrypted, mut plain) = (false, false, false);
    while let Some(inner) = cause.source() {
        // The client gives no type to go by.
        looked_up |= inner.to_string() == "dns error";
        encrypted |= of_encryption(inner).is_some();
        plain |= matches!(of_encryption(inner), Some(rustls::Error::InvalidMessage(_)));
        cause = inner;
    }
    if error.is_timeout() {
        "it took too long to answer".to_owned()
    } else if looked_up {
        format!("its name leads nowhere ({cause})")
    } else if plain {
        "it does not answer encrypted; if that is meant, write http:// before its name".to_owned()
    } else if encrypted {
        format!("no encrypted connection with it can be trusted ({cause})")
    } else {
        cause.to_string()
    }
}

fn of_encryption<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(kept) => kept.downcast_ref(),
        None => error.downcast_ref(),
    }
}

/// The most bytes of a refusal that are read.
const READ: usize = 64 * 1024;
/// The most characters of a body that is no refusal of a registry that are quoted.
const QUOTED: usize = 200;

/// An answer that is no success (distribution-spec, “Error Codes”).
pub(crate) async fn refusal(server: &str, mut response: reqwest::Response) -> Error {
    #[derive(Deserialize)]
    struct Body {
        errors: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        code: String,
        #[serde(default)]
        message: String,
    }
    let status = response.status();
    let mut body = Vec::new();
    while let Ok(Some(piece)) = response.chunk().await {
        body.extend_from_slice(&piece[..piece.len().min(READ - body.len())]);
        if body.len() == READ {
            break;
        }
    }
    let words = serde_json::from_slice(&body).map(|Body { errors }| {
        let one = |One { code, message }: One| if message.is_empty() { code } else { message };
        errors.into_iter().map(one).collect::<Vec<_>>().join("; ")
    });
    let message = words.unwrap_or_else(|_| String::from_utf8_lossy(&body).chars().take(QUOTED).collect());
    let message = if message.trim().is_empty() { status.to_string() } else { message };
    Error::Refused { server: server.to_owned(), status, message }
}
