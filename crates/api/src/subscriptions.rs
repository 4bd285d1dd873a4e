//! Subscriptions: addresses elsewhere to which events are sent, and the messages that they get.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::subscriptions::{self as domain, Signing};
use utoipa::ToSchema;

/// An address to which events are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Subscription {
    #[schema(format = "uuid")]
    pub id: String,
    /// The project whose events are sent; left out where those of the whole installation are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    pub title: String,
    /// As much of the address as is shown: the rest may be a secret.
    pub address: String,
    /// `standard`, `cloud_events`, `slack` or `teams`.
    pub format: String,
    /// `ed25519` or `hmac`; left out where the format has no signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing: Option<String>,
    /// The key by which signatures of Ed25519 are checked, `whpk_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// The kinds of events that are sent; every kind, where there are none.
    pub kinds: Vec<String>,
    /// The integration whose events alone are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    /// The bucket whose events alone are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    pub created_at: Timestamp,
    /// Since when nothing is sent, where that is so, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_because: Option<String>,
}

/// An address to send events to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    /// The project whose events are sent; left out, those of the whole installation.
    #[serde(default)]
    pub project: String,
    pub title: String,
    /// By https, on the public internet or among what the server's `outgoing_allow` names.
    pub address: String,
    /// `standard`, `cloud_events`, `slack` or `teams`.
    pub format: String,
    /// `ed25519`, if left out, or `hmac`.
    #[serde(default)]
    pub signing: String,
    /// The kinds of events, as the timeline has them; left out, every kind.
    #[serde(default)]
    pub kinds: Vec<String>,
    #[serde(default)]
    pub integration: String,
    #[serde(default)]
    pub stage: String,
}

/// A subscription that was made, or has a new key. The secret is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyedSubscription {
    pub subscription: Subscription,
    /// The secret of HMAC, `whsec_…`; left out where receivers check by the public key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// An event on its way to a subscription, with the last try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    #[schema(format = "uuid")]
    pub id: String,
    /// The number of the event; left out for a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    pub kind: String,
    pub made_at: Timestamp,
    /// `waiting`, `delivered` or `failed`.
    pub state: String,
    pub attempts: i64,
    /// When it is sent next, while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_attempt: Option<DeliveryAttempt>,
}

/// One try to send an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryAttempt {
    pub at: Timestamp,
    pub took_milliseconds: i64,
    /// The body that was sent.
    pub request: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The first kilobyte of the answer.
    pub answer: String,
    /// Why there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What receivers of the format `standard` get; `data` is also what `CloudEvents` carry. Members may be added, and the
/// meaning of one that is there never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventMessage {
    /// The kind of event, such as `promotion_applied`; `test` for one that was sent by hand.
    #[serde(rename = "type")]
    pub kind: String,
    pub timestamp: Timestamp,
    pub data: EventTold,
}

/// What an event tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTold {
    /// The same for each time that the event is sent.
    #[schema(format = "uuid")]
    pub id: String,
    /// Its place in the audit log, by which events can be put in order; left out in a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    /// Who did it: a name, or “The server”.
    pub who: String,
    /// The title of the token, where a machine did it in that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What was done, to be read after `who`. Words may change from version to version.
    pub sentence: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// The number of the promotion that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<EventBuild>,
    /// The page that shows more of it.
    pub url: String,
}

/// The build that an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventBuild {
    pub digest: String,
    pub tag: String,
}

impl From<domain::Subscription> for Subscription {
    fn from(subscription: domain::Subscription) -> Self {
        let (disabled_at, disabled_because) =
            subscription.disabled.map(|disabled| (disabled.at.into(), disabled.because)).unzip();
        Self {
            id: subscription.id.to_string(),
            project: subscription.project.map(Into::into),
            title: subscription.title.into(),
            address: subscription.shown,
            format: subscription.format.name().to_owned(),
            signing: subscription.signing.map(|signing: Signing| signing.name().to_owned()),
            public_key: subscription.public_key,
            kinds: subscription.kinds,
            integration: subscription.integration.map(Into::into),
            stage: subscription.stage.map(Into::into),
            created_at: subscription.created_at.into(),
            disabled_at,
            disabled_because,
        }
    }
}

impl From<NewSubscription> for domain::SubscriptionForm {
    fn from(new: NewSubscription) -> Self {
        let NewSubscription { project: _, title, address, format, signing, kinds, integration, stage } = new;
        Self { title, address, format, signing, kinds, integration, stage }
    }
}

impl From<domain::Delivery> for Delivery {
    fn from(delivery: domain::Delivery) -> Self {
        let waits = delivery.state == domain::DeliveryState::Waiting;
        Self {
            id: delivery.id.to_string(),
            seq: delivery.seq,
            kind: delivery.kind,
            made_at: delivery.made_at.into(),
            state: delivery.state.name().to_owned(),
            attempts: delivery.attempts,
            due_at: waits.then(|| delivery.due_at.into()),
            last_attempt: delivery.last.map(Into::into),
        }
    }
}

impl From<domain::Attempt> for DeliveryAttempt {
    fn from(attempt: domain::Attempt) -> Self {
        Self {
            at: attempt.at.into(),
            took_milliseconds: attempt.took,
            request: attempt.request,
            status: attempt.status,
            answer: attempt.answer,
            error: attempt.error,
        }
    }
}
