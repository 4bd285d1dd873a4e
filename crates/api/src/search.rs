//! Search.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::search as domain;
use utoipa::{IntoParams, ToSchema};

/// What to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// A name, a tag, at least four digits of a digest or a commit, or a promotion as `shop#12`.
    pub q: String,
    /// How many to list of each kind, 1 to 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// What was found, the best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchResults {
    pub items: Vec<Found>,
    /// Whether there is more of some kind than is listed.
    pub more: bool,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Found {
    Project(FoundProject),
    Integration(FoundPart),
    Service(FoundService),
    Environment(FoundPart),
    Build(FoundBuild),
    Promotion(FoundPromotion),
    Person(FoundPerson),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundProject {
    pub slug: String,
    pub title: String,
}

/// Something of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundPart {
    pub project: String,
    pub slug: String,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundService {
    #[serde(flatten)]
    pub part: FoundPart,
    /// `PROJECT/INTEGRATION` that builds it, where you see that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundBuild {
    pub project: String,
    pub integration: String,
    pub digest: String,
    pub tag: String,
    /// In lowercase; its first 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    pub received_at: Timestamp,
    /// The buckets in which it is current now.
    pub current_in: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundPromotion {
    pub project: String,
    pub number: i64,
    pub integration: String,
    pub tag: String,
    pub to: String,
    /// `waiting`, `applied`, `rejected` or `cancelled`.
    pub state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundPerson {
    pub id: String,
    pub name: String,
}

impl From<domain::Results> for SearchResults {
    fn from(results: domain::Results) -> Self {
        let more = results.groups.iter().any(|group| group.more);
        let hits = results.groups.into_iter().flat_map(|group| group.hits);
        Self { items: hits.filter_map(Found::of).collect(), more }
    }
}

impl Found {
    /// What is done on pages only is nothing for a client.
    fn of(hit: domain::Hit) -> Option<Self> {
        use domain::Hit;
        let part = |project: towpath_domain::slugs::Slug, slug: towpath_domain::slugs::Slug, title| {
            FoundPart { project: project.into(), slug: slug.into(), title }
        };
        Some(match hit {
            Hit::Project { slug, title } => Self::Project(FoundProject { slug: slug.into(), title }),
            Hit::Integration { project, slug, title } => Self::Integration(part(project, slug, title)),
            Hit::Environment { project, slug, title, .. } => Self::Environment(part(project, slug, title)),
            Hit::Service { project, slug, title, built_by } => Self::Service(FoundService {
                part: part(project, slug, title),
                built_by: built_by.map(|(project, integration)| format!("{project}/{integration}")),
            }),
            Hit::Build(build) => Self::Build(build.into()),
            Hit::Promotion { project, number, integration, tag, to, state } => {
                Self::Promotion(FoundPromotion {
                    project: project.into(),
                    number,
                    integration: integration.into(),
                    tag: tag.into(),
                    to: to.into(),
                    state,
                })
            }
            Hit::Person { id, name } => Self::Person(FoundPerson { id: id.to_string(), name }),
            Hit::Errand { .. } => return None,
        })
    }
}

impl From<domain::FoundBuild> for FoundBuild {
    fn from(build: domain::FoundBuild) -> Self {
        Self {
            project: build.project.into(),
            integration: build.integration.into(),
            digest: build.digest.into(),
            tag: build.tag.into(),
            commit: build.commit,
            received_at: build.received_at.into(),
            current_in: build.current_in.into_iter().map(String::from).collect(),
        }
    }
}
