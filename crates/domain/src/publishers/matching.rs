//! Whether a job is whom a publisher trusts: its claims beside what is wanted of them.

use super::{Publisher, Refusal, System};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// What a claim has to be; `*` stands for any letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub claim: String,
    pub value: String,
}

/// A claim beside what a publisher wants of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    pub claim: String,
    pub wanted: String,
    /// Absent where the token does not say.
    pub got: Option<String>,
    pub fits: bool,
}

/// What makes a job one that must not push, whoever trusts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Danger {
    pub claim: String,
    pub value: String,
    pub why: String,
}

impl fmt::Display for Danger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { claim, value, why } = self;
        write!(f, "The token says “{value}” for “{claim}”. {why}, so it gets no token here.")
    }
}

/// A claim's value in words: texts as they are, whatever else as JSON.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

impl Condition {
    fn compare(&self, claims: &Map<String, Value>) -> Compared {
        let got = claims.get(&self.claim).filter(|value| !value.is_null());
        let fits = match got {
            // One of several, such as the contexts of a job.
            Some(Value::Array(several)) => several.iter().any(|one| self.fits(&text(one))),
            Some(one) => self.fits(&text(one)),
            None => false,
        };
        Compared { claim: self.claim.clone(), wanted: self.value.clone(), got: got.map(text), fits }
    }

    fn fits(&self, value: &str) -> bool {
        // Forges do not tell their names apart by case.
        if matches!(self.claim.as_str(), "repository" | "project_path" | "workflow_ref") {
            return like(&self.value.to_ascii_lowercase(), &value.to_ascii_lowercase());
        }
        like(&self.value, value)
    }
}

/// Whether a text is like a pattern in which `*` stands for any letters, none included.
pub fn like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = rest.split('*').collect();
    let (last, middle) = parts.split_last().unwrap_or((&"", &[]));
    for part in middle {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last)
}

impl Compared {
    fn refusal(&self, publisher: &Publisher) -> Refusal {
        Refusal::Differs {
            publisher: publisher.title.to_string(),
            claim: self.claim.clone(),
            wanted: format!("“{}”", self.wanted),
            got: self.got.as_ref().map_or_else(|| "nothing".to_owned(), |got| format!("“{got}”")),
        }
    }
}

/// What a publisher wants, each beside what the claims say.
pub fn compare(publisher: &Publisher, claims: &Map<String, Value>) -> Vec<Compared> {
    publisher.conditions.iter().map(|condition| condition.compare(claims)).collect()
}

/// Why a job must not push, whichever publisher trusts it: what holds for the system of its issuer holds for all of them, and
/// so does what holds for one of them.
fn danger(
    publishers: &[Publisher],
    issuer: &str,
    claims: &Map<String, Value>,
    pull_requests: bool,
) -> Option<Danger> {
    let systems = publishers.iter().map(|publisher| publisher.system);
    let mut systems = systems.chain([System::of_issuer(issuer)]);
    systems.find_map(|system| system.danger(claims, pull_requests))
}

/// The publisher that trusts a job, if its claims are not of a kind that must not push. All publishers are of its issuer.
///
/// # Errors
/// The first difference to the publisher that comes nearest, or what makes the job dangerous.
pub fn accepts<'a>(
    publishers: &'a [Publisher],
    issuer: &str,
    claims: &Map<String, Value>,
) -> Result<&'a Publisher, Refusal> {
    let mut nearest: Option<(usize, Refusal)> = None;
    for publisher in publishers {
        let compared = compare(publisher, claims);
        let differs: Vec<&Compared> = compared.iter().filter(|compared| !compared.fits).collect();
        // What must never push is told first, whatever else differs.
        let danger = danger(publishers, issuer, claims, publisher.pull_requests).map(Refusal::Danger);
        let refusal = danger.or_else(|| differs.first().map(|first| first.refusal(publisher)));
        let Some(refusal) = refusal else { return Ok(publisher) };
        if nearest.as_ref().is_none_or(|(count, _)| differs.len() < *count) {
            nearest = Some((differs.len(), refusal));
        }
    }
    let untrusted = || Refusal::Untrusted { issuer: issuer.to_owned() };
    Err(nearest.map_or_else(untrusted, |(_, refusal)| refusal))
}
