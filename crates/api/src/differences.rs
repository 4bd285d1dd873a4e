//! The difference between two builds of an integration.

use crate::builds::Build;
use serde::{Deserialize, Serialize};
use towpath_domain::differences as domain;
use utoipa::ToSchema;

/// Two builds of an integration, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    pub project: String,
    pub integration: String,
    /// Absent where nothing was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Build>,
    pub to: Build,
    /// Where what lies between their commits can be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<String>,
    /// Absent where there is nothing to compare with, or an image could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
}

/// What differs between two images; of indexes, between those of one platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    pub platforms: Names,
    /// Entrypoint, command, user and working directory, as far as they differ.
    pub settings: Vec<Changed>,
    /// Environment variables by name; values are never told.
    pub environment: Names,
    pub ports: Names,
    pub labels: Vec<Changed>,
    pub shared_layers: usize,
    /// Bytes of the layers that both have.
    pub shared_bytes: i64,
    pub added_layers: Vec<Layer>,
    pub removed_layers: Vec<Layer>,
    /// Bytes of the layers that have to be fetched by whoever has the first image.
    pub added_bytes: i64,
}

/// What one image has and the other does not, and what both have with another value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Names {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
}

/// A text that is another one; empty where it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    pub name: String,
    pub from: String,
    pub to: String,
}

/// A layer of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Layer {
    pub digest: String,
    pub size: i64,
}

impl From<domain::Comparison> for Comparison {
    fn from(comparison: domain::Comparison) -> Self {
        Self {
            project: comparison.project.slug.into(),
            integration: comparison.integration.slug.into(),
            from: comparison.from.map(Build::from),
            to: comparison.to.into(),
            commits: comparison.commits_link,
            difference: comparison.difference.map(Difference::from),
        }
    }
}

impl From<domain::Difference> for Difference {
    fn from(told: domain::Difference) -> Self {
        Self {
            added_bytes: told.added_size(),
            platforms: told.platforms.into(),
            settings: told.settings.into_iter().map(Changed::from).collect(),
            environment: told.environment.into(),
            ports: told.ports.into(),
            labels: told.labels.into_iter().map(Changed::from).collect(),
            shared_layers: told.shared_layers,
            shared_bytes: told.shared,
            added_layers: told.added.into_iter().map(Layer::from).collect(),
            removed_layers: told.removed.into_iter().map(Layer::from).collect(),
        }
    }
}

impl From<domain::Names> for Names {
    fn from(names: domain::Names) -> Self {
        Self { added: names.added, removed: names.removed, changed: names.changed }
    }
}

impl From<domain::Changed> for Changed {
    fn from(changed: domain::Changed) -> Self {
        Self { name: changed.name, from: changed.from, to: changed.to }
    }
}

impl From<domain::Layer> for Layer {
    fn from(layer: domain::Layer) -> Self {
        Self { digest: layer.digest.into(), size: layer.size }
    }
}
