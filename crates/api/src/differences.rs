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
    /// The platform of which images were compared; absent where they have none in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    pub platforms: Names,
    /// Entrypoint, command, user and working directory, as far as they differ.
    pub settings: Vec<Changed>,
    /// Environment variables by name; values are never told.
    pub environment: Names,
    pub ports: Names,
    pub labels: Vec<Changed>,
    pub layers: Layers,
    /// Whether only the first 200 names, labels or layers of a kind are told.
    pub shortened: bool,
}

/// What differs between the layers of two images. Sizes are bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Layers {
    pub shared: usize,
    pub shared_size: i64,
    pub added: Vec<Layer>,
    pub added_count: usize,
    /// What has to be fetched by whoever has the first image.
    pub added_size: i64,
    pub removed: Vec<Layer>,
    pub removed_count: usize,
    /// Whether both have the same ones, in another order or number.
    pub reordered: bool,
}

/// What one image has and the other does not, and what both have with another value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Names {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
}

/// A text that is another one; absent where it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
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
            platform: told.platform,
            platforms: told.platforms.into(),
            settings: told.settings.into_iter().map(Changed::from).collect(),
            environment: told.environment.into(),
            ports: told.ports.into(),
            labels: told.labels.into_iter().map(Changed::from).collect(),
            layers: told.layers.into(),
            shortened: told.shortened,
        }
    }
}

impl From<domain::Layers> for Layers {
    fn from(layers: domain::Layers) -> Self {
        let list = |layers: Vec<domain::Layer>| layers.into_iter().map(Layer::from).collect();
        Self {
            shared: layers.shared,
            shared_size: layers.shared_size,
            added: list(layers.added),
            added_count: layers.added_count,
            added_size: layers.added_size,
            removed: list(layers.removed),
            removed_count: layers.removed_count,
            reordered: layers.reordered,
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
