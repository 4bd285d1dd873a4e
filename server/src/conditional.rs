//! Conditional requests: what a client has already is not sent again (RFC 9110 §13).

use http::HeaderMap;
use http::header::IF_NONE_MATCH;

/// Whether the client has the content of this entity tag, by `If-None-Match`; compared weakly, as §13.1.2 asks.
pub fn has(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    let tags = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|tags| tags.to_str().ok());
    tags.flat_map(|tags| tags.split(','))
        .map(str::trim)
        .any(|known| known == "*" || opaque(known) == opaque(tag))
}
