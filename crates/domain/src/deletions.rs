//! Deleting what a project or the installation is set up of: what stands in the way, what goes with it, and the way back.
//!
//! What was deleted leaves lists and addresses; its history and its events stay. An integration, which holds builds, can
//! be restored for [`RESTORABLE`].

use crate::projects::Project;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::spans::Span;
use crate::times::Time;
use crate::words::Title;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How long a deleted integration can be restored. Its name is kept for it until then.
pub const RESTORABLE: Span = Span::DAYS_30;

/// What can be deleted, by its address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    Integration { project: String, slug: String },
    Environment { project: String, slug: String },
    Workflow { project: String, slug: String },
    Rule { project: String, slug: String },
    Stream { slug: String },
}

/// Something that uses the subject, so that it cannot be deleted yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum User {
    /// A workflow of which it is a stage, or in which a gate asks for it.
    Workflow { project: Slug, slug: Slug },
    /// A CI rule that leads builds there.
    Rule { project: Slug, slug: Slug },
    /// An integration that follows it.
    Integration { project: Slug, slug: Slug },
    /// An environment of the stream.
    Environment { project: Slug, slug: Slug },
    /// A service of another project that the integration builds.
    Service { project: Slug, slug: Slug },
    /// A promotion that waits, or that pins a build now.
    Promotion { project: Slug, number: i64, pins: bool },
    /// A hold that stops it, and would go on standing there.
    Hold { number: i64 },
    /// Others, in projects that who asks may not see.
    Unseen { count: usize },
}

/// A build that is current in a bucket which goes with the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    pub project: Slug,
    pub integration: Slug,
    pub bucket: Slug,
    pub tag: Tag,
}

/// What deleting something means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequences {
    pub title: Title,
    pub slug: Slug,
    /// In the way: it is deleted only when none is left. The first of them.
    pub users: Vec<User>,
    /// How many of them there are in all.
    pub used_by: usize,
    /// How many roles are bound at it and end with it, and how many open invitations.
    pub roles: usize,
    pub invitations: usize,
    /// What is current there and goes with it. The first of them.
    pub losses: Vec<Loss>,
    /// How many of them there are in all.
    pub lost: usize,
}

/// A deleted integration that can be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    pub slug: Slug,
    pub title: Title,
    pub at: Time,
}

/// The page that asks before it deletes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionView {
    pub consequences: Consequences,
    /// Absent for what the whole installation shares.
    pub project: Option<Project>,
    pub may_delete: Result<(), String>,
}

/// The deleted integrations of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedView {
    pub project: Project,
    /// The newest first.
    pub integrations: Vec<Deleted>,
    pub may_restore: Result<(), String>,
    pub now: Time,
}

/// Why something is not deleted or restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeletionRefused {
    #[error("The {what} {slug} is in use: {users}.", users = listed(users, *used_by))]
    InUse { what: &'static str, slug: Slug, users: Vec<User>, used_by: usize },
    #[error("The stream {slug} is built in and cannot be deleted.")]
    BuiltIn { slug: Slug },
}

impl Subject {
    /// The word for such a thing.
    pub const fn what(&self) -> &'static str {
        match self {
            Self::Integration { .. } => "integration",
            Self::Environment { .. } => "environment",
            Self::Workflow { .. } => "workflow",
            Self::Rule { .. } => "CI rule",
            Self::Stream { .. } => "stream",
        }
    }

    pub fn project(&self) -> Option<&str> {
        match self {
            Self::Integration { project, .. }
            | Self::Environment { project, .. }
            | Self::Workflow { project, .. }
            | Self::Rule { project, .. } => Some(project),
            Self::Stream { .. } => None,
        }
    }

    pub fn slug(&self) -> &str {
        match self {
            Self::Integration { slug, .. }
            | Self::Environment { slug, .. }
            | Self::Workflow { slug, .. }
            | Self::Rule { slug, .. }
            | Self::Stream { slug } => slug,
        }
    }
}

impl Consequences {
    /// Whether nothing stands in the way.
    pub fn check(&self, what: &'static str) -> Result<(), DeletionRefused> {
        if self.used_by == 0 {
            return Ok(());
        }
        let (slug, users, used_by) = (self.slug.clone(), self.users.clone(), self.used_by);
        Err(DeletionRefused::InUse { what, slug, users, used_by })
    }
}

impl Deleted {
    /// Until when it can be restored.
    pub fn until(&self) -> Time {
        RESTORABLE.after(self.at)
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workflow { project, slug } => write!(f, "the workflow {project}/{slug} names it"),
            Self::Rule { project, slug } => write!(f, "the CI rule {project}/{slug} leads builds there"),
            Self::Integration { project, slug } => write!(f, "the integration {project}/{slug} follows it"),
            Self::Environment { project, slug } => write!(f, "the environment {project}/{slug} is of it"),
            Self::Service { project, slug } => write!(f, "the service {project}/{slug} is built by it"),
            Self::Promotion { project, number, pins: false } => {
                write!(f, "the promotion {project}#{number} waits")
            }
            Self::Promotion { project, number, pins: true } => {
                write!(f, "the promotion {project}#{number} pins a build")
            }
            Self::Hold { number } => write!(f, "hold {number} is on it"),
            Self::Unseen { count: 1 } => f.write_str("one in a project that you may not see"),
            Self::Unseen { count } => write!(f, "{count} in projects that you may not see"),
        }
    }
}

fn listed(users: &[User], used_by: usize) -> String {
    let mut words: Vec<String> = users.iter().map(ToString::to_string).collect();
    if used_by > users.len() {
        words.push(format!("and {} more", used_by - users.len()));
    }
    words.join(", ")
}
