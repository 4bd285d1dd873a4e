//! How long an integration keeps its images.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::retention as domain;
use utoipa::ToSchema;

/// What an integration lets go of. A part that is left out or null lets go of nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// How many builds each bucket keeps in its history, the current one among them.
    #[schema(minimum = 1, maximum = 1000)]
    pub last: Option<u32>,
    /// Whether what was ever in production is kept all the same.
    pub production: bool,
    /// After how many days an image goes that has no tag and never was in a bucket.
    #[schema(minimum = 1, maximum = 3650)]
    pub untagged_days: Option<u32>,
    /// After how many days a build goes that no rule has led to a bucket.
    #[schema(minimum = 1, maximum = 3650)]
    pub unclassified_days: Option<u32>,
}

/// An integration's retention, and what one lets go of right now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionState {
    /// As it is set.
    pub retention: Retention,
    /// In words.
    pub words: String,
    /// Builds that would go by the retention that was asked for, or else by that which is set; the first of them.
    pub would_go: Vec<GoingBuild>,
    pub build_count: usize,
    /// Images and artifacts beside builds, without a tag and no part of anything.
    pub image_count: usize,
}

/// A build whose image would go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GoingBuild {
    pub tag: String,
    pub digest: String,
    /// In words.
    pub why: String,
    pub received_at: Timestamp,
}

impl From<Retention> for domain::RetentionForm {
    fn from(retention: Retention) -> Self {
        domain::Retention::from(retention).into()
    }
}

/// As it was sent; the form's check says whether it can be.
impl From<Retention> for domain::Retention {
    fn from(retention: Retention) -> Self {
        let Retention { last, production, untagged_days, unclassified_days } = retention;
        Self { last, production, untagged_days, unclassified_days }
    }
}

impl From<domain::Retention> for Retention {
    fn from(retention: domain::Retention) -> Self {
        let domain::Retention { last, production, untagged_days, unclassified_days } = retention;
        Self { last, production, untagged_days, unclassified_days }
    }
}

impl From<domain::RetentionView> for RetentionState {
    fn from(view: domain::RetentionView) -> Self {
        Self {
            words: view.retention.to_string(),
            retention: view.retention.into(),
            would_go: view.preview.builds.into_iter().map(GoingBuild::from).collect(),
            build_count: view.preview.build_count,
            image_count: view.preview.images,
        }
    }
}

impl From<domain::Going> for GoingBuild {
    fn from(going: domain::Going) -> Self {
        Self {
            tag: going.tag.into(),
            digest: going.digest,
            why: going.why.words().to_owned(),
            received_at: going.received_at.into(),
        }
    }
}
