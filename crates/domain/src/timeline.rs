//! The audit timeline: one immutable event for every change that anyone or anything makes.
//!
//! An event's bytes are final: [`canonical`] writes them once, they are hashed as a leaf of a Merkle
//! tree, and everything else (columns, sentences) is derived from them.

pub mod canonical;
pub mod sentence;

mod about;
mod change;
mod kinds;
mod shapes;

pub use about::PROMOTION_KINDS;
pub use change::Change;
pub use kinds::KINDS;
pub use shapes::{PinTold, RoleShape, RuleShape, StageShape, WorkflowShape};

use crate::digests::Digest;
use crate::ids::{BucketId, BuildId, EventId, IntegrationId, PersonId, ProjectId, TokenId};
use crate::references::Tag;
use crate::slugs::Slug;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// One change, with who made it, when and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub id: EventId,
    pub at: Time,
    pub actor: EventActor,
    pub scene: Scene,
    pub change: Change,
}

/// Who made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum EventActor {
    Person {
        person: PersonId,
    },
    Token {
        token: TokenId,
        owner: PersonId,
    },
    /// A command in the server's shell.
    Shell,
    /// The server by itself.
    System,
}

/// Where a change happened, as narrow as it is known. Slugs are permanent, so they stand here too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scene {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<Named<ProjectId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration: Option<Named<IntegrationId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Named<BucketId>>,
    /// Whether it changes what stands before production: its gates, its holds, or who may act there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub production: bool,
}

/// An id with its permanent name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<Id> {
    pub id: Id,
    pub slug: Slug,
}

/// A build as an event names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildName {
    pub id: BuildId,
    pub digest: Digest,
    pub tag: Tag,
}

/// A text that may tell of a person. In the canonical bytes only a salted commitment to it stands;
/// the text lies beside them, and may be erased without breaking the proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Personal {
    #[serde(rename = "$personal")]
    Known(String),
    #[serde(rename = "$erased")]
    Erased(String),
}

impl Personal {
    pub fn new(text: &impl ToString) -> Self {
        Self::Known(text.to_string())
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Known(text) => text,
            Self::Erased(_) => "(erased)",
        }
    }
}

impl EventActor {
    /// The person behind the change, where there is one.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { person } | Self::Token { owner: person, .. } => Some(*person),
            Self::Shell | Self::System => None,
        }
    }

    /// The token by which it was done, where a machine did it.
    pub const fn token(&self) -> Option<TokenId> {
        match self {
            Self::Token { token, .. } => Some(*token),
            Self::Person { .. } | Self::Shell | Self::System => None,
        }
    }
}

impl Event {
    /// What whoever reads it should not pass over.
    pub fn mark(&self) -> Option<&'static str> {
        match self.change {
            Change::AdminLinkIssued { .. } => Some("admin by the shell"),
            _ => self.scene.production.then_some("touches production"),
        }
    }
}

/// One event as the timeline shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the log, from 1 without gaps.
    pub seq: i64,
    pub at: Time,
    pub kind: String,
    /// Who did it, in words: a name, “the server”, “the shell”.
    pub who: String,
    /// The title of the token, where a machine did it.
    pub with: Option<String>,
    pub sentence: Vec<sentence::Part>,
    pub reason: Option<String>,
    /// What whoever reads it should not pass over, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

/// Which events to show; empty parts do not narrow. The form's fields and the address's query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub project: String,
    /// `PROJECT/INTEGRATION`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub integration: String,
    /// A bucket's slug, in any integration or in the given one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bucket: String,
    /// A person's id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub person: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
}

/// A part of a filter that names nothing which who asks could see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "part", content = "text", rename_all = "snake_case")]
pub enum Unmatched {
    #[error("There is no project “{0}” that you can see.")]
    Project(String),
    #[error("There is no integration “{0}” that you can see.")]
    Integration(String),
    #[error("No bucket “{0}” had a build yet.")]
    Bucket(String),
    #[error("There is no such person that you can see.")]
    Person,
    #[error("There is no kind of change called “{0}”.")]
    Kind(String),
}

/// How far the audit log is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedUpTo {
    /// The number of the last event that is.
    pub seq: i64,
    /// When it was.
    pub at: Time,
}

/// A page of the timeline, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelinePage {
    pub entries: Vec<Entry>,
    /// The number before which the next page starts, where there is one.
    pub older: Option<i64>,
    /// What the filter can choose from: projects, integrations as `PROJECT/INTEGRATION`, people.
    pub projects: Vec<Slug>,
    pub integrations: Vec<String>,
    pub people: Vec<(PersonId, String)>,
    /// The audit log's size when this was read.
    pub as_of: i64,
    /// How far the log is signed, once it is.
    pub signed: Option<SignedUpTo>,
    /// The part of the filter for which there is nothing at all.
    pub unmatched: Option<Unmatched>,
    pub now: Time,
}
