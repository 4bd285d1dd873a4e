//! Live events, as a page follows them.

use super::{Door, Kind};

/// From the first event on, so that the table shows what each caller is told.
pub fn doors() -> Vec<Door> {
    vec![Door::new(Kind::Live, "GET", "/live").query("after=0")]
}
