//! What Argo CD's plugin generator asks for and takes (argo-cd.readthedocs.io, “Plugin Generator”). Names and shapes are its own.

use crate::buckets::{EnvironmentImages, Image};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A call of an `ApplicationSet`. What else Argo CD sends is let be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GeneratorCall {
    pub input: GeneratorInput,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GeneratorInput {
    pub parameters: GeneratorParameters,
}

/// The parameters that stand in the `ApplicationSet`. It may have others, for its own template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GeneratorParameters {
    #[schema(examples("shop"))]
    pub project: String,
    #[schema(examples("prod"))]
    pub environment: String,
    /// What becomes of services that have no image.
    #[serde(default)]
    pub missing: Missing,
}

/// What becomes of services that have no image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Nothing is generated, so that no application is deleted.
    #[default]
    Refuse,
    /// They are left out.
    Skip,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GeneratorAnswer {
    pub output: GeneratorOutput,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GeneratorOutput {
    pub parameters: Vec<ImageParameters>,
}

/// The parameters of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImageParameters {
    pub project: String,
    pub environment: String,
    pub stream: String,
    pub service: String,
    /// What to pull: `REPOSITORY@DIGEST`.
    pub image: String,
    /// `HOST/PROJECT/INTEGRATION/BUCKET`.
    pub repository: String,
    pub digest: String,
    pub tag: String,
    /// What says so: `pin`, `bucket` or `default`.
    pub source: String,
}

impl ImageParameters {
    pub fn of(environment: &EnvironmentImages, image: &Image) -> Self {
        let repository =
            image.reference.split_once('@').map_or(&*image.reference, |(repository, _)| repository);
        Self {
            project: environment.project.clone(),
            environment: environment.environment.clone(),
            stream: environment.stream.clone(),
            service: image.service.clone(),
            image: image.reference.clone(),
            repository: repository.to_owned(),
            digest: image.digest.clone(),
            tag: image.tag.clone(),
            source: image.source.name().to_owned(),
        }
    }
}
