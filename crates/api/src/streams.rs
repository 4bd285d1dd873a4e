//! Release streams.

use serde::{Deserialize, Serialize};
use towpath_domain::streams as domain;
use utoipa::ToSchema;

/// A named class of environments, the same throughout the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stream {
    pub slug: String,
    pub title: String,
    /// Sets stricter defaults for what enters its environments.
    pub production: bool,
    pub built_in: bool,
    /// The environments that you see, as `PROJECT/ENVIRONMENT`.
    pub environments: Vec<String>,
}

/// A release stream to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStream {
    #[schema(examples("preview"))]
    pub slug: String,
    pub title: String,
    #[serde(default)]
    pub production: bool,
}

impl From<domain::Stream> for Stream {
    fn from(stream: domain::Stream) -> Self {
        domain::StreamLine { stream, environments: Vec::new() }.into()
    }
}

impl From<domain::StreamLine> for Stream {
    fn from(line: domain::StreamLine) -> Self {
        Self {
            slug: line.stream.slug.into(),
            title: line.stream.title.into(),
            production: line.stream.production,
            built_in: line.stream.built_in,
            environments: line.environments,
        }
    }
}

impl From<NewStream> for domain::StreamForm {
    fn from(new: NewStream) -> Self {
        Self { slug: new.slug, title: new.title, production: new.production.then(|| "on".to_owned()) }
    }
}
