//! Projects: one software product each, with its environments, integrations, workflows and members.

mod archiving;

pub use archiving::{ArchiveRefused, Archived};

use crate::access::Role;
use crate::buckets::{BucketKey, Slot};
use crate::checks::TokenName;
use crate::environments::Environment;
use crate::forms::{Check, Invalid};
use crate::ids::ProjectId;
use crate::integrations::Integration;
use crate::rules::Rule;
use crate::services::Service;
use crate::slugs::Slug;
use crate::streams::Stream;
use crate::times::Time;
use crate::trust_roots::RootName;
use crate::words::Title;
use crate::workflows::Workflow;
use serde::{Deserialize, Serialize};

/// A software product; the built-in project `global` holds what all projects share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub id: ProjectId,
    pub slug: Slug,
    pub title: Title,
    pub created_at: Time,
    /// When it was archived; absent while it is in use.
    pub archived_at: Option<Time>,
    /// Present where loading the sample made it, to be looked at.
    pub sample: Option<Sample>,
}

/// How far loading the sample came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sample {
    /// It broke off; loading it again goes on.
    Unfinished,
    Whole,
}

/// What the form for a new project holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectForm {
    pub slug: String,
    pub title: String,
}

/// A checked new project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProject {
    pub slug: Slug,
    pub title: Title,
}

impl Project {
    pub fn is_global(&self) -> bool {
        self.slug == Slug::global()
    }
}

impl Sample {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unfinished => "unfinished",
            Self::Whole => "whole",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Unfinished, Self::Whole].into_iter().find(|known| known.name() == text)
    }
}

impl ProjectForm {
    pub fn check(&self) -> Result<NewProject, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let slug = check.field("slug", Slug::parse_new(&self.slug));
        check.finish(slug.zip(title).map(|(slug, title)| NewProject { slug, title }))
    }
}

/// A project with all that its page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectView {
    pub project: Project,
    pub environments: Vec<Environment>,
    pub streams: Vec<Stream>,
    pub workflows: Vec<Workflow>,
    pub rules: Vec<Rule>,
    /// A page of them, by slug.
    pub integrations: Vec<Integration>,
    /// A page of them, by slug.
    pub services: Vec<Served>,
    /// Where the next page of either starts, as far as there is one.
    pub next: Part,
    pub has_integration: bool,
    /// The roles whose holders may approve, for the form of a workflow.
    pub approving_roles: Vec<Role>,
    /// The tokens that can report here, for the same form; none for who may not configure.
    pub reporters: Vec<TokenName>,
    /// The trust roots that gates can ask for, alike.
    pub roots: Vec<RootName>,
    pub may_configure: Result<(), String>,
    /// Whether who looks may archive and restore it, whichever is next.
    pub may_archive: Result<(), String>,
    /// Whether who looks may load the rest of an unfinished sample.
    pub may_load_sample: Result<(), String>,
    pub now: Time,
}

/// A service with the integration that builds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    pub service: Service,
    /// By project and integration; absent where it may not be seen.
    pub built_by: Option<(Slug, Slug)>,
}

/// Which page of a project's integrations and of its services: what comes after these, or the first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub integrations: Option<Slug>,
    pub services: Option<Slug>,
}

/// Which projects a list is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    #[default]
    InUse,
    Archived,
}

/// The projects that someone sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectsView {
    pub listed: Listed,
    /// A page of them, by slug.
    pub projects: Vec<ProjectLine>,
    /// The project after which the next page starts, where there is one.
    pub next: Option<Slug>,
    pub may_create: Result<(), String>,
    /// Whether there are projects that were put away.
    pub archived: bool,
    pub now: Time,
}

/// A project in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectLine {
    pub project: Project,
    /// The first of them, by slug.
    pub integrations: Vec<Integration>,
    /// How many there are beside those.
    pub more: usize,
}

/// What a project needs next before a build can arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Environments,
    Workflow,
    Integration,
}

impl Step {
    /// One after the other, as long as there is no integration.
    pub const fn next(environments: bool, workflows: bool, integrations: bool) -> Option<Self> {
        match (integrations, environments, workflows) {
            (true, ..) => None,
            (_, false, _) => Some(Self::Environments),
            (.., false) => Some(Self::Workflow),
            _ => Some(Self::Integration),
        }
    }
}

impl ProjectView {
    /// What the project needs next; what is global has no environments of its own, and what is archived needs nothing.
    pub fn step(&self) -> Option<Step> {
        if self.project.archived_at.is_some() {
            return None;
        }
        let environments = self.project.is_global() || !self.environments.is_empty();
        Step::next(environments, !self.workflows.is_empty(), self.has_integration)
    }

    /// The slots that a workflow or an integration of this project can have, of both kinds.
    pub fn slots(&self) -> Vec<Slot> {
        slots(&self.environments, &self.streams)
    }
}

/// The slots that these environments and streams are, of both kinds.
pub fn slots(environments: &[Environment], streams: &[Stream]) -> Vec<Slot> {
    let environments = environments.iter().map(|environment| Slot {
        key: BucketKey::Environment(environment.id),
        slug: environment.slug.clone(),
        title: environment.title.clone(),
        stream: environment.stream.clone(),
    });
    let streams = streams.iter().map(|stream| Slot {
        key: BucketKey::ReleaseStream(stream.id),
        slug: stream.slug.clone(),
        title: stream.title.clone(),
        stream: stream.clone(),
    });
    environments.chain(streams).collect()
}
