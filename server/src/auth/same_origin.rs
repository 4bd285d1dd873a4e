//! Refuses state-changing requests that another site made a browser send.
//!
//! Cookies travel with requests whoever caused them; `Sec-Fetch-Site` and `Origin` say who did, and pages cannot
//! forge them (OWASP, Cross-Site Request Forgery Prevention, “Fetch Metadata headers”).

use crate::auth::sessions::cookie_name;
use crate::config::Config;
use crate::refusals;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{COOKIE, ORIGIN};
use http::{HeaderMap, Method};
use std::sync::Arc;

/// Lets through what reads, and what comes from a page of ours.
pub async fn check(State(config): State<Arc<Config>>, request: Request, next: Next) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if reads || ours(request.headers(), &config) {
        return next.run(request).await;
    }
    tracing::warn!("refused a request that another site may have caused");
    refusals::other_origin(config.public_url.as_str()).into_response()
}

fn ours(headers: &HeaderMap, config: &Config) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match headers.get(ORIGIN) {
        Some(origin) => origin == config.public_url.as_str(),
        // No browser of this decade: a tool, which has no cookie that someone else could ride on.
        None => !has_session(headers, cookie_name(config)),
    }
}

fn has_session(headers: &HeaderMap, name: &str) -> bool {
    headers.get_all(COOKIE).iter().any(|cookies| {
        let mut cookies = cookies.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
        cookies.any(|cookie| {
            cookie.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"="))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Given;

    fn config(public_url: &str) -> Config {
        let environment = [("TOWPATH_PUBLIC_URL".to_owned(), public_url.to_owned())];
        Given::read(None, environment).unwrap().check().unwrap()
    }

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_pages_change_anything() {
        let config = config("https://towpath.example");
        let site = "sec-fetch-site";
        let session = ("cookie", "theme=dark; __Host-towpath=abc");
        let table: &[(&[(&'static str, &'static str)], bool)] = &[
            (&[(site, "same-origin")], true),
            (&[(site, "none")], true),
            (&[(site, "same-site")], false),
            (&[(site, "cross-site")], false),
            (&[(site, "")], false),
            // What the browser says of the site outweighs the origin.
            (&[(site, "cross-site"), ("origin", "https://towpath.example")], false),
            (&[("origin", "https://towpath.example")], true),
            (&[("origin", "https://towpath.example"), session], true),
            (&[("origin", "http://towpath.example")], false),
            (&[("origin", "https://towpath.example:8443")], false),
            (&[("origin", "https://evil.towpath.example")], false),
            (&[("origin", "null")], false),
            (&[session], false),
            (&[("cookie", "a=b"), session], false),
            (&[("cookie", "theme=dark; x__Host-towpath=abc")], true),
            (&[], true),
        ];
        for (lines, accepted) in table {
            assert_eq!(ours(&headers(lines), &config), *accepted, "{lines:?}");
        }
    }
}
