//! What is neither page, call nor image.

use super::{Door, Kind};

pub fn doors() -> Vec<Door> {
    let other = |path| Door::new(Kind::Other, "GET", path);
    let hook = Door::new(Kind::Other, "POST", "/hooks/{hook}").note("without its secret");
    let others = [
        "/livez",
        "/readyz",
        // Whom to tell of a hole; nobody, as the installation here has not said.
        "/.well-known/security.txt",
        "/pkg/towpath.css",
        "/api/v1/openapi.json",
        "/problems/forbidden",
        "/nowhere",
        // There is no provider here; what happens where there is one, the tests of the server tell.
        "/sign-in/with/nobody",
        "/sign-in/with/nobody/callback",
        "/log/checkpoint",
        "/log/tile/0/000.p/1",
    ]
    .map(other);
    others.into_iter().chain([hook]).collect()
}
