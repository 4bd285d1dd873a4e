//! Projects.

use crate::environments::Environment;
use crate::integrations::Integration;
use crate::times::Timestamp;
use crate::workflows::Workflow;
use serde::{Deserialize, Serialize};
use towpath_domain::projects as domain;
use towpath_domain::slugs::Slug;
use utoipa::ToSchema;

/// A software product; the built-in project `global` holds what all projects share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Project {
    pub slug: String,
    pub title: String,
    pub created_at: Timestamp,
    /// When it was archived; absent while it is in use. Nothing in an archived project changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<Timestamp>,
    /// Whether loading the sample made it, to be looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sample: bool,
}

/// A project with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectDetail {
    #[serde(flatten)]
    pub project: Project,
    pub environments: Vec<Environment>,
    pub workflows: Vec<Workflow>,
    pub integrations: Vec<Integration>,
    pub services: Vec<Service>,
}

/// A deployable workload, with the integration that builds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Service {
    pub slug: String,
    pub title: String,
    /// Absent where another project's integration builds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
}

/// A project to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// Permanent; lowercase letters, digits and single hyphens, at most 40 characters.
    #[schema(examples("shop"))]
    pub slug: String,
    pub title: String,
}

impl From<domain::Project> for Project {
    fn from(project: domain::Project) -> Self {
        Self {
            slug: project.slug.into(),
            title: project.title.into(),
            created_at: project.created_at.into(),
            archived_at: project.archived_at.map(Timestamp::from),
            sample: project.sample.is_some(),
        }
    }
}

impl From<domain::ProjectView> for ProjectDetail {
    fn from(view: domain::ProjectView) -> Self {
        let slots = view.slots();
        let names: Vec<_> = view.workflows.iter().map(|workflow| workflow.name.clone()).collect();
        let own = |built_by: Option<(Slug, Slug)>| {
            built_by.filter(|(home, _)| home == &view.project.slug).map(|(_, integration)| integration.into())
        };
        let services = view
            .services
            .into_iter()
            .map(|domain::Served { service, built_by }| Service {
                slug: service.slug.into(),
                title: service.title.into(),
                integration: own(built_by),
            })
            .collect();
        Self {
            environments: view.environments.into_iter().map(Environment::from).collect(),
            workflows: view.workflows.iter().map(|workflow| Workflow::new(workflow, &slots)).collect(),
            integrations: view
                .integrations
                .into_iter()
                .map(|integration| Integration::new(integration, &names))
                .collect(),
            services,
            project: view.project.into(),
        }
    }
}

impl From<NewProject> for domain::ProjectForm {
    fn from(new: NewProject) -> Self {
        Self { slug: new.slug, title: new.title }
    }
}
