//! Reclassification: what a rule would change about the builds that came without a bucket's name.

use crate::ids::BuildId;
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
    pub digest: crate::digests::Digest,
    pub git_ref: Option<String>,
    pub received_at: Time,
    pub from: Option<Slug>,
    pub to: Option<Slug>,
    /// Whether it becomes current there. Others are kept beside the bucket, as they are older than what is current, or
    /// the bucket does not take arrivals.
    pub becomes_current: bool,
}

/// What reclassifying an integration would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reclassification {
    /// The rule that holds for it now; without one, what rules have led is led nowhere.
    pub rule: Option<RuleName>,
    pub rule_version: i64,
    /// How many builds came without a bucket's name, as far as they are looked at.
    pub builds: usize,
    /// Oldest first, as they are moved.
    pub moved: Vec<Moved>,
}

impl Reclassification {
    /// Names what was looked at, so that nothing else is confirmed: by the newest build and the number of changes.
    pub fn mark(&self) -> String {
        let newest = self.moved.iter().map(|moved| moved.build).max();
        let newest = newest.map(|build| build.to_string()).unwrap_or_default();
        format!("{}-{}-{newest}", self.rule_version, self.moved.len())
    }
}
