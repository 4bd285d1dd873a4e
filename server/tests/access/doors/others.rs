//! What is neither page, call nor image.

use super::{Door, Kind};

pub fn doors() -> Vec<Door> {
    let other = |path| Door::new(Kind::Other, "GET", path);
    ["/livez", "/readyz", "/pkg/towpath.css", "/api/v1/openapi.json", "/problems/forbidden", "/nowhere"]
        .map(other)
        .into()
}
