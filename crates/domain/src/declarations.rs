//! An installation as documents declare it: what each says, what there is, and how the one becomes the other.
//!
//! A declaration names things by their slugs, as people do. What there is can be told as declarations, too, so that both
//! are compared in the same words, and what was exported declares what is there.

mod planning;
#[cfg(test)]
mod tests;
mod world;

pub use planning::{Plan, Step, Verb, plan};
pub use world::{Holding, Kept, Means, World};

use crate::environments::EnvironmentForm;
use crate::integrations::IntegrationForm;
use crate::projects::ProjectForm;
use crate::retention::Retention;
use crate::roles::RoleForm;
use crate::rules::RuleForm;
use crate::streams::StreamForm;
use crate::trust_roots::TrustRootForm;
use crate::workflows::declared::Workflow;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What one document says that there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Declaration {
    Stream(StreamForm),
    /// A role of the installation's own.
    Role(RoleForm),
    Project(ProjectForm),
    Environment {
        project: String,
        form: EnvironmentForm,
    },
    TrustRoot {
        project: String,
        form: TrustRootForm,
    },
    Workflow {
        project: String,
        workflow: Workflow,
    },
    Rule {
        project: String,
        form: RuleForm,
    },
    Integration(DeclaredIntegration),
}

/// An integration with all that is set for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredIntegration {
    pub project: String,
    pub form: IntegrationForm,
    /// The rule that leads what is pushed to it, as the form's field takes it.
    pub rule: String,
    pub retention: Retention,
}

/// What can be declared, in the order in which one needs the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Stream,
    Role,
    Project,
    Environment,
    TrustRoot,
    Workflow,
    Rule,
    Integration,
}

/// Which thing a declaration is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    pub kind: Kind,
    /// Empty for what the whole installation shares, and for projects.
    pub project: String,
    pub slug: String,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::Stream,
        Self::Role,
        Self::Project,
        Self::Environment,
        Self::TrustRoot,
        Self::Workflow,
        Self::Rule,
        Self::Integration,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Role => "role",
            Self::Project => "project",
            Self::Environment => "environment",
            Self::TrustRoot => "trust_root",
            Self::Workflow => "workflow",
            Self::Rule => "rule",
            Self::Integration => "integration",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }

    /// Whether it belongs to no project.
    pub const fn is_shared(self) -> bool {
        matches!(self, Self::Stream | Self::Role | Self::Project)
    }
}

impl Declaration {
    pub fn name(&self) -> Name {
        let (kind, project, slug) = match self {
            Self::Stream(form) => (Kind::Stream, "", &form.slug),
            Self::Role(form) => (Kind::Role, "", &form.slug),
            Self::Project(form) => (Kind::Project, "", &form.slug),
            Self::TrustRoot { project, form } => (Kind::TrustRoot, project.as_str(), &form.name),
            Self::Environment { project, form } => (Kind::Environment, project.as_str(), &form.slug),
            Self::Workflow { project, workflow } => (Kind::Workflow, project.as_str(), &workflow.slug),
            Self::Rule { project, form } => (Kind::Rule, project.as_str(), &form.slug),
            Self::Integration(declared) => {
                (Kind::Integration, declared.project.as_str(), &declared.form.slug)
            }
        };
        Name { kind, project: project.to_owned(), slug: slug.clone() }
    }

    /// Whether it is what integrations follow that say nothing else.
    pub const fn is_default(&self) -> bool {
        match self {
            Self::Workflow { workflow, .. } => workflow.is_default,
            Self::Rule { form, .. } => form.is_default.is_some(),
            _ => false,
        }
    }
}

/// “environment shop/prod”
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, slash) =
            (self.kind.name().replace('_', " "), if self.project.is_empty() { "" } else { "/" });
        write!(f, "{kind} {}{slash}{}", self.project, self.slug)
    }
}
