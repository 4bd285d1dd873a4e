//! Subscriptions: addresses elsewhere to which events of the audit log are sent, and what became of each.

pub mod messages;
pub mod retries;

use crate::forms::{Check, Invalid};
use crate::ids::{DeliveryId, SubscriptionId};
use crate::projects::Project;
use crate::slugs::Slug;
use crate::timeline::KINDS;
use crate::times::Time;
use crate::words::{Link, Title};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kinds that a page offers one by one; any other can be named, too, and none at all means every kind.
pub const OFFERED: [&str; 29] = [
    "build_received",
    "build_placed",
    "build_routed",
    "build_assigned",
    "arrival_refused",
    "promotion_requested",
    "promotion_decided",
    "promotion_ready",
    "promotion_unready",
    "promotion_sending",
    "promotion_failed",
    "promotion_retried",
    "promotion_applied",
    "promotion_cancelled",
    "promotion_expired",
    "promotion_superseded",
    "gates_passed",
    "emergency_reviewed",
    "rolled_back",
    "arrivals_resumed",
    "release_set_moved",
    "check_reported",
    "deployment_reported",
    "hold_placed",
    "hold_released",
    "pin_applied",
    "pin_released",
    "pin_ended",
    "subscription_disabled",
];

/// How an event is written for its receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As standardwebhooks.com says: `type`, `timestamp`, `data`.
    Standard,
    /// `CloudEvents` 1.0 in structured mode; `CDEvents` where one fits.
    CloudEvents,
    /// An incoming webhook of Slack.
    Slack,
    /// A workflow of Microsoft Teams that posts an Adaptive Card.
    Teams,
}

/// How a message is signed (Standard Webhooks, “Signature scheme”).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// `v1a`: the receiver needs a public key only.
    Ed25519,
    /// `v1`: HMAC-SHA256 with a secret that both sides know.
    Hmac,
}

impl Format {
    pub const ALL: [Self; 4] = [Self::Standard, Self::CloudEvents, Self::Slack, Self::Teams];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::CloudEvents => "cloud_events",
            Self::Slack => "slack",
            Self::Teams => "teams",
        }
    }

    /// Whether its receivers can check a signature. The others are secret by their address.
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::Standard | Self::CloudEvents)
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == text)
    }
}

/// As people read it.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Standard => "Standard Webhooks",
            Self::CloudEvents => "CloudEvents",
            Self::Slack => "Slack",
            Self::Teams => "Microsoft Teams",
        })
    }
}

impl Signing {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Hmac => "hmac",
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::Hmac => "HMAC-SHA256",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Ed25519, Self::Hmac].into_iter().find(|signing| signing.name() == text)
    }
}

/// An address to which events are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub id: SubscriptionId,
    /// The project whose events are sent; absent where those of the whole installation are.
    pub project: Option<Slug>,
    pub title: Title,
    /// As much of the address as is shown, `https://hooks.example.org/…`: the rest may be a secret.
    pub shown: String,
    pub format: Format,
    /// Absent where the format has no signature.
    pub signing: Option<Signing>,
    /// The key by which receivers check signatures, `whpk_…`, where they are of Ed25519.
    pub public_key: Option<String>,
    /// The kinds of events; all, if there are none.
    pub kinds: Vec<String>,
    /// The integration whose events alone are sent, in its project.
    pub integration: Option<Slug>,
    /// The bucket whose events alone are sent.
    pub stage: Option<Slug>,
    pub created_at: Time,
    pub disabled: Option<Disabled>,
}

impl Subscription {
    /// What is sent, in words: “rolled back, hold placed of checkout in prod”.
    pub fn told(&self) -> String {
        let words = |kind: &String| {
            let known = KINDS.iter().find(|(known, _)| known == kind);
            known.map_or_else(|| kind.clone(), |(_, words)| words.to_lowercase())
        };
        let kinds = match self.kinds.as_slice() {
            [] => "every kind of event".to_owned(),
            kinds => kinds.iter().map(words).collect::<Vec<_>>().join(", "),
        };
        let part = |word: &str, slug: &Option<Slug>| slug.as_ref().map(|slug| format!(" {word} {slug}"));
        let parts = [part("of", &self.integration), part("in", &self.stage)];
        parts.into_iter().flatten().fold(kinds, |told, part| told + &part)
    }
}

/// Why nothing is sent any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    pub at: Time,
    pub because: String,
}

/// What the form for a subscription holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SubscriptionForm {
    pub title: String,
    pub address: String,
    pub format: String,
    /// Left out for Slack and Teams.
    pub signing: String,
    pub kinds: Vec<String>,
    pub integration: String,
    pub stage: String,
}

/// A checked subscription, before its integration is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscription {
    pub title: Title,
    pub address: String,
    pub format: Format,
    pub signing: Option<Signing>,
    pub kinds: Vec<String>,
    pub integration: String,
    pub stage: Option<Slug>,
}

