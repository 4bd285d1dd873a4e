//! Builds.

use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::builds::BuildLives;
use towpath_service::{Service, builds};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(view))
}

/// A build by its digest, with its life in every integration that you see.
#[utoipa::path(
    get, path = "/builds/{digest}", operation_id = "get_build", tag = "builds",
    responses((status = 200, description = "As asked for", body = BuildLives), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(digest): Path<String>,
) -> Result<Json<BuildLives>, Failure> {
    Ok(Json(builds::view(&service, &caller.actor, &digest, builds::Part::WHOLE).await?.into()))
}
