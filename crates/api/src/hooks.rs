//! Hooks: addresses at which other systems announce builds.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use towpath_domain::hooks as domain;
use utoipa::ToSchema;

/// An address at which builds of an integration are announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hook {
    #[schema(format = "uuid")]
    pub id: String,
    pub project: String,
    pub integration: String,
    pub title: String,
    /// `standard`, `github`, `distribution` or `harbor`.
    pub source: String,
    /// Where webhooks are to be sent.
    pub address: String,
    pub created_at: Timestamp,
    /// Until when the secret before the last rotation counts, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_until: Option<Timestamp>,
}

/// A hook to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHook {
    pub title: String,
    /// `standard`, `github`, `distribution` or `harbor`.
    pub source: String,
}

/// A hook that was made, or has a new secret, which is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyedHook {
    pub hook: Hook,
    pub secret: String,
}

/// A webhook that came, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HookDelivery {
    #[schema(format = "uuid")]
    pub id: String,
    /// The id that its sender gave it.
    pub sent_as: String,
    pub received_at: Timestamp,
    /// `registered`, `ignored`, `not_here`, `refused`, or `unfinished` while it is worked on.
    pub verdict: String,
    /// What was received, or why not.
    pub detail: String,
    /// Those that give nothing away.
    pub headers: BTreeMap<String, String>,
    pub body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed_at: Option<Timestamp>,
}

/// What the sender of a webhook is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HookAnswer {
    #[schema(format = "uuid")]
    pub delivery: String,
    pub verdict: String,
    pub detail: String,
}

impl Hook {
    pub fn new(hook: domain::Hook, address: String) -> Self {
        Self {
            id: hook.id.to_string(),
            project: hook.project.into(),
            integration: hook.integration.into(),
            title: hook.title.into(),
            source: hook.source.name().to_owned(),
            address,
            created_at: hook.created_at.into(),
            former_until: hook.former_until.map(Into::into),
        }
    }
}

impl From<NewHook> for domain::HookForm {
    fn from(new: NewHook) -> Self {
        Self { title: new.title, source: new.source }
    }
}

impl From<domain::HookDelivery> for HookDelivery {
    fn from(delivery: domain::HookDelivery) -> Self {
        Self {
            id: delivery.id.to_string(),
            sent_as: delivery.sent_as,
            received_at: delivery.received_at.into(),
            verdict: delivery.verdict.name().to_owned(),
            detail: delivery.detail,
            headers: delivery.headers.into_iter().collect(),
            body: delivery.body,
            replayed_at: delivery.replayed_at.map(Into::into),
        }
    }
}

impl From<domain::HookDelivery> for HookAnswer {
    fn from(delivery: domain::HookDelivery) -> Self {
        Self {
            delivery: delivery.id.to_string(),
            verdict: delivery.verdict.name().to_owned(),
            detail: delivery.detail,
        }
    }
}
