//! What a page says when something did not succeed.

use crate::fns::json::Json;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use towpath_domain::forms::{FieldError, Invalid};

/// How a server function ends when it does not succeed, in words for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppError {
    /// Nobody is signed in.
    SignIn,
    NotFound(String),
    Forbidden(String),
    /// It takes a fresh sign-in first, for which there is a page.
    Confirm(String),
    /// What was refused for the want of it can be sent again now: what a page tells that somebody comes back to.
    Confirmed,
    Invalid(Invalid),
    Conflict(String),
    /// A one-time link that works no more.
    Gone(String),
    /// Too many requests, or a busy server: the same may go through later.
    Later(String),
    /// A fault of ours; `request` finds it in the log.
    Broken {
        request: String,
    },
    /// The request did not reach the server, or was not understood.
    Network(String),
}

impl AppError {
    /// The words for a banner or a page.
    pub fn message(&self) -> String {
        match self {
            Self::SignIn => {
                "Your session has ended. Sign in in a new tab, then come back and send this again.".to_owned()
            }
            Self::NotFound(what) => format!("{what}."),
            Self::Confirmed => {
                "You have confirmed that it is you. Nothing was done yet: look it over, and send it again."
                    .to_owned()
            }
            Self::Forbidden(message)
            | Self::Confirm(message)
            | Self::Conflict(message)
            | Self::Gone(message)
            | Self::Later(message)
            | Self::Network(message) => message.clone(),
            Self::Invalid(invalid) => invalid.to_string(),
            Self::Broken { request } => {
                format!("Something broke on the server. It is noted in the log as request {request}.")
            }
        }
    }

    /// The mistakes for a form's summary; what is not about a field stands there without one.
    pub fn field_errors(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(invalid) => invalid.errors().to_vec(),
            other => vec![FieldError { field: String::new(), message: other.message() }],
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = Json;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::malformed(),
            ServerFnErrorErr::Request(_) => {
                crate::notices::not_reached();
                Self::Network(
                    "The server could not be reached. Check the connection and try again.".to_owned(),
                )
            }
            _ => Self::Network(
                "The server’s answer could not be read. Try again, or else reload the page.".to_owned(),
            ),
        }
    }
}

impl AppError {
    /// The arguments of a server function are not those that it takes.
    fn malformed() -> Self {
        let error = Self::Network("The form was incomplete. Reload the page and try again.".to_owned());
        #[cfg(feature = "ssr")]
        error.set_status();
        error
    }
}

#[cfg(feature = "ssr")]
mod edge {
    use super::AppError;
    use http::StatusCode;
    use http::request::Parts;
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;
    use towpath_domain::confirmations::NotFresh;
    use towpath_domain::forms::Invalid;
    use towpath_service::Error;

    impl AppError {
        pub(crate) fn broken(cause: &str) -> Self {
            let request = request_id();
            tracing::error!(%request, cause, "a page broke");
            Self::Broken { request }
        }

        pub(crate) const fn status(&self) -> StatusCode {
            match self {
                Self::SignIn => StatusCode::UNAUTHORIZED,
                Self::NotFound(_) => StatusCode::NOT_FOUND,
                Self::Forbidden(_) | Self::Confirm(_) => StatusCode::FORBIDDEN,
                Self::Confirmed => StatusCode::OK,
                Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Self::Conflict(_) => StatusCode::CONFLICT,
                Self::Gone(_) => StatusCode::GONE,
                Self::Later(_) => StatusCode::SERVICE_UNAVAILABLE,
                Self::Broken { .. } => StatusCode::INTERNAL_SERVER_ERROR,
                Self::Network(_) => StatusCode::BAD_REQUEST,
            }
        }

        /// Gives the answer its status, unless it is the redirect that ends a plain form.
        pub(crate) fn set_status(&self) {
            let redirects = matches!(self, Self::SignIn);
            let parts = use_context::<Parts>();
            let plain = parts.is_some_and(|parts| {
                parts.method == http::Method::POST && crate::visitors::is_plain_form(&parts.headers)
            });
            if let Some(response) = use_context::<ResponseOptions>().filter(|_| !redirects && !plain) {
                response.set_status(self.status());
            }
        }
    }

    fn request_id() -> String {
        let id = use_context::<Parts>().and_then(|parts| {
            parts.headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned)
        });
        id.unwrap_or_else(|| "without an id".to_owned())
    }

    impl From<Error> for AppError {
        fn from(error: Error) -> Self {
            crate::visitors::note_refusal(&error);
            let error = match error {
                Error::NotFound(_) => Self::NotFound(error.to_string()),
                Error::Forbidden(refusal) => Self::Forbidden(refusal.to_string()),
                Error::NotFresh(NotFresh::Machine) => Self::Forbidden(error.to_string()),
                Error::NotFresh(NotFresh::Stale { .. }) => {
                    crate::visitors::lead_to_confirmation();
                    Self::Confirm(error.to_string())
                }
                Error::Password { field } => Self::Invalid(Invalid::field(field, &error)),
                Error::Invalid(invalid) => Self::Invalid(invalid),
                Error::Conflict(message) | Error::Refused(message) => Self::Conflict(message),
                Error::LinkGone => Self::Gone(error.to_string()),
                Error::Credentials | Error::Token(_) | Error::Untrusted(_) => {
                    Self::Forbidden(error.to_string())
                }
                Error::Busy | Error::TooMany { .. } => Self::Later(error.to_string()),
                Error::Store(_) | Error::Blobs(_) | Error::Internal(_) => Self::broken(&error.to_string()),
            };
            error.set_status();
            error
        }
    }
}
