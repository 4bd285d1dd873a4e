//! Outside steps: what promotions do in a registry elsewhere.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::outside_steps as domain;
use utoipa::ToSchema;

/// What the promotions into a bucket do elsewhere before they are applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutsideStep {
    /// The slug of the bucket; left out for every bucket that has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// `record` to do nothing, `tag` to give tags to the image that is there, or `copy` to copy it there.
    pub does: String,
    /// The name of a registry of the project, or else of the installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(examples("acme/checkout"))]
    pub repository: Option<String>,
    /// In which `{bucket}`, `{number}` and `{tag}` stand for those of the promotion.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(examples(json!(["{bucket}", "{bucket}-{number}"])))]
    pub tags: Vec<String>,
}

/// How far that is which a promotion does elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutsideProgress {
    /// What is done, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<String>,
    /// How often it was tried in vain.
    pub tries: i64,
    /// Why the last try failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// When it is tried again, after a try that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<Timestamp>,
    /// Bytes that are there, of so many.
    pub sent_bytes: i64,
    pub total_bytes: i64,
}

impl From<domain::OutsideStep> for OutsideStep {
    fn from(step: domain::OutsideStep) -> Self {
        let place = step.does.place();
        Self {
            bucket: step.bucket.map(Into::into),
            does: step.does.name().to_owned(),
            registry: place.map(|place| place.slug.to_string()),
            repository: place.map(|place| place.repository.to_string()),
            tags: place.iter().flat_map(|place| &place.tags).map(ToString::to_string).collect(),
        }
    }
}

impl From<OutsideStep> for domain::StepForm {
    fn from(step: OutsideStep) -> Self {
        Self {
            bucket: step.bucket.unwrap_or_default(),
            does: step.does,
            registry: step.registry.unwrap_or_default(),
            repository: step.repository.unwrap_or_default(),
            tags: step.tags.join(" "),
        }
    }
}

impl From<domain::Progress> for OutsideProgress {
    fn from(progress: domain::Progress) -> Self {
        let domain::Progress { words, tries, trouble, due_at, sent, all } = progress;
        Self {
            next_try_at: trouble.is_some().then(|| due_at.into()),
            does: words,
            tries,
            trouble,
            sent_bytes: sent,
            total_bytes: all,
        }
    }
}
