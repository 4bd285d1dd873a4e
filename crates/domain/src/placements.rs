//! Placements: the facts that a build became current in a bucket. History only grows.

use crate::holds::Held;
use crate::ids::{BuildId, PersonId, PlacementId, PromotionId, TokenId};
use crate::references::Tag;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// Who does what a stage does by itself, in words that begin a sentence.
pub const BY_ITSELF: &str = "The automatic stage";

/// How a build became current in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Cause {
    Push,
    Promotion {
        promotion: PromotionId,
        /// Whether its stage asked by itself.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        automatic: bool,
    },
    Rollback,
    /// A person placed a build that no rule had led.
    Assignment,
    /// Another rule, or another version of it, led it there.
    Reclassification,
    /// It came with what it was in an integration of the other type.
    CarriedOver {
        /// By which it had come into the bucket there.
        placement: PlacementId,
        /// Whether it came as history only, and something newer with it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        earlier: bool,
    },
}

/// A build became current in a bucket, at a moment, by someone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    pub id: PlacementId,
    pub build: BuildId,
    /// By which the build goes in this bucket: the tag that it was pushed to it with, or that it brought along.
    pub tag: Tag,
    pub cause: Cause,
    pub by: Placer,
    pub at: Time,
}

/// Who placed a build: a person, or a token in the name of its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placer {
    pub person: PersonId,
    pub token: Option<TokenId>,
}

/// Why an arrival did not become current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refused {
    /// The stage takes builds by promotion only; `from` names where they come from.
    PromotionOnly { from: Vec<String> },
    /// A rollback paused arrivals until a person resumes them.
    Paused,
    /// What is current there was received later: what comes late never undoes anything.
    Older,
    /// What is current there is of a later commit or CI run of the same branch or tag.
    OutOfOrder { current: Tag },
    /// A hold stops the bucket or the build.
    Held(Held),
}

impl Cause {
    /// Whether a stage did it by itself.
    pub const fn is_automatic(self) -> bool {
        matches!(self, Self::Promotion { automatic: true, .. })
    }

    /// Who placed the build, for people: the stage where that did it by itself.
    pub fn by(self, person: &str) -> &str {
        if self.is_automatic() { BY_ITSELF } else { person }
    }

    /// The promotion by which it came.
    pub const fn promotion(self) -> Option<PromotionId> {
        match self {
            Self::Promotion { promotion, .. } => Some(promotion),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Promotion { .. } => "promotion",
            Self::Rollback => "rollback",
            Self::Assignment => "assignment",
            Self::Reclassification => "reclassification",
            Self::CarriedOver { .. } => "carry-over",
        }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PromotionOnly { from } if from.is_empty() => {
                f.write_str("takes builds by promotion only, and no workflow leads to it")
            }
            Self::PromotionOnly { from } => {
                write!(f, "takes builds by promotion only; promote it from {}", from.join(" or "))
            }
            Self::Paused => f.write_str("has paused arrivals since a rollback; resume them on the board"),
            Self::Older => {
                f.write_str("has a build that was received later; push it to the bucket by name, or assign it, to go back")
            }
            Self::OutOfOrder { current } => {
                write!(f, "has {current}, of a later commit or run of the same branch; to go back, roll back on the board")
            }
            Self::Held(held) => held.fmt(f),
        }
    }
}
