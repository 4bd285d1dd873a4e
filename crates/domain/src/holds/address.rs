//! How a hold's subject is written in addresses, on the command line and in REST.

use crate::digests::Digest;
use crate::slugs::Slug;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a hold stops, by its names: `stream:production`, `environment:shop/prod`, `build:sha256:…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum HoldAddress {
    /// `installation`
    Installation,
    /// `stream:STREAM`
    Stream { stream: Slug },
    /// `project:PROJECT`
    Project { project: Slug },
    /// `environment:PROJECT/ENVIRONMENT`
    Environment { project: Slug, environment: Slug },
    /// `bucket:PROJECT/INTEGRATION/BUCKET`
    Bucket { project: Slug, integration: Slug, bucket: Slug },
    /// `build:DIGEST`, everywhere, or `build:PROJECT/DIGEST`
    Build { project: Option<Slug>, digest: Digest },
}

/// A text names nothing that can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "Choose what to stop. In REST and the command: installation, stream:production, project:shop, environment:shop/prod, \
     bucket:shop/checkout/prod, build:sha256:… or build:shop/sha256:…."
)]
pub struct AddressError;

impl HoldAddress {
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text == "installation" {
            return Ok(Self::Installation);
        }
        let (kind, name) = text.split_once(':').ok_or(AddressError)?;
        let slug = |text: &str| Slug::parse(text).map_err(|_| AddressError);
        let digest = |text: &str| Digest::parse(text).map_err(|_| AddressError);
        let parts: Vec<&str> = name.split('/').collect();
        Ok(match (kind, parts.as_slice()) {
            ("stream", [stream]) => Self::Stream { stream: slug(stream)? },
            ("project", [project]) => Self::Project { project: slug(project)? },
            ("environment", [project, environment]) => {
                Self::Environment { project: slug(project)?, environment: slug(environment)? }
            }
            ("bucket", [project, integration, bucket]) => Self::Bucket {
                project: slug(project)?,
                integration: slug(integration)?,
                bucket: slug(bucket)?,
            },
            ("build", [build]) => Self::Build { project: None, digest: digest(build)? },
            ("build", [project, build]) => {
                Self::Build { project: Some(slug(project)?), digest: digest(build)? }
            }
            _ => return Err(AddressError),
        })
    }

    /// As a sentence names it: “the environment shop/prod”.
    pub fn words(&self) -> String {
        match self {
            Self::Installation => "the installation".to_owned(),
            Self::Stream { stream } => format!("the stream {stream}"),
            Self::Project { project } => format!("the project {project}"),
            Self::Environment { project, environment } => format!("the environment {project}/{environment}"),
            Self::Bucket { project, integration, bucket } => {
                format!("the bucket {project}/{integration}/{bucket}")
            }
            Self::Build { project: None, digest } => format!("the build {} everywhere", digest.short()),
            Self::Build { project: Some(project), digest } => {
                format!("the build {} in {project}", digest.short())
            }
        }
    }
}

impl fmt::Display for HoldAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installation => f.write_str("installation"),
            Self::Stream { stream } => write!(f, "stream:{stream}"),
            Self::Project { project } => write!(f, "project:{project}"),
            Self::Environment { project, environment } => write!(f, "environment:{project}/{environment}"),
            Self::Bucket { project, integration, bucket } => {
                write!(f, "bucket:{project}/{integration}/{bucket}")
            }
            Self::Build { project: None, digest } => write!(f, "build:{digest}"),
            Self::Build { project: Some(project), digest } => write!(f, "build:{project}/{digest}"),
        }
    }
}

impl TryFrom<String> for HoldAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<HoldAddress> for String {
    fn from(address: HoldAddress) -> Self {
        address.to_string()
    }
}
