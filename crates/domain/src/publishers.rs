//! Trusted publishing: a CI job shows the signed token that its system makes for it (OpenID Connect), and gets a token of
//! ours in exchange that lives for minutes. What a publisher trusts is claims: whose job, of which repository, by which
//! workflow. So no secret lies in the CI.

mod form;
mod matching;
mod systems;

pub use form::{NewPublisher, PublisherForm, named};
pub use matching::{Compared, Condition, Danger, accepts, compare, like, text};
pub use systems::{Field, System};

use crate::buckets::{BucketKey, Slot};
use crate::ids::{IntegrationId, PersonId, ProjectId, PublisherId, RefusalId};
use crate::integrations::Integration;
use crate::projects::Project;
use crate::times::Time;
use crate::words::Title;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How long a token lives that a job got in exchange, in seconds.
pub const ISSUED_SECONDS: i64 = 15 * 60;

/// Jobs of a CI that may push into a project, known by what their tokens say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publisher {
    pub id: PublisherId,
    pub project: ProjectId,
    /// The account in whose name its jobs act. Nobody signs in to it.
    pub account: PersonId,
    pub title: Title,
    pub system: System,
    /// Who signs the tokens, to the letter.
    pub issuer: String,
    /// The issuer's keys as JSON (RFC 7517 §5), where they were uploaded and are not fetched.
    pub keys: Option<String>,
    /// What the tokens have to say.
    pub conditions: Vec<Condition>,
    /// Whether jobs for pull requests may push, too.
    pub pull_requests: bool,
    pub reach: Reach,
    pub created_at: Time,
    pub used_at: Option<Time>,
    pub removed_at: Option<Time>,
}

/// Where a publisher's jobs may push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Empty for all of the project, those to come included.
    pub integrations: Vec<IntegrationId>,
    /// The buckets that they may name.
    pub buckets: Vec<BucketKey>,
    /// Whether they may push without naming one, to wherever the CI rule leads.
    pub by_rule: bool,
}

/// Why a job got no token, in full: for who configures the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refused", rename_all = "snake_case")]
pub enum Refusal {
    #[error("This is no token of a CI job: it cannot be read as a signed JSON web token (RFC 7519).")]
    Unreadable,
    #[error(
        "No publisher of this project trusts this job of “{issuer}”. Who configures the project sees on its page Publishers what the token says and what differs, and can trust it there."
    )]
    Untrusted { issuer: String },
    #[error("The keys of the issuer “{issuer}” cannot be read. {detail}")]
    Unavailable { issuer: String, detail: String },
    #[error("The token is not signed, or by an algorithm that is not accepted.")]
    Algorithm,
    #[error("The token is signed by none of the keys that its issuer publishes.")]
    Signature,
    #[error("The token is made for the audience “{audience}”. Ask the CI for one for “{expected}”.")]
    Audience { audience: String, expected: String },
    #[error(
        "The token has expired, or is not valid yet. Exchange it right after the CI made it; if that was so, look at the clocks."
    )]
    Time,
    #[error("The token has no “{claim}”, without which it is not accepted.")]
    Incomplete { claim: String },
    #[error("The token was exchanged before. Each is good once: ask the CI for another.")]
    Replayed,
    #[error("{0}")]
    Danger(Danger),
    #[error("The token says {got} for “{claim}”, but the publisher “{publisher}” wants {wanted}.")]
    Differs { publisher: String, claim: String, wanted: String, got: String },
}

impl Refusal {
    /// What the job itself is told. Anybody can show a token, and must not learn of projects and of whom they trust.
    #[must_use]
    pub fn to_the_job(&self, issuer: &str) -> Self {
        match self {
            Self::Unreadable
            | Self::Algorithm
            | Self::Audience { .. }
            | Self::Time
            | Self::Incomplete { .. } => self.clone(),
            // Whoever showed it before was trusted.
            Self::Replayed => Self::Replayed,
            Self::Untrusted { .. }
            | Self::Unavailable { .. }
            | Self::Signature
            | Self::Danger(_)
            | Self::Differs { .. } => Self::Untrusted { issuer: issuer.to_owned() },
        }
    }
}

/// A refused exchange, as it is kept for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub id: RefusalId,
    pub at: Time,
    pub refusal: Refusal,
    /// What the token said, where it could be read.
    pub claims: Map<String, Value>,
    /// Whether a key of its issuer signed it. If not, anybody may have written the claims.
    pub signed: bool,
    /// The address of the network that it came from.
    pub from: String,
}

/// A refused exchange beside what a publisher wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedView {
    pub refused: Refused,
    /// The publishers of that issuer, each with how the claims compare now.
    pub beside: Vec<(Title, Vec<Compared>)>,
    /// The claims that no publisher looks at.
    pub others: Vec<(String, String)>,
}

/// A publisher, in words for its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublisherLine {
    pub publisher: Publisher,
    /// “into qa and staging, or by the CI rule, of checkout”.
    pub reach: String,
}

/// The publishers of a project, with what was refused lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishersView {
    pub project: Project,
    /// Whether nobody else may push.
    pub demanded: bool,
    pub publishers: Vec<PublisherLine>,
    /// The newest first; empty for who may not configure.
    pub refused: Vec<RefusedView>,
    /// The audience that tokens must be made for.
    pub audience: String,
    pub may_configure: Result<(), String>,
    pub now: Time,
}

/// What the form for a new publisher offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublisherChoices {
    pub project: Project,
    pub integrations: Vec<Integration>,
    pub slots: Vec<Slot>,
    pub audience: String,
    /// The form as it starts: empty, or as a refused exchange fills it in.
    pub start: PublisherForm,
    pub may_configure: Result<(), String>,
}

impl Reach {
    /// In words: “into qa and staging, or by the CI rule, of checkout”.
    pub fn words(&self, integrations: &[Integration], slots: &[Slot]) -> String {
        let buckets = slots.iter().filter(|slot| self.buckets.contains(&slot.key));
        let buckets: Vec<String> = buckets.map(Slot::qualified).collect();
        let by_rule = if self.by_rule { "by the CI rule" } else { "" };
        let places = match (buckets.as_slice(), by_rule) {
            ([], "") => "into nothing that is still there".to_owned(),
            ([], rule) => rule.to_owned(),
            (some, "") => format!("into {}", list(some)),
            (some, rule) => format!("into {}, or {rule}", list(some)),
        };
        let named = integrations.iter().filter(|known| self.integrations.contains(&known.id));
        let named: Vec<String> = named.map(|known| known.slug.to_string()).collect();
        match named.as_slice() {
            _ if self.integrations.is_empty() => format!("{places}, of every integration"),
            [] => format!("{places}, of no integration that is still there"),
            some => format!("{places}, of {}", list(some)),
        }
    }
}

/// “a, b and c”.
fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests;
