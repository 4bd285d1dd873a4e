//! What deleting something means, and what was deleted.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::deletions as domain;
use utoipa::ToSchema;

/// What was deleted, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deletion {
    pub slug: String,
    pub title: String,
    /// What uses it and has to let go of it first, in words; the first of them.
    pub used_by: Vec<String>,
    /// How many of them there are in all. It is deleted only where there are none.
    pub used_by_count: usize,
    /// How many roles that are bound at it end with it, and how many open invitations.
    pub roles: usize,
    pub invitations: usize,
    /// What is current in its buckets and goes out of reach with it; the first of them.
    pub current: Vec<CurrentBuild>,
    /// How many of them there are in all.
    pub current_count: usize,
}

/// A build that is current in a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CurrentBuild {
    pub project: String,
    pub integration: String,
    pub bucket: String,
    pub tag: String,
}

/// An integration that was deleted and can be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeletedIntegration {
    pub slug: String,
    pub title: String,
    pub deleted_at: Timestamp,
    /// Until when it can be restored, and its name is kept for it.
    pub restorable_until: Timestamp,
}

impl From<domain::Consequences> for Deletion {
    fn from(consequences: domain::Consequences) -> Self {
        Self {
            slug: consequences.slug.into(),
            title: consequences.title.into(),
            used_by: consequences.users.iter().map(ToString::to_string).collect(),
            used_by_count: consequences.used_by,
            roles: consequences.roles,
            invitations: consequences.invitations,
            current: consequences.losses.into_iter().map(CurrentBuild::from).collect(),
            current_count: consequences.lost,
        }
    }
}

impl From<domain::Loss> for CurrentBuild {
    fn from(loss: domain::Loss) -> Self {
        Self {
            project: loss.project.into(),
            integration: loss.integration.into(),
            bucket: loss.bucket.into(),
            tag: loss.tag.into(),
        }
    }
}

impl From<domain::Deleted> for DeletedIntegration {
    fn from(deleted: domain::Deleted) -> Self {
        let until = deleted.until();
        Self {
            slug: deleted.slug.into(),
            title: deleted.title.into(),
            deleted_at: deleted.at.into(),
            restorable_until: until.into(),
        }
    }
}
