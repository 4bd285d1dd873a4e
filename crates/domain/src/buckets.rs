//! Buckets: the slots of an integration, one for each environment or each release stream.

use crate::access::Target;
use crate::ids::{EnvironmentId, IntegrationId, ProjectId, StreamId};
use crate::slugs::Slug;
use crate::streams::Stream;
use crate::words::Title;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// What the buckets of an integration, and the stages of a workflow, stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BucketKind {
    Environment,
    ReleaseStream,
}

/// Which environment or stream a bucket stands for; unique within one integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum BucketKey {
    Environment(EnvironmentId),
    ReleaseStream(StreamId),
}

/// A bucket by its key and its permanent name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketName {
    #[serde(flatten)]
    pub key: BucketKey,
    pub slug: Slug,
}

/// A slot that an integration has, whether or not anything was ever placed in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub key: BucketKey,
    pub slug: Slug,
    pub title: Title,
    /// The stream itself, or the stream of the environment.
    pub stream: Stream,
}

impl BucketKind {
    pub const ALL: [Self; 2] = [Self::Environment, Self::ReleaseStream];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::ReleaseStream => "release_stream",
        }
    }

    /// What people read: “environments” or “release streams”.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Environment => "environments",
            Self::ReleaseStream => "release streams",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

impl BucketKey {
    pub const fn kind(self) -> BucketKind {
        match self {
            Self::Environment(_) => BucketKind::Environment,
            Self::ReleaseStream(_) => BucketKind::ReleaseStream,
        }
    }

    pub const fn id(self) -> Uuid {
        match self {
            Self::Environment(id) => id.uuid(),
            Self::ReleaseStream(id) => id.uuid(),
        }
    }

    pub fn new(kind: BucketKind, id: Uuid) -> Self {
        match kind {
            BucketKind::Environment => Self::Environment(EnvironmentId(id)),
            BucketKind::ReleaseStream => Self::ReleaseStream(StreamId(id)),
        }
    }
}

impl Slot {
    /// Where this slot of an integration stands for the question who may do what.
    pub fn target(&self, project: ProjectId, integration: IntegrationId) -> Target {
        Target {
            project: Some(project),
            integration: Some(integration),
            environment: match self.key {
                BucketKey::Environment(id) => Some(id),
                BucketKey::ReleaseStream(_) => None,
            },
            stream: Some(self.stream.id),
            production: self.stream.production,
        }
    }

    /// The name that is unique beyond one integration: `environment:qa` or `stream:qa`.
    pub fn qualified(&self) -> String {
        match self.key {
            BucketKey::Environment(_) => format!("environment:{}", self.slug),
            BucketKey::ReleaseStream(_) => format!("stream:{}", self.slug),
        }
    }
}

impl fmt::Display for BucketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "environment",
            Self::ReleaseStream => "release stream",
        })
    }
}
