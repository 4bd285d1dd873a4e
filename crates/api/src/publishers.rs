//! Trusted publishing: CI jobs that push by the token that their CI makes for them.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use towpath_domain::publishers as domain;
use utoipa::ToSchema;

/// A CI job's own token, to be exchanged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobToken {
    /// The project that the job pushes into.
    pub project: String,
    /// The token that the CI made, for this installation's public address as its audience.
    pub token: String,
}

/// What a CI job got in exchange. It works at every door, and for the registry as a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedToken {
    /// Shown this once.
    pub secret: String,
    /// A quarter of an hour from now.
    pub expires_at: Timestamp,
    pub project: String,
    /// The title of the publisher that trusts the job.
    pub publisher: String,
    /// The integrations that it may push to; empty for all of the project.
    pub integrations: Vec<String>,
    /// The buckets that it may name, as `environment:qa` or `stream:qa`.
    pub buckets: Vec<String>,
    /// Whether it may push without naming one, to wherever the CI rule leads.
    pub by_rule: bool,
}

/// CI jobs that may push into a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Publisher {
    #[schema(format = "uuid")]
    pub id: String,
    pub title: String,
    /// `github`, `gitlab`, `circleci`, `buildkite` or `other`.
    pub system: String,
    pub issuer: String,
    /// Whether the issuer's keys were uploaded; else they are fetched from it.
    pub keys_uploaded: bool,
    /// What tokens have to say.
    pub claims: Vec<ClaimCondition>,
    /// Where its jobs may push, in words.
    pub reach: String,
    pub by_rule: bool,
    pub pull_requests: bool,
    pub created_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

/// What a claim has to be; `*` stands for any letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClaimCondition {
    pub claim: String,
    pub value: String,
}

/// The publishers of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Publishers {
    /// Whether nobody else may push.
    pub demanded: bool,
    /// The audience that the tokens of jobs must be made for.
    pub audience: String,
    pub publishers: Vec<Publisher>,
    /// The exchanges that were refused in the last days, the newest first; none for who may not configure.
    pub refused: Vec<RefusedExchange>,
}

/// An exchange that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedExchange {
    #[schema(format = "uuid")]
    pub id: String,
    pub at: Timestamp,
    pub reason: String,
    /// Whether a key of its issuer signed it. If not, anybody may have written the claims.
    pub signed: bool,
    /// What the token said.
    #[schema(value_type = Object)]
    pub claims: serde_json::Map<String, serde_json::Value>,
    /// The address that it came from.
    pub from: String,
}

/// CI jobs to trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPublisher {
    pub title: String,
    /// `github`, `gitlab`, `circleci`, `buildkite` or `other`.
    pub system: String,
    /// Left out, that of the system's cloud.
    #[serde(default)]
    pub issuer: String,
    /// The issuer's keys (RFC 7517), where it cannot be reached from here; left out, they are fetched.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub keys: Option<serde_json::Value>,
    /// What tokens have to say, by the names of claims; `*` stands for any letters.
    pub claims: BTreeMap<String, String>,
    /// By their slugs; left out, all of the project.
    #[serde(default)]
    pub integrations: Vec<String>,
    /// The buckets that jobs may name, as `environment:qa` or `stream:qa`.
    #[serde(default)]
    pub buckets: Vec<String>,
    /// Whether they may push without naming one, to wherever the CI rule leads.
    #[serde(default)]
    pub by_rule: bool,
    /// Whether jobs for pull requests may push, too.
    #[serde(default)]
    pub pull_requests: bool,
}

/// Whether a project takes pushes of trusted CI jobs alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishingDemand {
    pub demanded: bool,
}

impl From<domain::PublisherLine> for Publisher {
    fn from(line: domain::PublisherLine) -> Self {
        let domain::PublisherLine { publisher, reach } = line;
        let condition = |domain::Condition { claim, value }| ClaimCondition { claim, value };
        Self {
            id: publisher.id.to_string(),
            title: publisher.title.into(),
            system: publisher.system.name().to_owned(),
            issuer: publisher.issuer,
            keys_uploaded: publisher.keys.is_some(),
            claims: publisher.conditions.into_iter().map(condition).collect(),
            reach,
            by_rule: publisher.reach.by_rule,
            pull_requests: publisher.pull_requests,
            created_at: publisher.created_at.into(),
            used_at: publisher.used_at.map(Timestamp::from),
        }
    }
}

impl From<domain::Refused> for RefusedExchange {
    fn from(refused: domain::Refused) -> Self {
        let domain::Refused { id, at, refusal, claims, signed, from } = refused;
        Self { id: id.to_string(), at: at.into(), reason: refusal.to_string(), signed, claims, from }
    }
}

impl From<domain::PublishersView> for Publishers {
    fn from(view: domain::PublishersView) -> Self {
        Self {
            demanded: view.demanded,
            audience: view.audience,
            publishers: view.publishers.into_iter().map(Publisher::from).collect(),
            refused: view.refused.into_iter().map(|refused| refused.refused.into()).collect(),
        }
    }
}

impl From<NewPublisher> for domain::PublisherForm {
    fn from(new: NewPublisher) -> Self {
        let NewPublisher {
            title,
            system,
            issuer,
            keys,
            claims,
            integrations,
            buckets,
            by_rule,
            pull_requests,
        } = new;
        let ticked = |on: bool| on.then(|| "on".to_owned());
        let fields = domain::System::parse(&system).map(domain::System::fields).unwrap_or_default();
        let asked = |claim: &String| fields.iter().any(|field| field.claim == claim);
        let (claims, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
            claims.into_iter().partition(|(claim, _)| asked(claim));
        let line = |(claim, value): (String, String)| format!("{claim} = {value}\n");
        Self {
            title,
            system,
            issuer,
            keys: keys.map(|keys| keys.to_string()).unwrap_or_default(),
            claims,
            more: others.into_iter().map(line).collect(),
            integrations,
            buckets,
            by_rule: ticked(by_rule),
            pull_requests: ticked(pull_requests),
        }
    }
}
