//! Services: the deployable workloads of a project, each linked to the integration that builds it.

use crate::ids::{IntegrationId, ProjectId, ServiceId};
use crate::slugs::Slug;
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// A deployable workload. It is keyed by its slug wherever a deployer asks what should run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub id: ServiceId,
    pub project: ProjectId,
    pub slug: Slug,
    pub title: Title,
    pub integration: IntegrationId,
}
