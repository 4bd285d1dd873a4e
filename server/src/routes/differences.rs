//! The difference between two builds of an integration.

use super::callers::Caller;
use super::failures::Failure;
use super::queries::{Query, Sides};
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::differences::Comparison;
use towpath_service::{Service, differences};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(view))
}

/// Compares two builds of an integration: what is in two buckets, was in them at a moment, or any two by their digests.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/difference", operation_id = "compare_builds",
    tag = "builds", params(Sides),
    responses((status = 200, description = "As asked for", body = Comparison), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Query(Sides { from, to }): Query<Sides>,
) -> Result<Json<Comparison>, Failure> {
    let at = (project.as_str(), integration.as_str());
    Ok(Json(differences::view(&service, &caller.actor, at, &from, &to).await?.into()))
}
