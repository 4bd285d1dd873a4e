//! How a route fails: every error becomes problem details, with the request's id, told to the log once.

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, StatusCode};
use std::collections::BTreeMap;
use towpath_api::problems::{Mistake, Problem, ProblemKind};
use towpath_domain::access::Refusal;
use towpath_domain::attempts::AttemptKind;
use towpath_domain::confirmations::NotFresh;
use towpath_domain::forms::Invalid;
use towpath_service::Error;
use towpath_service::attempts::{Refused, Slip};
use utoipa::openapi::response::{Response as Described, ResponseBuilder};
use utoipa::openapi::{ContentBuilder, Ref, RefOr};
use utoipa::{IntoResponses, ToSchema};

/// After how many seconds a busy server may be asked again.
const BUSY_SECONDS: i64 = 1;

/// A problem on its way out. As a response it has no body yet: [`render`] writes it.
#[derive(Debug, Clone)]
pub struct Failure {
    problem: Box<Problem>,
    /// In seconds.
    retry_after: Option<i64>,
    /// What only the log is told.
    cause: Option<String>,
    /// That somebody was turned away.
    refused: Option<Refused>,
}

impl Failure {
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { problem: Box::new(Problem::new(kind, detail)), retry_after: None, cause: None, refused: None }
    }

    /// The problem, where it is told inside another answer.
    pub fn into_problem(self) -> Problem {
        *self.problem
    }

    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(ProblemKind::NotFound, detail)
    }

    /// The request can be read, and these parts of it are wrong.
    pub fn invalid(errors: Vec<Mistake>) -> Self {
        let mut failure = Self::new(ProblemKind::Invalid, "");
        failure.problem.detail = match errors.as_slice() {
            [one] => one.detail.clone(),
            several => format!("{} things in the request are wrong.", several.len()),
        };
        failure.problem.errors = errors;
        failure
    }

    fn forbidden(refusal: &Refusal, detail: String) -> Self {
        let mut failure = Self::new(ProblemKind::Forbidden, detail);
        failure.problem.permission = match refusal {
            Refusal::Missing { action }
            | Refusal::Production { action }
            | Refusal::Scope { action }
            | Refusal::Beyond { action } => Some(action.name().to_owned()),
            Refusal::Token | Refusal::Reading { .. } => None,
        };
        failure
    }

    /// Our own mistake: its words are for the log only.
    fn internal(error: &Error) -> Self {
        let mut cause = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            cause = format!("{cause}: {inner}");
            source = inner.source();
        }
        let detail = "The server failed. Its log tells more under the request's id.";
        Self { cause: Some(cause), ..Self::new(ProblemKind::Internal, detail) }
    }

    /// Notes that somebody was turned away by it.
    pub fn noted(self, kind: AttemptKind, because: impl Into<String>) -> Self {
        Self { refused: Some(Refused::new(kind, because)), ..self }
    }

    pub fn later(self, seconds: i64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// What an answer that our routes did not give means.
    fn of_status(status: StatusCode) -> Self {
        let kind = ProblemKind::ALL.into_iter().find(|kind| kind.status() == status.as_u16());
        match kind {
            Some(ProblemKind::MethodNotAllowed) => Self::new(
                ProblemKind::MethodNotAllowed,
                "This address is there, but not for this method. The header Allow lists those that work.",
            ),
            Some(ProblemKind::Internal) | None if status.is_server_error() => {
                Self::new(ProblemKind::Internal, "The server failed.")
            }
            Some(kind) => Self::new(kind, kind.title()),
            None => Self::new(ProblemKind::Malformed, "The request cannot be read."),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (detail, refused) = (error.to_string(), Refused::of(&error));
        let failure = match error {
            Error::NotFound(_) => Self::not_found(format!("{detail}.")),
            Error::Forbidden(refusal) => Self::forbidden(&refusal, detail),
            Error::Invalid(invalid) => invalid.into(),
            Error::Password { field } => Invalid::field(field, detail).into(),
            Error::NotFresh(NotFresh::Machine) => Self::new(ProblemKind::Forbidden, detail),
            Error::NotFresh(NotFresh::Stale { .. }) => {
                let detail = format!(
                    "{detail} Begin another session for it: POST /api/v1/sessions, or towpath login."
                );
                Self::new(ProblemKind::ConfirmationNeeded, detail)
            }
            Error::Conflict(_) => Self::new(ProblemKind::Conflict, detail),
            Error::Refused(_) => Self::new(ProblemKind::Blocked, detail),
            Error::LinkGone => Self::new(ProblemKind::Gone, detail),
            Error::Credentials | Error::Token(_) | Error::Untrusted(_) => {
                Self::new(ProblemKind::Unauthenticated, detail)
            }
            Error::TooMany { retry_after_seconds } => {
                Self::new(ProblemKind::TooManyRequests, detail).later(retry_after_seconds)
            }
            Error::Busy => Self::new(ProblemKind::Busy, detail).later(BUSY_SECONDS),
            Error::Store(_) | Error::Blobs(_) | Error::Internal(_) => Self::internal(&error),
        };
        Self { refused, ..failure }
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        let mistake = |error: &towpath_domain::forms::FieldError| {
            Mistake::in_field(&error.field, error.message.clone())
        };
        Self::invalid(invalid.errors().iter().map(mistake).collect())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = StatusCode::from_u16(self.problem.status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if self.problem.status == StatusCode::UNAUTHORIZED.as_u16() {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"towpath\""));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the problem of every answer that fails, whoever gave it, and tells the log of our own mistakes.
/// Nothing that the API answers is for a cache.
pub async fn render(request: Request, next: Next) -> Response {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let slip = request.extensions().get::<Slip>().cloned().unwrap_or_default();
    // What only asks has no body: what a use case calls a field is a parameter there.
    let asks = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = next.run(request).await;
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let failure = response.extensions_mut().remove::<Failure>();
        let Failure { mut problem, cause, refused, .. } =
            failure.unwrap_or_else(|| Failure::of_status(status));
        slip.refuse(refused);
        if let Some(cause) = cause {
            tracing::error!(cause, "a request of the API failed");
        }
        problem.request_id = id;
        if asks {
            problem.errors = problem.errors.into_iter().map(Mistake::of_query).collect();
        }
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        let body = serde_json::to_vec(&problem).expect("a problem is of plain data");
        response = Response::from_parts(parts, Body::from(body));
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Every route may fail; the description says so in one word.
impl IntoResponses for Failure {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
        let described = ResponseBuilder::new()
            .description("What went wrong, as problem details")
            .content("application/problem+json", content)
            .build();
        BTreeMap::from([("default".to_owned(), described.into())])
    }
}
