//! The life of a build: a chain of custody from its arrival through every bucket that it was in.

use super::Build;
use crate::checks::CheckLine;
use crate::digests::Digest;
use crate::evidence::EvidenceLine;
use crate::holds::{HoldAddress, HoldLine};
use crate::ids::PlacementId;
use crate::placements::BY_ITSELF;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// A build by its digest, wherever it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildView {
    pub digest: Digest,
    /// One for each integration that has it and that who looks may see, as far as they were asked for.
    pub lives: Vec<Life>,
    /// The others that have it, by project and integration.
    pub elsewhere: Vec<(Slug, Slug)>,
    /// The holds that mark it bad: in force, and still to begin.
    pub marks: Vec<HoldLine>,
    /// Where who looks may mark it bad: everywhere, or in projects.
    pub may_mark: Vec<HoldAddress>,
    /// The host and port by which clients name images here.
    pub registry: String,
    /// Whether that is plain HTTP, which clients have to be told.
    pub insecure: bool,
    pub now: Time,
}

/// A build in one integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    pub project: Slug,
    pub integration: Slug,
    pub build: Build,
    pub received_by: By,
    /// Where it is current now.
    pub current: Vec<Standing>,
    /// Where it was reported to run, as far as who looks may see it.
    pub runs: Vec<RunsIn>,
    /// Where it is pinned, as far as who looks may see it.
    pub pinned: Vec<PinnedIn>,
    /// Whether it is what services run where nothing else says anything.
    pub is_default: bool,
    /// Whether who looks may make it that, or may end that.
    pub may_configure: Result<(), String>,
    /// The newest results that were reported on it, by name.
    pub checks: Vec<CheckLine>,
    /// What is said about it, and what trust roots make of that: what counts first.
    pub evidence: Vec<EvidenceLine>,
    /// The promotions of it that wait.
    pub waiting: Vec<Wait>,
    /// What happened to it, oldest first; a part of it where it is long.
    pub chain: Vec<Link>,
    /// Whether the part starts with its arrival.
    pub from_start: bool,
    /// The placement after which the next part starts, where there is one.
    pub later: Option<PlacementId>,
}

/// Who did something: a person, or a machine by a token of theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    pub name: String,
    /// The title of the token.
    pub token: Option<String>,
}

impl By {
    /// A stage that did it by itself.
    pub fn itself() -> Self {
        Self { name: BY_ITSELF.to_owned(), token: None }
    }
}

/// A bucket in which a build is current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub bucket: Slug,
    pub production: bool,
    pub since: Time,
}

/// An environment in which a build runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsIn {
    pub project: Slug,
    pub environment: Slug,
    pub service: Slug,
    pub since: Time,
}

/// An environment in which a build is pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedIn {
    pub project: Slug,
    pub environment: Slug,
    pub service: Slug,
    pub until: Time,
}

/// A promotion that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub number: i64,
    pub from: Slug,
    pub to: Slug,
    /// The environment in which it is to be pinned, where it does not enter the bucket.
    pub pins_in: Option<Slug>,
    pub needs: Vec<String>,
    pub by: By,
    pub at: Time,
    pub reason: String,
}

/// One thing that happened to a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "link", rename_all = "snake_case")]
pub enum Link {
    Placed(Placed),
    /// It arrived, and might not enter.
    Refused {
        bucket: Slug,
        why: String,
        by: By,
        at: Time,
    },
    /// It was pinned in an environment, whatever the bucket of this said.
    Pinned {
        number: i64,
        project: Slug,
        environment: Slug,
        service: Slug,
        by: String,
        at: Time,
        reason: String,
        /// Until when: its end, or that before its time.
        until: Time,
        /// “in force”, “over”, “released” or “replaced”.
        how: String,
    },
    /// A promotion of it came to nothing.
    Ended {
        number: i64,
        to: Slug,
        /// “rejected”, “cancelled”, “expired” or “superseded”.
        how: String,
        by: String,
        at: Time,
        comment: Option<String>,
    },
}

/// It became current in a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    pub bucket: Slug,
    /// How it came: “push”, “promotion” or “rollback”.
    pub cause: String,
    pub by: By,
    pub at: Time,
    pub reason: Option<String>,
    /// The promotion by which it came.
    pub promotion: Option<Passed>,
    /// Whether it still is current there by this placement.
    pub current: bool,
    pub replaced: Option<Replaced>,
}

/// The promotion by which a build came into a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    pub number: i64,
    pub from: Slug,
    pub reason: String,
    pub approved: Vec<Approved>,
    /// That its gates were passed in an emergency, where they were.
    pub emergency: Option<Box<Passing>>,
}

/// An emergency in which the gates of a promotion were passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passing {
    pub by: String,
    pub reason: String,
    /// The rules that kept it out.
    pub passed: Vec<String>,
    pub reviewed_by: Option<String>,
}

/// Someone's approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    pub by: String,
    pub at: Time,
    pub comment: Option<String>,
}

/// What came into the bucket after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    pub tag: Tag,
    pub digest: Digest,
    /// How that came: “push”, “promotion” or “rollback”.
    pub cause: String,
    pub at: Time,
}

impl Link {
    pub const fn at(&self) -> Time {
        match self {
            Self::Placed(placed) => placed.at,
            Self::Refused { at, .. } | Self::Pinned { at, .. } | Self::Ended { at, .. } => *at,
        }
    }
}

impl std::fmt::Display for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.token {
            Some(token) => write!(f, "{} by the token “{token}”", self.name),
            None => f.write_str(&self.name),
        }
    }
}
