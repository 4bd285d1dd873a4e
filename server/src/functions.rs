//! The door of the server functions, `/fn/…`: for the scripts of our pages, and for forms sent without script.
//!
//! Such a form is answered by leading back to the page it stood on, which is where its `Referer` says. That
//! header is only followed on this site, and what was typed into a form that failed goes along (`echo`).

mod echo;
mod referrer;

use crate::config::Config;
use crate::refusals;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use echo::Echo;
use http::header::{ACCEPT, LOCATION, REFERER};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use leptos::server_fn::ServerFn;
use leptos::server_fn::axum::server_fn_paths;
use std::collections::BTreeSet;
use std::sync::Arc;
use towpath_app::components::form::SUMMARY;
use towpath_app::fns::confirmations::Confirm;
use towpath_app::paths;

/// For how many seconds what was typed is kept for who has to confirm first that it is them.
const LATER: u32 = 600;
/// The largest form or call, in bytes.
const LIMIT: usize = 256 * 1_024;

/// Every server function, by POST alone: what changes anything must not be reachable by a link.
pub fn router(config: Arc<Config>) -> Router {
    let paths: BTreeSet<&str> = server_fn_paths().map(|(path, _)| path).collect();
    let router = paths.into_iter().fold(Router::new(), |router, path| router.route(path, post(call)));
    router.with_state(config)
}

async fn call(State(config): State<Arc<Config>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match read(body).await {
        Ok(body) if is_plain_form(&parts.headers) => submit(&config, parts, body).await,
        Ok(body) => run(Request::from_parts(parts, Body::from(body))).await,
        Err(refusal) => refusal,
    }
}

async fn read(body: Body) -> Result<Bytes, Response> {
    match Limited::new(body, LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(refusals::too_large(LIMIT).into_response()),
        Err(_) => Err(refusals::cut_short().into_response()),
    }
}

/// A form that the browser itself sends, and whose answer it shows.
fn is_plain_form(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

async fn submit(config: &Config, mut parts: Parts, body: Bytes) -> Response {
    let page = referrer::page(&parts.headers, &config.public_url);
    // What an earlier failure told is over.
    let page = referrer::without_failure(&page);
    // The framework wants a whole address, and puts the error into its query.
    let referer = HeaderValue::try_from(format!("{}{page}", config.public_url));
    parts.headers.insert(REFERER, referer.expect("the path of an address is ASCII"));

    let path = parts.uri.path().to_owned();
    let mut response = run(Request::from_parts(parts, Body::from(body.clone()))).await;
    let Some(location) = referrer::within(response.headers(), &config.public_url) else { return response };
    let failed = location.split_once('?').is_some_and(|(_, query)| query.contains("__err="));
    // Whoever is to confirm first that it is them comes back to what they typed, some minutes later.
    let confirms = location.starts_with(paths::CONFIRM);
    let echo = match (failed, path == Confirm::PATH) {
        // Confirming goes on with what was typed before.
        (_, true) => None,
        (false, false) if confirms => Some(Echo::of(&path, &body).lasting(LATER)),
        (true, false) => Some(Echo::of(&path, &body)),
        (false, false) => Some(Echo::nothing()),
    };
    // To where the page tells of it, which may be far below its head.
    let location = if failed { format!("{location}#{SUMMARY}") } else { location };
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::try_from(location).expect("it was a header's value"));
    if let Some(echo) = echo {
        echo.lay_into(headers, config.public_url.is_https());
    }
    response
}

async fn run(request: Request) -> Response {
    leptos_axum::handle_server_fns_with_context(|| {}, request).await.into_response()
}
