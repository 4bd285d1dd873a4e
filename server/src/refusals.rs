//! Plain answers to requests that reach neither page nor API.

use axum::response::IntoResponse;
use http::StatusCode;
use http::header::RETRY_AFTER;

/// The state-changing request did not come from a page of this installation.
pub fn other_origin(public_url: &str) -> impl IntoResponse + use<> {
    let text = format!(
        "This request was refused, because it did not come from a page of this Towpath ({public_url}).\n\
         Open Towpath at that address and try again. If that is what you did, the server's `public_url` \
         has to be set to the address that you use.\n"
    );
    (StatusCode::FORBIDDEN, text)
}

/// The form is larger than any form here can be.
pub fn too_large(limit: usize) -> impl IntoResponse {
    let text = format!("This form is too large: {} KiB are allowed.\n", limit / 1_024);
    (StatusCode::PAYLOAD_TOO_LARGE, text)
}

/// The body of the request ended early.
pub fn cut_short() -> impl IntoResponse {
    (StatusCode::BAD_REQUEST, "The request ended before all of it had arrived.\n")
}

/// No provider has this name.
pub fn no_provider() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, "There is no such provider here. See /sign-in for the ways to sign in.\n")
}

/// Whoever runs this installation has not said whom to tell of holes in it.
pub fn no_contact() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, "This installation names no contact for reports on its security.\n")
}

/// The door was tried too often.
pub fn too_many(seconds: i64, text: &str) -> impl IntoResponse + use<> {
    (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, seconds.to_string())], format!("{text}\n"))
}

/// The database does not answer.
pub fn unavailable() -> impl IntoResponse {
    (StatusCode::SERVICE_UNAVAILABLE, "Towpath cannot reach its database. Try again in a moment.\n")
}

/// Our own mistake; the id leads to it in the log.
pub fn broken(request_id: &str) -> impl IntoResponse + use<> {
    let text = format!("Something broke in Towpath. Its log tells more under the request id {request_id}.\n");
    (StatusCode::INTERNAL_SERVER_ERROR, text)
}