impl SubscriptionForm {
    pub fn check(&self) -> Result<NewSubscription, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let address = check.field("address", Link::parse(&self.address));
        let format = check.field("format", Format::parse(&self.format).ok_or("Choose one of the formats."));
        let signing = check.field("signing", self.check_signing(format));
        let kinds = check.field("kinds", self.check_kinds());
        let stage = match self.stage.trim() {
            "" => Some(None),
            stage => check.field("stage", Slug::parse(stage)).map(Some),
        };
        let parts = title.zip(address).zip(format.zip(signing)).zip(kinds.zip(stage));
        let integration = self.integration.trim().to_owned();
        let new = parts.map(|(((title, address), (format, signing)), (kinds, stage))| NewSubscription {
            title,
            address: address.into(),
            format,
            signing,
            kinds,
            integration,
            stage,
        });
        check.finish(new)
    }

    fn check_signing(&self, format: Option<Format>) -> Result<Option<Signing>, &'static str> {
        if !format.is_some_and(Format::is_signed) {
            return Ok(None);
        }
        match self.signing.as_str() {
            "" => Ok(Some(Signing::Ed25519)),
            name => Signing::parse(name).map(Some).ok_or("Choose ed25519 or hmac."),
        }
    }

    fn check_kinds(&self) -> Result<Vec<String>, String> {
        let unknown = self.kinds.iter().find(|kind| !KINDS.iter().any(|(known, _)| known == kind));
        if let Some(unknown) = unknown {
            return Err(format!("There is no kind of event called “{unknown}”."));
        }
        let mut kinds = self.kinds.clone();
        kinds.sort_unstable();
        kinds.dedup();
        Ok(kinds)
    }
}

/// As much of an address as may be shown.
pub fn shown(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("https", address));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{scheme}://{host}/…")
}

/// What became of sending an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// To be sent, for the first time or again.
    Waiting,
    Delivered,
    /// Not sent any more, unless somebody asks.
    Failed,
}

impl DeliveryState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Delivered, Self::Failed].into_iter().find(|state| state.name() == text)
    }
}

/// One event on its way to one address, with the last try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub id: DeliveryId,
    /// The number of the event; absent for a test.
    pub seq: Option<i64>,
    pub kind: String,
    pub made_at: Time,
    pub state: DeliveryState,
    pub attempts: i64,
    /// When it is sent next, while it waits.
    pub due_at: Time,
    pub last: Option<Attempt>,
}

/// One try to send an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub at: Time,
    /// How long it took, in milliseconds.
    pub took: i64,
    /// The body that was sent.
    pub request: String,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// The first kilobyte of the answer.
    pub answer: String,
    /// Why there was no answer, in words.
    pub error: Option<String>,
}

impl Attempt {
    /// Whether the receiver took it: by a status of 200 to 299, and nothing else.
    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// The subscriptions of a project or of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionsView {
    /// Absent for those of the installation.
    pub project: Option<Project>,
    pub subscriptions: Vec<Subscription>,
    /// Those of them where the newest try did not arrive.
    pub failing: Vec<SubscriptionId>,
    /// The integrations and stages that a new one can be narrowed to.
    pub integrations: Vec<Slug>,
    pub stages: Vec<Slug>,
    pub now: Time,
}

/// A subscription with what was sent to it, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionView {
    pub subscription: Subscription,
    pub deliveries: Vec<Delivery>,
    /// The delivery before which the next page starts, where there is one.
    pub older: Option<DeliveryId>,
    /// How many events wait to be sent.
    pub waiting: i64,
    pub now: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: impl FnOnce(&mut SubscriptionForm)) -> Result<NewSubscription, Invalid> {
        let mut form = SubscriptionForm {
            title: "Deployer".into(),
            address: "https://hooks.example.org/in?key=1".into(),
            format: "standard".into(),
            ..SubscriptionForm::default()
        };
        change(&mut form);
        form.check()
    }

    #[test]
    fn signatures_are_of_ed25519_unless_something_else_is_said() {
        assert_eq!(form(|_| {}).unwrap().signing, Some(Signing::Ed25519));
        assert_eq!(form(|form| form.signing = "hmac".into()).unwrap().signing, Some(Signing::Hmac));
        assert_eq!(form(|form| form.format = "slack".into()).unwrap().signing, None);
    }

    #[test]
    fn what_no_event_is_called_cannot_be_subscribed_to() {
        let refused = form(|form| form.kinds = vec!["rolled_back".into(), "exploded".into()]).unwrap_err();
        assert_eq!(refused.errors()[0].field, "kinds");
        let kinds = vec!["rolled_back".to_owned(), "hold_placed".into(), "rolled_back".into()];
        assert_eq!(form(|form| form.kinds = kinds).unwrap().kinds, ["hold_placed", "rolled_back"]);
    }

    #[test]
    fn every_kind_that_is_offered_exists() {
        for kind in OFFERED {
            assert!(KINDS.iter().any(|(known, _)| *known == kind), "{kind}");
        }
    }

    #[test]
    fn only_the_host_of_an_address_is_shown() {
        assert_eq!(shown("https://hooks.slack.com/services/T0/B0/secret"), "https://hooks.slack.com/…");
        assert_eq!(shown("http://ci.internal:8080?key=1"), "http://ci.internal:8080/…");
    }
}
