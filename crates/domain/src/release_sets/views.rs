//! Release sets as pages show them. What who looks may not see is left out.

use super::{Comparison, Course};
use crate::inbox::Wanted;
use crate::promotions::State;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::timeline::BuildName;
use crate::times::Time;
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// A set in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseSetLine {
    pub number: i64,
    pub title: Title,
    pub made_by: String,
    pub made_at: Time,
    /// How many builds it has.
    pub size: usize,
    /// What was done with it last.
    pub last: Course,
}

/// A page of a project's sets, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseSetsView {
    pub project: Slug,
    pub sets: Vec<ReleaseSetLine>,
    /// The number before which the next page starts, where there is one.
    pub older: Option<i64>,
    pub now: Time,
}

/// The form for a new set, with what it would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSetView {
    pub project: Slug,
    /// The names of the buckets that can be chosen, in the order in which builds pass them.
    pub buckets: Vec<Slug>,
    /// The other projects whose integrations can be looked at, too.
    pub others: Vec<Slug>,
    /// Absent where nothing has been asked for.
    pub comparison: Option<(Course, Comparison)>,
    pub now: Time,
}

/// What an act would do with a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseView {
    pub project: Slug,
    pub number: i64,
    pub title: Title,
    pub course: Course,
    pub comparison: Comparison,
    pub now: Time,
}

/// A set with everything that its page shows. What who looks may not see is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseSetView {
    pub project: Slug,
    pub number: i64,
    pub title: Title,
    pub made_by: String,
    pub made_at: Time,
    pub members: Vec<MemberLine>,
    /// The newest first.
    pub acts: Vec<ActLine>,
    /// Where it can be carried on to, from where.
    pub onward: Vec<(Slug, Slug)>,
    /// What it can be taken back out of.
    pub back: Vec<Slug>,
    /// What waits for who looks.
    pub to_decide: Vec<WantedLine>,
    /// The audit log's size when this was read.
    pub as_of: i64,
    pub now: Time,
}

/// A promotion of a set that somebody is wanted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedLine {
    pub wanted: Wanted,
    pub integration: Slug,
    pub tag: Tag,
    pub to: Slug,
    pub needs: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberLine {
    pub project: Slug,
    pub integration: Slug,
    pub build: BuildName,
    /// The buckets in which it is current.
    pub current_in: Vec<Slug>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActLine {
    pub course: Course,
    pub reason: String,
    pub by: String,
    pub at: Time,
    pub results: Vec<ResultLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultLine {
    pub project: Slug,
    pub integration: Slug,
    pub build: BuildName,
    pub told: Told,
}

/// How an act ended for one build, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    Promotion { number: i64, state: State, needs: Vec<String> },
    RolledBack,
    Refused { because: String },
}
