//! The weeks before a demonstration, in which what it shows has happened.

use crate::Sources;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const HOUR: i64 = 3_600_000_000;
/// How many hours before its start a demonstration begins.
const BEGINNING: i64 = 500;

/// A clock that is behind, and comes nearer to now with each step. It never goes back.
#[derive(Debug, Clone)]
pub struct Past(Arc<AtomicI64>);

impl Default for Past {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(BEGINNING * HOUR)))
    }
}

impl Past {
    /// The sources of a process whose clock this is, until it has come to its end.
    pub fn sources(&self) -> Sources {
        Sources::behind(self.0.clone())
    }

    /// Sets the clock to this many hours before now, or leaves it where it is nearer.
    pub(super) fn comes_to(&self, hours: i64) {
        self.0.fetch_min(hours * HOUR, Ordering::Relaxed);
    }

    /// From here on it is now.
    pub(super) fn ends(&self) {
        self.comes_to(0);
    }
}
