//! The board of an integration: what is in each of its buckets.

use crate::builds::Build;
use crate::deployments::Fed;
use crate::holds::Hold;
use crate::integrations::{DefaultBuild, Integration};
use crate::times::Timestamp;
use crate::workflows::Arrivals;
use serde::{Deserialize, Serialize};
use towpath_domain::boards as domain;
use utoipa::ToSchema;

/// An integration with all its buckets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Board {
    pub project: String,
    pub integration: Integration,
    /// The workflow that holds for it, its own or the project's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// Stages in the workflow's order first.
    pub buckets: Vec<Bucket>,
    /// The holds that concern any of its buckets or of the builds that are shown: in force, and still to begin.
    pub holds: Vec<Hold>,
    /// What services run where neither a pin nor a bucket says anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_build: Option<DefaultBuild>,
    /// Builds that were pushed without a bucket, the newest few.
    pub unclassified: Vec<Card>,
    /// The number of the newest event of the timeline when this was read.
    pub as_of: i64,
}

/// The slot of an integration for one environment or one release stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bucket {
    pub slug: String,
    pub title: String,
    pub stream: String,
    pub production: bool,
    /// Whether the workflow has it as a stage.
    pub is_stage: bool,
    pub arrivals: Arrivals,
    /// What it takes to enter, in words.
    pub gates: Vec<String>,
    pub current: Option<Card>,
    /// What was current before, newest first, the newest few.
    pub history: Vec<Card>,
    pub waiting: Vec<Waiting>,
    /// What arrived and may not enter, newest first.
    pub refused: Vec<RefusedArrival>,
    /// The environments that it feeds, with what was reported to run in each.
    pub fed: Vec<Fed>,
    /// Since when a rollback has paused arrivals.
    pub paused_at: Option<Timestamp>,
    /// Counts the changes of what is current; a rollback may name the one it was decided on.
    pub version: i64,
}

/// A build, with how it came where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Card {
    pub build: Build,
    /// Names the placement, for a rollback to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    pub placement: Option<String>,
    /// How it came: `push`, `promotion` or `rollback`.
    pub cause: String,
    pub by: String,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A promotion that waits to enter a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    pub number: i64,
    pub tag: String,
    pub from: String,
    /// What is missing.
    pub needs: Vec<String>,
    /// When it enters without anybody doing anything, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    pub requested_by: String,
    pub requested_at: Timestamp,
    /// The environment in which it is to pin its build, where it does not enter the bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pins_in: Option<String>,
}

/// An arrival that a bucket refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedArrival {
    pub build: Build,
    /// The tag it was pushed under.
    pub tag: String,
    pub why: String,
    pub by: String,
    pub at: Timestamp,
}

impl From<domain::Board> for Board {
    fn from(board: domain::Board) -> Self {
        let workflow = board.workflow.map(|workflow| workflow.name);
        Self {
            project: board.project.slug.into(),
            integration: Integration::new(board.integration, workflow.as_slice()),
            workflow: workflow.map(|name| name.slug.into()),
            buckets: board.columns.into_iter().map(Bucket::from).collect(),
            holds: board.holds.into_iter().map(|line| Hold::new(line, board.now)).collect(),
            default_build: board
                .default_build
                .map(|build| DefaultBuild { digest: build.digest.into(), tag: build.tag.into() }),
            unclassified: board.unclassified.into_iter().map(Card::from).collect(),
            as_of: board.as_of,
        }
    }
}

impl From<domain::Column> for Bucket {
    fn from(column: domain::Column) -> Self {
        Self {
            slug: column.slot.slug.into(),
            title: column.slot.title.into(),
            stream: column.slot.stream.slug.into(),
            production: column.slot.stream.production,
            is_stage: column.is_stage,
            arrivals: column.arrivals.into(),
            gates: column.gates,
            current: column.current.map(Card::from),
            history: column.history.into_iter().map(Card::from).collect(),
            waiting: column.waiting.into_iter().map(Waiting::from).collect(),
            refused: column.refused.into_iter().map(RefusedArrival::from).collect(),
            fed: column.fed.into_iter().map(Fed::from).collect(),
            paused_at: column.paused_at.map(Timestamp::from),
            version: column.version,
        }
    }
}

impl From<domain::Card> for Card {
    fn from(card: domain::Card) -> Self {
        Self {
            build: card.build.into(),
            placement: card.placement.map(|id| id.to_string()),
            cause: card.cause,
            by: card.by,
            at: card.at.into(),
            reason: card.reason,
        }
    }
}

impl From<domain::Waiting> for Waiting {
    fn from(waiting: domain::Waiting) -> Self {
        Self {
            number: waiting.number,
            tag: waiting.tag.into(),
            from: waiting.from.into(),
            needs: waiting.needs,
            until: waiting.until.map(Timestamp::from),
            requested_by: waiting.requested_by,
            requested_at: waiting.requested_at.into(),
            pins_in: waiting.pins_in.map(Into::into),
        }
    }
}

impl From<domain::RefusedCard> for RefusedArrival {
    fn from(refused: domain::RefusedCard) -> Self {
        Self {
            build: refused.build.into(),
            tag: refused.tag.into(),
            why: refused.why,
            by: refused.by,
            at: refused.at.into(),
        }
    }
}
