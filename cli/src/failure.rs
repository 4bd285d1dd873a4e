//! Why a command did not succeed, in words for a person and as an exit code.

use crate::exit::Exit;
use std::path::PathBuf;
use towpath_api::client;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("name the server with --server or TOWPATH_SERVER, or sign in with `towpath login --server …`")]
    NoServer,
    #[error("you are not signed in to {0}\nSign in with `towpath login --server {0}`, or set TOWPATH_TOKEN.")]
    NotSignedIn(String),
    /// The CI made no token for its job, or should have been told to.
    #[error("{0}")]
    NotTrusted(String),
    #[error("{0}")]
    Usage(String),
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Conflict(String),
    /// What was verified is not what was signed.
    #[error("{0}")]
    Differs(String),
    #[error("{0}")]
    Refused(Box<towpath_api::problems::Problem>),
    #[error("{}: {message}", path.display())]
    Config { path: PathBuf, message: String },
    #[error("{}", advise(.0))]
    Server(#[from] client::Error),
    #[error("{0}")]
    Image(#[from] towpath_oci::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Failure {
    pub fn exit(&self) -> Exit {
        match self {
            Self::NoServer | Self::Usage(_) | Self::Config { .. } => Exit::Usage,
            Self::NotSignedIn(_) | Self::NotTrusted(_) => Exit::NotSignedIn,
            Self::NotFound(_) => Exit::NotFound,
            Self::Conflict(_) => Exit::Conflict,
            Self::Refused(problem) => Exit::of(problem),
            Self::Differs(_) | Self::Io(_) => Exit::Failure,
            Self::Image(error) => of_image(error),
            Self::Server(error) => match error {
                client::Error::Address(_) => Exit::Usage,
                client::Error::Unreachable { .. } => Exit::TryAgain,
                client::Error::TimedOut => Exit::TimedOut,
                client::Error::Problem(problem) => Exit::of(problem),
                client::Error::Unexpected { .. } => Exit::Failure,
            },
        }
    }
}

/// What a registry, or the image itself, means for a script.
fn of_image(error: &towpath_oci::Error) -> Exit {
    use towpath_oci::Error;
    match error {
        Error::Source(_) | Error::Broken { .. } | Error::Differs { .. } | Error::Missing { .. } => {
            Exit::Usage
        }
        Error::NoImage(_) => Exit::NotFound,
        Error::Refused { status, .. } => match status.as_u16() {
            401 => Exit::NotSignedIn,
            403 => Exit::Forbidden,
            404 => Exit::NotFound,
            408 | 429 | 500.. => Exit::TryAgain,
            _ => Exit::Failure,
        },
        Error::Unreachable { .. } => Exit::TryAgain,
        Error::NotAllowed(_) | Error::Unexpected { .. } | Error::Io(_) => Exit::Failure,
    }
}

/// The server's words, with the request's id where its log has more to tell.
fn advise(error: &client::Error) -> String {
    match error {
        client::Error::Problem(problem) if problem.status >= 500 => match &problem.request_id {
            Some(id) => format!("{error} (request {id})"),
            None => error.to_string(),
        },
        _ => error.to_string(),
    }
}
