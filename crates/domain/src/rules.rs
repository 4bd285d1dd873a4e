//! CI rules: ordered criteria on what a build says of itself, each with the bucket that it leads to.

mod form;
mod metadata;
mod reclassification;

pub use form::{CriterionForm, Given, NewRule, RuleForm};
pub use metadata::{GitRef, Key, KeyError, Metadata, RefKind, Vouched};
pub use reclassification::{Moved, Reclassification, Routed};

use crate::buckets::{BucketKey, BucketKind, Slot};
use crate::builds::Build;
use crate::ids::{BuildId, ProjectId, RuleId};
use crate::integrations::Integration;
use crate::projects::Project;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// A rule's name and kind: what a form needs to offer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleName {
    pub id: RuleId,
    pub slug: Slug,
    pub title: Title,
    pub kind: BucketKind,
}

/// A CI rule in one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub name: RuleName,
    pub project: ProjectId,
    pub is_default: bool,
    /// Counts from 1; every change makes a new one, and a build keeps the one that routed it.
    pub version: i64,
    /// In their order: the first that matches decides.
    pub criteria: Vec<Criterion>,
}

/// One line of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    pub key: Key,
    pub operator: Operator,
    pub value: String,
    pub bucket: BucketKey,
}

/// How a criterion compares. Case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    Equals,
    StartsWith,
    EndsWith,
    Contains,
    /// `*` for any characters but a slash, `**` for any at all, `?` for one.
    Glob,
    /// A regular expression that the whole text has to match; `\d`, `\w` and `\s` mean ASCII. No text longer than
    /// [`READ`] bytes matches it, a glob or a range.
    Regex,
    /// A range of semantic versions, such as `>=1.2, <2`; a `v` before the number is passed over.
    Semver,
}

/// How much of a text, in bytes, is compared with a pattern: more than git refs and versions have.
pub const READ: usize = 512;

/// Which version of which rule led a build to a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    pub rule: RuleId,
    pub version: i64,
    pub bucket: BucketKey,
}

/// Compares by the operators that only the server reads: the operator, what the criterion says, and the text.
pub type Reader = fn(Operator, &str, &str) -> bool;

/// A rule's page: the rule, and who follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub rule: Rule,
    /// The first integrations that follow it, and how many there are in all.
    pub followers: Vec<Slug>,
    pub followed_by: usize,
}

/// The builds of an integration that no rule has led, and what leads the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnclassifiedView {
    pub project: Project,
    pub integration: Integration,
    /// The rule that holds for it now.
    pub rule: Option<Rule>,
    /// Which one was chosen, as the field takes it, and what can be.
    pub choice: String,
    pub choices: Vec<RuleName>,
    /// A page of them, the newest first.
    pub builds: Vec<UnclassifiedBuild>,
    /// The build before which the next page starts, where there is one.
    pub older: Option<BuildId>,
    /// The buckets into which who looks may put one.
    pub may_assign: Vec<Slot>,
    pub may_choose: Result<(), String>,
    pub may_reclassify: Result<(), String>,
    /// The audit log's size when this was read.
    pub as_of: i64,
    pub now: Time,
}

/// A build that no rule has led.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnclassifiedBuild {
    pub build: Build,
    /// Who pushed it, in words.
    pub by: String,
}

/// What an unsaved rule would do: with a build that somebody makes up, and with those that are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The criterion that matches, counted from 1, and the bucket that it leads to.
    pub matched: Option<(usize, Slug)>,
    /// How many builds of the integrations that follow it were looked at.
    pub builds: usize,
    /// Those that would go elsewhere, the newest first; the first of them.
    pub elsewhere: Vec<Moved>,
    pub elsewhere_count: usize,
}

impl Rule {
    /// Where a build is led by the first criterion that matches, with the criterion's position.
    pub fn route(&self, build: &Metadata, reads: Reader) -> Option<(usize, BucketKey)> {
        route(&self.criteria, build, reads)
    }
}

/// The same of criteria that are no rule yet.
pub fn route(criteria: &[Criterion], build: &Metadata, reads: Reader) -> Option<(usize, BucketKey)> {
    let position = criteria.iter().position(|criterion| criterion.matches(build, reads))?;
    Some((position, criteria[position].bucket))
}

impl Criterion {
    /// Whether a build is of the kind that it describes. What a build does not say matches nothing.
    pub fn matches(&self, build: &Metadata, reads: Reader) -> bool {
        // Who writes `refs/…` means full names, others short ones; a regular expression that has it may mean either.
        let values = match self.operator {
            Operator::Regex if self.value.contains(metadata::REFS) => {
                let mut both = build.values(&self.key, false);
                both.extend(build.values(&self.key, true));
                both
            }
            _ => build.values(&self.key, self.value.starts_with(metadata::REFS)),
        };
        values.iter().any(|text| self.operator.matches(&self.value, text, reads))
    }

    /// As people read it: “branch starts with release/”.
    pub fn words(&self) -> String {
        format!("{} {} {}", self.key.words(), self.operator.words(), self.value)
    }
}

impl Operator {
    pub const ALL: [Self; 7] = [
        Self::Equals,
        Self::StartsWith,
        Self::EndsWith,
        Self::Contains,
        Self::Glob,
        Self::Regex,
        Self::Semver,
    ];

    fn matches(self, wanted: &str, text: &str, reads: Reader) -> bool {
        match self {
            Self::Equals => text == wanted,
            Self::StartsWith => text.starts_with(wanted),
            Self::EndsWith => text.ends_with(wanted),
            Self::Contains => text.contains(wanted),
            Self::Glob | Self::Regex | Self::Semver => reads(self, wanted, text),
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::StartsWith => "starts_with",
            Self::EndsWith => "ends_with",
            Self::Contains => "contains",
            Self::Glob => "glob",
            Self::Regex => "regex",
            Self::Semver => "semver",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.name() == text)
    }

    /// As people read it, between what is compared and what with.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Equals => "is",
            Self::StartsWith => "starts with",
            Self::EndsWith => "ends with",
            Self::Contains => "contains",
            Self::Glob => "fits",
            Self::Regex => "matches",
            Self::Semver => "is a version",
        }
    }
}

#[cfg(test)]
mod tests;
