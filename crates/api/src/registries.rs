//! Registries elsewhere.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use towpath_domain::outside_steps::StepOf;
use towpath_domain::registries as domain;
use utoipa::ToSchema;

/// A registry elsewhere that a project, or the installation, is connected with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Registry {
    #[schema(format = "uuid")]
    pub id: String,
    /// The project that it is connected with; left out where the whole installation is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    pub name: String,
    #[schema(examples("https://ghcr.io"))]
    pub address: String,
    /// Who signs in there; left out where nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Below which its repositories lie that may be used; left out for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<String>,
    pub created_at: Timestamp,
}

/// A registry, with what uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegistryDetail {
    #[serde(flatten)]
    pub registry: Registry,
    pub used_by: Vec<RegistryUse>,
}

/// An outside step that uses a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegistryUse {
    pub project: String,
    pub integration: String,
    /// Left out where it is that of every bucket without one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// What it does, in words.
    pub does: String,
}

/// A registry to connect.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRegistry {
    /// The project; left out, the installation.
    #[serde(default)]
    pub project: String,
    /// A slug, for good.
    pub name: String,
    /// A host, or an address by https; http where the server's `outgoing_allow` says so.
    pub address: String,
    /// Left out, nobody signs in.
    #[serde(default)]
    pub user: String,
    /// The password or token of the user. It is sealed, and never shown again.
    #[serde(default)]
    pub secret: String,
    /// Below which repositories lie that may be used, such as `acme` or `acme/{project}`; left out, all.
    #[serde(default)]
    pub below: String,
}

/// How a registry is to be from now on.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistryChange {
    pub address: String,
    #[serde(default)]
    pub user: String,
    /// Left out, the password stays as it is; where address or user are others, it has to be given.
    #[serde(default)]
    pub secret: String,
    #[serde(default)]
    pub below: String,
}

/// What a try to speak with a registry came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegistryTrial {
    pub works: bool,
    /// What was found, or what failed.
    pub detail: String,
}

/// Tags of a repository elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RepositoryTags {
    pub repository: String,
    pub tags: Vec<String>,
    /// The tag after which the next page starts, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl From<domain::Registry> for Registry {
    fn from(registry: domain::Registry) -> Self {
        let domain::Registry { id, project, slug, address, user, below, created_at } = registry;
        Self {
            id: id.to_string(),
            project: project.map(Into::into),
            name: slug.into(),
            address: address.into(),
            user,
            below: below.map(Into::into),
            created_at: created_at.into(),
        }
    }
}

impl From<domain::RegistryView> for RegistryDetail {
    fn from(view: domain::RegistryView) -> Self {
        let used = |step: StepOf| RegistryUse {
            project: step.project.into(),
            integration: step.integration.into(),
            bucket: step.bucket.map(Into::into),
            does: step.words,
        };
        Self { registry: view.registry.into(), used_by: view.used_by.into_iter().map(used).collect() }
    }
}

impl From<NewRegistry> for domain::RegistryForm {
    fn from(new: NewRegistry) -> Self {
        let NewRegistry { project: _, name, address, user, secret, below } = new;
        Self { name, address, user, secret, below }
    }
}

impl From<RegistryChange> for domain::RegistryForm {
    fn from(change: RegistryChange) -> Self {
        let RegistryChange { address, user, secret, below } = change;
        Self { name: String::new(), address, user, secret, below }
    }
}

impl From<domain::Tried> for RegistryTrial {
    fn from(tried: domain::Tried) -> Self {
        Self { works: tried.works, detail: tried.words }
    }
}

impl From<domain::Tags> for RepositoryTags {
    fn from(domain::Tags { repository, tags, after }: domain::Tags) -> Self {
        Self { repository: repository.into(), tags, after }
    }
}

/// Never the password.
impl fmt::Debug for NewRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRegistry")
            .field("name", &self.name)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// Never the password.
impl fmt::Debug for RegistryChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryChange").field("address", &self.address).finish_non_exhaustive()
    }
}
