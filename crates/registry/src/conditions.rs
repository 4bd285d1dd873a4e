//! Conditional reads (RFC 9110 §13). The entity tag of a content is its digest, so that it never changes.

use http::{HeaderMap, HeaderValue, header};
use towpath_domain::digests::Digest;

use crate::value;

pub(crate) fn entity_tag(digest: &Digest) -> HeaderValue {
    value(&format!("\"{digest}\""))
}

/// Whether the client has this content already, by `If-None-Match`; compared weakly, as §13.1.2 asks.
pub(crate) fn has_it(headers: &HeaderMap, digest: &Digest) -> bool {
    let own = entity_tag(digest);
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    tags.flat_map(|tags| tags.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == own.as_bytes())
}

/// Whether a range counts: without `If-Range`, or where that names this very content (§13.1.5).
pub(crate) fn takes_range(headers: &HeaderMap, digest: &Digest) -> bool {
    headers.get(header::IF_RANGE).is_none_or(|tag| *tag == entity_tag(digest))
}
