//! What was current in an integration's buckets at a moment.

use crate::buckets::Slot;
use crate::builds::Build;
use crate::ids::PlacementId;
use crate::integrations::Integration;
use crate::projects::Project;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// An integration as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MomentView {
    pub project: Project,
    pub integration: Integration,
    pub at: Time,
    /// In the order of the board's columns.
    pub buckets: Vec<BucketThen>,
    pub now: Time,
}

/// A bucket as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketThen {
    pub slot: Slot,
    /// Absent where nothing was current.
    pub then: Option<Then>,
}

/// What was current in a bucket, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Then {
    pub build: Build,
    /// By which it became current: what a rollback would go back to.
    pub placement: PlacementId,
    pub since: Time,
    /// Whether it is current there now.
    pub still: bool,
}
