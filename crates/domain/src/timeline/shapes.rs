//! What an event tells of things that have parts: as they were before, and as they are after.

use crate::access::{self, Permissions, Role};
use crate::pins::Pinning;
use crate::slugs::Slug;
use crate::times::Time;
use crate::workflows::{Arrivals, Contest, Order};
use serde::{Deserialize, Serialize};

/// What is pinned where and until when, as an event tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinTold {
    pub project: Slug,
    pub environment: Slug,
    pub service: Slug,
    pub until: Time,
}

impl PinTold {
    pub fn of(pin: &Pinning) -> Self {
        Self {
            project: pin.project.slug.clone(),
            environment: pin.environment.slug.clone(),
            service: pin.service.slug.clone(),
            until: pin.until,
        }
    }
}

/// What can change about a role, as an event tells it before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleShape {
    pub title: String,
    pub permissions: Permissions,
}

impl From<&Role> for RoleShape {
    fn from(role: &Role) -> Self {
        Self { title: role.title.clone(), permissions: role.permissions.clone() }
    }
}

impl RoleShape {
    /// What it permits, in words.
    pub fn words(&self) -> String {
        access::words(&self.permissions)
    }

    /// The role of this slug, as it was or is.
    pub fn role(self, slug: Slug) -> Role {
        Role { slug, title: self.title, permissions: self.permissions }
    }
}

/// What can change about a workflow, as an event tells it before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowShape {
    pub title: String,
    pub is_default: bool,
    /// In the workflow's order.
    pub stages: Vec<StageShape>,
    /// The ways between them, from and to.
    pub edges: Vec<(Slug, Slug)>,
}

/// What can change about a CI rule, as an event tells it before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleShape {
    pub title: String,
    pub is_default: bool,
    /// In their order, in words: “branch is main → qa”.
    pub criteria: Vec<String>,
}

/// A stage of a [`WorkflowShape`], with its gates in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageShape {
    pub bucket: Slug,
    pub gates: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Arrivals>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
    /// Absent where the newest wins, as is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contest: Option<Contest>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rollbacks_ask: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
    /// Absent where a newer build stays, as is usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
}
