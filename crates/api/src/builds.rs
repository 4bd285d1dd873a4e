//! Builds.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use towpath_domain::builds::{self as domain, life};
use utoipa::ToSchema;

/// One image of an integration, pinned by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Build {
    pub digest: String,
    /// The tag it was first pushed under.
    pub tag: String,
    pub media_type: String,
    /// Bytes of the manifest and all it refers to.
    pub size: i64,
    /// For example `linux/amd64`.
    pub platforms: Vec<String>,
    pub origin: Origin,
    pub received_at: Timestamp,
}

/// Where a build came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Origin {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<Claim>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<Claim>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<Claim>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Claim>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Claim>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authors: Option<Claim>,
    /// Every label and annotation as it was pushed.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

/// One field of a build's origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Claim {
    pub value: String,
    /// Whether a signed claim of a CI vouches for it.
    pub verified: bool,
}

/// A digest with its life in every integration that you see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BuildLives {
    pub digest: String,
    pub lives: Vec<Life>,
}

/// A build in one integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Life {
    pub project: String,
    pub integration: String,
    pub build: Build,
    pub pushed_by: String,
    /// Where it was ever current, oldest first; the first 200.
    pub placements: Vec<Placement>,
}

/// A build became current in a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Placement {
    pub bucket: String,
    /// How it came: `push`, `promotion`, `rollback`, `assignment` or `reclassification`.
    pub cause: String,
    pub by: String,
    /// The title of the token, where a machine did it in that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    pub at: Timestamp,
    /// Whether it still is current there by this placement.
    pub current: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The number of the promotion by which it came, and who approved that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approved_by: Vec<String>,
    /// The digest that became current there after it, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_at: Option<Timestamp>,
}

impl From<domain::Build> for Build {
    fn from(build: domain::Build) -> Self {
        Self {
            digest: build.digest.into(),
            tag: build.tag.into(),
            media_type: build.media_type,
            size: build.size,
            platforms: build.platforms,
            origin: build.origin.into(),
            received_at: build.received_at.into(),
        }
    }
}

impl From<domain::Origin> for Origin {
    fn from(origin: domain::Origin) -> Self {
        Self {
            commit: origin.commit.map(Claim::from),
            repository: origin.repository.map(Claim::from),
            git_ref: origin.git_ref.map(Claim::from),
            version: origin.version.map(Claim::from),
            title: origin.title.map(Claim::from),
            authors: origin.authors.map(Claim::from),
            labels: origin.labels,
        }
    }
}

impl From<domain::Claim> for Claim {
    fn from(claim: domain::Claim) -> Self {
        Self { value: claim.value, verified: claim.verified }
    }
}

impl From<life::BuildView> for BuildLives {
    fn from(view: life::BuildView) -> Self {
        Self { digest: view.digest.into(), lives: view.lives.into_iter().map(Life::from).collect() }
    }
}

impl From<life::Life> for Life {
    fn from(life: life::Life) -> Self {
        let placed = |link| match link {
            life::Link::Placed(placed) => Some(Placement::from(placed)),
            life::Link::Refused { .. } | life::Link::Pinned { .. } | life::Link::Ended { .. } => None,
        };
        Self {
            project: life.project.into(),
            integration: life.integration.into(),
            build: life.build.into(),
            pushed_by: life.received_by.name,
            placements: life.chain.into_iter().filter_map(placed).collect(),
        }
    }
}

impl From<life::Placed> for Placement {
    fn from(placed: life::Placed) -> Self {
        let (promotion, approved_by) = match placed.promotion {
            Some(passed) => {
                (Some(passed.number), passed.approved.into_iter().map(|approved| approved.by).collect())
            }
            None => (None, Vec::new()),
        };
        let (replaced_by, replaced_at) =
            placed.replaced.map(|next| (next.digest.to_string(), Timestamp::from(next.at))).unzip();
        Self {
            bucket: placed.bucket.into(),
            cause: placed.cause,
            by: placed.by.name,
            token: placed.by.token,
            at: placed.at.into(),
            current: placed.current,
            reason: placed.reason,
            promotion,
            approved_by,
            replaced_by,
            replaced_at,
        }
    }
}
