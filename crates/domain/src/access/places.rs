//! Where roles are bound, and what actions are about.

use super::Action;
use crate::ids::{EnvironmentId, IntegrationId, ProjectId, StreamId};
use serde::{Deserialize, Serialize};

/// Where a role is bound; it reaches everything inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    Installation,
    Project {
        project: ProjectId,
    },
    Environment {
        project: ProjectId,
        environment: EnvironmentId,
    },
    /// Every environment and every bucket of a stream, in all projects.
    Stream {
        stream: StreamId,
    },
}

/// What an action is about; each part is known as far as the thing has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub project: Option<ProjectId>,
    pub integration: Option<IntegrationId>,
    pub environment: Option<EnvironmentId>,
    pub stream: Option<StreamId>,
    /// Whether the stream is one of production.
    pub production: bool,
}

impl Place {
    /// Whether a role bound here may count for something in a project.
    pub(crate) fn may_reach(&self, within: ProjectId) -> bool {
        match *self {
            Self::Installation | Self::Stream { .. } => true,
            Self::Project { project } | Self::Environment { project, .. } => project == within,
        }
    }

    /// Whether a role bound here counts for `action` on `target`. To see or pull from a project it
    /// is enough to have a role somewhere inside.
    pub(super) fn covers(&self, action: Action, target: &Target) -> bool {
        let reads = matches!(action, Action::View);
        match *self {
            Self::Installation => true,
            Self::Project { project } => target.project == Some(project),
            Self::Environment { project, environment } => {
                target.environment == Some(environment) || (reads && target.project == Some(project))
            }
            Self::Stream { stream } => target.stream == Some(stream) || (reads && target.project.is_some()),
        }
    }
}

impl Target {
    /// The installation itself.
    pub fn installation() -> Self {
        Self::default()
    }

    pub fn project(project: ProjectId) -> Self {
        Self { project: Some(project), ..Self::default() }
    }

    pub fn integration(project: ProjectId, integration: IntegrationId) -> Self {
        Self { integration: Some(integration), ..Self::project(project) }
    }
}
