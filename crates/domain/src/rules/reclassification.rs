//! Reclassification: what a rule would change about the builds that came without a bucket's name.

use crate::digests::{Algorithm, Digest};
use crate::ids::BuildId;
use crate::placements::Refused;
use crate::references::Tag;
use crate::rules::RuleName;
use crate::slugs::Slug;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// Where a build was led, and by which version of which rule; absent for one that no rule matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routed {
    pub bucket: Slug,
    pub rule: Slug,
    pub version: i64,
}

/// A build that goes elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub build: BuildId,
    pub tag: Tag,
    pub digest: Digest,
    pub git_ref: Option<String>,
    pub received_at: Time,
    pub from: Option<Slug>,
    pub to: Option<Slug>,
    /// Whether it becomes current there.
    pub becomes_current: bool,
    /// Why it does not, and is kept beside the bucket; absent for what was current there before.
    pub beside: Option<Refused>,
}

/// What reclassifying an integration would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reclassification {
    /// The rule that holds for it now; without one, what rules have led is led nowhere.
    pub rule: Option<RuleName>,
    pub rule_version: i64,
    /// How many builds came without a bucket's name, as far as they were looked at.
    pub builds: usize,
    /// The newest that go elsewhere, the oldest of them first.
    pub moved: Vec<Moved>,
    /// Whether there are older ones, for another time.
    pub more: bool,
}

impl Reclassification {
    /// Names what was looked at, so that nothing else is confirmed: the rule and all that would change.
    pub fn mark(&self) -> String {
        let rule = self.rule.as_ref().map(|rule| format!("{} {}", rule.id, self.rule_version));
        let line = |Moved { build, from, to, becomes_current, .. }: &Moved| {
            format!("{build} {from:?} {to:?} {becomes_current}")
        };
        let lines: Vec<String> = rule.into_iter().chain(self.moved.iter().map(line)).collect();
        let digest = Digest::of(Algorithm::Sha256, lines.join("\n").as_bytes()).to_string();
        digest.trim_start_matches("sha256:").chars().take(32).collect()
    }
}
