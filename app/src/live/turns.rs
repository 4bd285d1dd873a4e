//! Reading a view anew when a moment has come that changes what it shows, without anything happening.

use crate::components::time::use_present;
use leptos::prelude::*;
use std::time::Duration;
use towpath_domain::times::Time;

/// Longer than this nobody waits: a page that is open for so long has been read anew by then.
const LONGEST: i64 = 86_400_000_000;
/// A moment more, so that the server is past it, too.
const SLACK: i64 = 150_000;

/// Calls `read` at the moment that a view names. `now` is the server's when the view was read.
pub fn read_at(
    turns_at: impl Fn() -> Option<Time> + Send + Sync + 'static,
    now: impl Into<Signal<Time>>,
    read: impl Fn() + Copy + Send + Sync + 'static,
) {
    let present = use_present(now);
    Effect::new(move |waiting: Option<Option<TimeoutHandle>>| {
        if let Some(waiting) = waiting.flatten() {
            waiting.clear();
        }
        let wait = turns_at()?.micros().saturating_sub(present.get_untracked().micros()).max(0);
        if wait > LONGEST {
            return None;
        }
        let wait = Duration::from_micros(u64::try_from(wait + SLACK).unwrap_or_default());
        set_timeout_with_handle(read, wait).ok()
    });
}
