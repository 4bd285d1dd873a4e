//! Hooks: addresses of an integration at which other systems announce builds, each with a secret of its own.

pub mod bodies;

use crate::forms::{Check, Invalid};
use crate::ids::{HookDeliveryId, HookId};
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::Title;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most bytes of a webhook's body.
pub const LARGEST: usize = 1024 * 1024;
/// How far a timestamp may be from now, in seconds (Standard Webhooks, “Verifying webhook authenticity”).
pub const TOLERANCE: i64 = 300;

/// Whose webhooks come to a hook: how they say who they are, and what their bodies look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Signed as Standard Webhooks says: a build in our own form, or `CloudEvents` with `artifact.published` of `CDEvents`.
    Standard,
    /// GitHub: packages of its registry, with `X-Hub-Signature-256`.
    Github,
    /// The notifications of the distribution registry, with the secret as a bearer token.
    Distribution,
    /// Harbor, with the secret as its auth header.
    Harbor,
}

impl Source {
    pub const ALL: [Self; 4] = [Self::Standard, Self::Github, Self::Distribution, Self::Harbor];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Github => "github",
            Self::Distribution => "distribution",
            Self::Harbor => "harbor",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == text)
    }

    /// Where the other system is told the address and the secret.
    pub const fn instructions(self) -> &'static str {
        match self {
            Self::Standard => {
                "Sign each request as Standard Webhooks says. The body is a build, or an event of CloudEvents."
            }
            Self::Github => {
                "Settings → Webhooks → Add webhook: content type application/json, this secret, and the event “Registry packages”."
            }
            Self::Distribution => {
                "In the registry’s configuration, an endpoint of notifications with the header Authorization: Bearer SECRET."
            }
            Self::Harbor => {
                "Project → Webhooks: notify type http, event “Artifact pushed”, and this secret as the auth header."
            }
        }
    }
}

/// As people read it.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Standard => "Standard Webhooks",
            Self::Github => "GitHub",
            Self::Distribution => "Distribution registry",
            Self::Harbor => "Harbor",
        })
    }
}

/// An address at which builds of an integration are announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    pub id: HookId,
    pub project: Slug,
    pub integration: Slug,
    pub title: Title,
    pub source: Source,
    pub created_at: Time,
    /// Until when the secret before the last rotation counts, too.
    pub former_until: Option<Time>,
}

/// What the form for a hook holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HookForm {
    pub title: String,
    pub source: String,
}

impl HookForm {
    pub fn check(&self) -> Result<(Title, Source), Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let source = Source::parse(&self.source).ok_or("Choose whose webhooks come.");
        let source = check.field("source", source);
        check.finish(title.zip(source))
    }
}

/// What became of a webhook whose sender was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Its builds are received.
    Registered,
    /// It told of nothing that is a build.
    Ignored,
    /// An image of it is not in this registry; it can be replayed once it is.
    NotHere,
    /// Its builds cannot be received, or its body cannot be read.
    Refused,
    /// It is being worked on, or the server stopped before it was done.
    Unfinished,
}

impl Verdict {
    const ALL: [Self; 5] = [Self::Registered, Self::Ignored, Self::NotHere, Self::Refused, Self::Unfinished];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Ignored => "ignored",
            Self::NotHere => "not_here",
            Self::Refused => "refused",
            Self::Unfinished => "unfinished",
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotHere => "not here",
            other => other.name(),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == text)
    }
}

/// A webhook that came, from a sender who was known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookDelivery {
    pub id: HookDeliveryId,
    /// The id that its sender gave it, by which the same is known again.
    pub sent_as: String,
    pub received_at: Time,
    pub verdict: Verdict,
    /// What was received, or why not.
    pub detail: String,
    /// Its headers, without those that say who sent it.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// When it was last replayed, or taken up again.
    pub replayed_at: Option<Time>,
}

/// A request that was turned away before anything of it was read. Kept in memory, for who looks for the mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnedAway {
    pub at: Time,
    pub because: String,
}

/// The hooks of an integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HooksView {
    pub project: Slug,
    pub integration: Slug,
    pub hooks: Vec<Hook>,
    pub now: Time,
}

/// A hook with what came to it, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HookView {
    pub hook: Hook,
    /// Where webhooks are to be sent.
    pub address: String,
    pub deliveries: Vec<HookDelivery>,
    /// The delivery before which the next page starts, where there is one.
    pub older: Option<HookDeliveryId>,
    /// The newest first; those that came to this server since it was started.
    pub turned_away: Vec<TurnedAway>,
    pub now: Time,
}
