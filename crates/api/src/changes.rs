//! What changed in production.

use crate::timeline::TimelineEntry;
use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::changes as domain;
use utoipa::ToSchema;

/// What became current in the production buckets of a project within a period, whose end is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductionChanges {
    pub project: String,
    pub from: Timestamp,
    pub to: Timestamp,
    /// The newest first.
    pub changes: Vec<ProductionChange>,
    /// How workflows and so gates, who follows them, and who has which role changed in that time.
    pub rules: Vec<TimelineEntry>,
    /// Whether there was more than could be looked at, so that the oldest are left out.
    pub cut: bool,
}

/// A build became current in a production bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductionChange {
    pub at: Timestamp,
    pub integration: String,
    pub bucket: String,
    pub tag: String,
    pub digest: String,
    /// What was current there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_before: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest_before: Option<String>,
    /// `promotion`, `rollback`, `push`, `assignment` or `reclassification`.
    pub how: String,
    /// The number of the promotion, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<i64>,
    /// Who asked for it, or did it.
    pub by: String,
    /// The title of the token, where a machine did it in that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What the image says of who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authors: Option<String>,
    pub pushed_by: String,
    pub approved_by: Vec<String>,
    pub gates: Vec<GatePassed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencyTold>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How a gate stood when the promotion was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GatePassed {
    pub rule: String,
    /// False where it was passed by in an emergency.
    pub passed: bool,
}

/// An emergency, and who looked at it afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmergencyTold {
    pub by: String,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<String>,
}

impl From<domain::ProductionChanges> for ProductionChanges {
    fn from(changes: domain::ProductionChanges) -> Self {
        Self {
            project: changes.project.slug.to_string(),
            from: changes.period.from.into(),
            to: changes.period.to.into(),
            changes: changes.changes.into_iter().map(ProductionChange::from).collect(),
            rules: changes.rules.into_iter().map(TimelineEntry::from).collect(),
            cut: changes.cut,
        }
    }
}

impl From<domain::ProductionChange> for ProductionChange {
    fn from(change: domain::ProductionChange) -> Self {
        let (tag_before, digest_before) = change.before.unzip();
        let gate = |domain::GatePassed { rule, passed }| GatePassed { rule, passed };
        let emergency =
            |domain::EmergencyTold { by, reason, reviewed_by }| EmergencyTold { by, reason, reviewed_by };
        Self {
            at: change.at.into(),
            integration: change.integration.to_string(),
            bucket: change.bucket.to_string(),
            tag: change.tag.to_string(),
            digest: change.digest.to_string(),
            tag_before: tag_before.map(|tag| tag.to_string()),
            digest_before: digest_before.map(|digest| digest.to_string()),
            how: change.how,
            promotion: change.number,
            by: change.by.name,
            token: change.by.token,
            authors: change.authors,
            pushed_by: change.pushed_by,
            approved_by: change.approved_by,
            gates: change.gates.into_iter().map(gate).collect(),
            emergency: change.emergency.map(emergency),
            reference: change.reference,
            reason: change.reason,
        }
    }
}
