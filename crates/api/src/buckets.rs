//! Buckets: rolling back, resuming arrivals, and what should run in an environment.

use crate::deployments::Run;
use crate::pins::PinMark;
use crate::promotions::{Outlook, PromotionState};
use serde::{Deserialize, Serialize};
use towpath_domain::pins::Source;
use utoipa::ToSchema;

/// An earlier build of a bucket, to become current again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRollback {
    /// The placement of the bucket's history to go back to.
    #[schema(format = "uuid")]
    pub placement: String,
    /// Why; a dry run needs none.
    #[serde(default)]
    pub reason: String,
    /// The bucket's version that was looked at; if it is another by then, nothing happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<i64>,
    /// Only tells what it would meet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// A rollback that was made, or asked for where the stage wants rollbacks approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rollback {
    pub project: String,
    pub integration: String,
    pub bucket: String,
    /// What is current now, or will be once it is approved.
    pub digest: String,
    /// `waiting` where it was asked for, and nothing has changed yet.
    pub state: PromotionState,
    /// The number of the promotion by which it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<i64>,
}

/// What was made of a rollback, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum RollbackAnswer {
    Made(Rollback),
    Foreseen(Outlook),
}

/// Lets builds arrive again in a bucket where a rollback paused them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resumption {
    #[serde(default)]
    pub reason: String,
}

/// What every service of a project should run in one of its environments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnvironmentImages {
    pub project: String,
    pub environment: String,
    pub stream: String,
    pub images: Vec<Image>,
    /// Services for which nothing is pinned or current, and which have no default.
    pub missing: Vec<MissingImage>,
}

/// The image that a service should run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Image {
    pub service: String,
    /// What to pull: `HOST/PROJECT/INTEGRATION/BUCKET@DIGEST`.
    pub reference: String,
    pub digest: String,
    pub tag: String,
    /// Whether it is marked bad: it should run no longer, and nothing else says what should.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bad: bool,
    pub source: ImageSource,
    /// The exception that says so, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<PinMark>,
    /// What runs there, as far as it was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<Run>,
}

/// What says which image a service should run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImageSource {
    /// A pin in the environment.
    Pin,
    /// What is current in the integration's bucket for the environment or its stream.
    Bucket,
    /// The integration's default build, as neither of these says anything.
    Default,
}

impl ImageSource {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Bucket => "bucket",
            Self::Default => "default",
        }
    }
}

impl From<&Source> for ImageSource {
    fn from(source: &Source) -> Self {
        match source {
            Source::Pin(_) => Self::Pin,
            Source::Bucket => Self::Bucket,
            Source::Default => Self::Default,
        }
    }
}

/// A service for which nothing says what it should run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MissingImage {
    pub service: String,
    /// The empty bucket: `PROJECT/INTEGRATION/BUCKET`.
    pub bucket: String,
    /// What to do.
    pub detail: String,
}
