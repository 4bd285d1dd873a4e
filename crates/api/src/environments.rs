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
