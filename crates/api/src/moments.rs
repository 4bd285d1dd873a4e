//! What was current in an integration's buckets at a moment.

use crate::builds::Build;
use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::moments as domain;
use utoipa::ToSchema;

/// An integration as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moment {
    pub project: String,
    pub integration: String,
    pub at: Timestamp,
    pub buckets: Vec<BucketThen>,
}

/// A bucket as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BucketThen {
    pub bucket: String,
    /// What was current; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Build>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Whether it is current there now.
    pub still: bool,
}

impl From<domain::MomentView> for Moment {
    fn from(view: domain::MomentView) -> Self {
        Self {
            project: view.project.slug.into(),
            integration: view.integration.slug.into(),
            at: view.at.into(),
            buckets: view.buckets.into_iter().map(BucketThen::from).collect(),
        }
    }
}

impl From<domain::BucketThen> for BucketThen {
    fn from(bucket: domain::BucketThen) -> Self {
        let (slot, then) = (bucket.slot, bucket.then);
        Self {
            bucket: slot.slug.into(),
            since: then.as_ref().map(|then| then.since.into()),
            still: then.as_ref().is_some_and(|then| then.still),
            build: then.map(|then| then.build.into()),
        }
    }
}
