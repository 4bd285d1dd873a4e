//! What was current in an integration's buckets at a moment.

use super::callers::Caller;
use super::failures::Failure;
use super::queries::{At, Query};
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::moments::Moment;
use towpath_service::{Service, moments};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(view))
}

/// Tells what was current in each bucket of an integration at a moment.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/moment", operation_id = "view_moment",
    tag = "builds", params(At), responses((status = 200, description = "As asked for", body = Moment), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Query(At { at }): Query<At>,
) -> Result<Json<Moment>, Failure> {
    let integration = (project.as_str(), integration.as_str());
    Ok(Json(moments::view(&service, &caller.actor, integration, &at).await?.into()))
}
