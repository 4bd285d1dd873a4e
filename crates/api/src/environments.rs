//! Environments.

use serde::{Deserialize, Serialize};
use towpath_domain::environments as domain;
use utoipa::ToSchema;

/// One running place of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Environment {
    pub slug: String,
    pub title: String,
    /// The slug of its release stream.
    pub stream: String,
    /// Whether the stream is one of production.
    pub production: bool,
}

/// An environment to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnvironment {
    #[schema(examples("qa"))]
    pub slug: String,
    pub title: String,
    /// The slug of its release stream.
    #[schema(examples("qa"))]
    pub stream: String,
}

/// Moves an environment into another release stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMove {
    /// The slug of the stream.
    #[schema(examples("staging"))]
    pub stream: String,
    /// Moves it only if it is still of this stream; left out, of whichever.
    #[serde(default)]
    pub from: String,
    /// Only tells what it would mean.
    #[serde(default)]
    pub dry_run: bool,
}

/// What moving an environment into another stream means, or meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnvironmentMove {
    pub from: String,
    pub to: String,
    /// What stands in the way, in words: it is moved only when there is nothing.
    pub in_the_way: Vec<String>,
    /// What every service should run there.
    pub services: Vec<MovedService>,
    /// What else it means, in words.
    pub notes: Vec<String>,
}

/// What a service should run in an environment, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MovedService {
    pub service: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<MovedBuild>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<MovedBuild>,
    /// Whether that is another image.
    pub changes: bool,
}

/// A build, and the bucket that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MovedBuild {
    pub tag: String,
    pub digest: String,
    pub bucket: String,
}

impl From<domain::MoveOutlook> for EnvironmentMove {
    fn from(outlook: domain::MoveOutlook) -> Self {
        Self {
            notes: outlook.words(),
            from: outlook.from.slug.into(),
            to: outlook.to.slug.into(),
            in_the_way: outlook.users.iter().map(ToString::to_string).collect(),
            services: outlook.services.into_iter().map(MovedService::from).collect(),
        }
    }
}

impl From<domain::ShouldRun> for MovedService {
    fn from(service: domain::ShouldRun) -> Self {
        let build = |named: domain::Named| MovedBuild {
            tag: named.tag.into(),
            digest: named.digest.into(),
            bucket: named.bucket.into(),
        };
        Self {
            changes: service.changes(),
            service: service.service.into(),
            before: service.before.map(build),
            after: service.after.map(build),
        }
    }
}

impl From<domain::Environment> for Environment {
    fn from(environment: domain::Environment) -> Self {
        Self {
            slug: environment.slug.into(),
            title: environment.title.into(),
            stream: environment.stream.slug.into(),
            production: environment.stream.production,
        }
    }
}

impl From<NewEnvironment> for domain::EnvironmentForm {
    fn from(new: NewEnvironment) -> Self {
        Self { slug: new.slug, title: new.title, stream: new.stream }
    }
}
