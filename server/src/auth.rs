//! Who is behind a request of a browser, and whether the request is theirs.

pub mod providers;
pub mod same_origin;
pub mod sessions;
pub mod visitors;
