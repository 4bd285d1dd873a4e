//! Ready files by which a CI pushes into an integration.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use serde::{Deserialize, Serialize};
use towpath_domain::slugs::Slug;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// The files of one CI for an integration, and what else there is to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pipeline {
    pub project: Slug,
    pub integration: Slug,
    /// The word of the CI whose files these are.
    pub system: String,
    /// Each CI by its word and its name.
    pub systems: Vec<(String, String)>,
    /// The bucket that they push into; empty where the CI rule leads.
    pub bucket: String,
    /// The buckets that take pushes.
    pub buckets: Vec<Slug>,
    pub files: Vec<File>,
}

/// A file, by its place in a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub place: String,
    pub text: String,
}

/// The files of a CI for an integration, into a bucket. An unknown CI is the first one, an unknown bucket none.
#[server(prefix = "/fn", endpoint = "view_pipeline", output = Answer)]
pub async fn view_pipeline(
    project: String,
    integration: String,
    #[server(default)] system: String,
    #[server(default)] bucket: String,
) -> Result<Pipeline, AppError> {
    use crate::pipelines::{self, SYSTEMS, filled};
    use towpath_domain::workflows::Arrivals;
    let (_, actor) = signed_in()?;
    let service = service()?;
    let board = towpath_service::boards::view(&service, &actor, &project, &integration).await?;
    let open = board.columns.iter().filter(|column| column.arrivals == Arrivals::Any);
    let buckets: Vec<Slug> = open.map(|column| column.slot.slug.clone()).collect();
    let bucket = buckets.iter().find(|slug| slug.as_str() == bucket).map(ToString::to_string);
    let bucket = bucket.unwrap_or_default();
    let chosen = pipelines::system(&system);
    let name = format!("{}/{}", board.project.slug, board.integration.slug);
    Ok(Pipeline {
        files: filled(chosen, service.public_url(), &name, &bucket),
        project: board.project.slug,
        integration: board.integration.slug,
        system: chosen.0.to_owned(),
        systems: SYSTEMS.iter().map(|(word, name, _)| ((*word).to_owned(), (*name).to_owned())).collect(),
        bucket,
        buckets,
    })
}
