//! Where to report a hole in this installation (RFC 9116).

use crate::config::Config;
use crate::refusals;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::CONTENT_TYPE;
use std::sync::Arc;
use towpath_service::Sources;

/// The file says for how long it holds: it is made anew for each who asks, and less than a year is advised (§2.5.5).
const HOLDS_SECONDS: i64 = 180 * 24 * 3_600;

/// `/.well-known/security.txt`, which is not there unless the configuration names a contact.
pub fn router(config: Arc<Config>, sources: Sources) -> Router {
    Router::new().route("/.well-known/security.txt", get(async move || answer(&config, &sources)))
}

fn answer(config: &Config, sources: &Sources) -> Response {
    match &config.security_contact {
        Some(contact) => {
            ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text(contact, config, sources)).into_response()
        }
        None => refusals::no_contact().into_response(),
    }
}

fn text(contact: &str, config: &Config, sources: &Sources) -> String {
    let expires = sources.now().plus_seconds(HOLDS_SECONDS);
    let url = config.public_url.as_str();
    format!(
        "Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {url}/.well-known/security.txt\n"
    )
}
