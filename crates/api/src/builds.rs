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
    /// When the commit was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed_at: Option<Claim>,
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
    /// The commit's message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Claim>,
    /// Who wrote the commit, as `NAME <ADDRESS>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Claim>,
    /// Who made the CI run, by the CI's name for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Claim>,
    /// What made the CI run, such as `push`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Claim>,
    /// The name of the CI system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<Claim>,
    /// The CI's id of the run, and where that can be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Claim>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_link: Option<Claim>,
    /// What the CI said beside these.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
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

/// An image that was pushed by its digest, to be received as a build with all that is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBuild {
    /// The image. It was pushed to `PROJECT/INTEGRATION`, or to `PROJECT/INTEGRATION/BUCKET` if a bucket is named.
    pub digest: String,
    /// The tag that it gets.
    pub tag: String,
    /// The slug of the bucket that it shall enter; left out, the CI rule leads it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bucket: String,
    #[serde(default)]
    pub origin: NewOrigin,
}

/// What a CI says of a build. It counts for more than the image's labels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewOrigin {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub commit: String,
    /// When the commit was made, by RFC 3339. Of one branch, an earlier commit does not take a later one's place.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(examples("2026-11-30T09:12:00+01:00"))]
    pub committed_at: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub repository: String,
    /// In full, such as `refs/heads/feature/x` or `refs/tags/v1.4.2`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub git_ref: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The commit's message; the first 1,000 characters are kept.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Who wrote the commit, as git writes people.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(examples("Ana Lima <ana@example.org>"))]
    pub author: String,
    /// Who made the CI run, by the CI's name for them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub actor: String,
    /// What made the CI run, such as `push` or `pull_request`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub event: String,
    /// The name of the CI system.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ci: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub run: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub run_link: String,
    /// Whatever else, by name: up to 64 entries, which rules compare as `meta:NAME`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// What became of a build that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceivedBuild {
    pub build: Build,
    pub outcome: ArrivalOutcome,
    /// The bucket that it was led to, or that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// The CI rule that led it, and the version of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_version: Option<i64>,
    /// The address of the build's page.
    pub page: String,
}

/// What became of an arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalOutcome {
    /// It is current in the bucket now.
    Placed,
    /// It was received before, and nothing moved.
    AlreadyThere,
    /// No rule led it to a bucket.
    Unclassified,
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

impl From<NewBuild> for domain::AnnounceForm {
    fn from(new: NewBuild) -> Self {
        let said = new.origin;
        let statement = domain::Statement {
            commit: said.commit,
            committed_at: said.committed_at,
            repository: said.repository,
            git_ref: said.git_ref,
            version: said.version,
            message: said.message,
            author: said.author,
            actor: said.actor,
            event: said.event,
            ci: said.ci,
            run: said.run,
            run_link: said.run_link,
            metadata: said.metadata,
        };
        Self { digest: new.digest, tag: new.tag, statement }
    }
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
            committed_at: origin.committed_at.map(Claim::from),
            repository: origin.repository.map(Claim::from),
            git_ref: origin.git_ref.map(Claim::from),
            version: origin.version.map(Claim::from),
            title: origin.title.map(Claim::from),
            authors: origin.authors.map(Claim::from),
            message: origin.message.map(Claim::from),
            author: origin.author.map(Claim::from),
            actor: origin.actor.map(Claim::from),
            event: origin.event.map(Claim::from),
            ci: origin.ci.map(Claim::from),
            run: origin.run.map(Claim::from),
            run_link: origin.run_link.map(Claim::from),
            metadata: origin.metadata,
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
