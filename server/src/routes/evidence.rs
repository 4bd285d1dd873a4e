//! Evidence: what is said about builds, and what trust roots make of it.

use super::callers::Caller;
use super::failures::Failure;
use crate::exports;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use towpath_api::evidence::Evidence;
use towpath_service::{Service, evidence};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(content))
}

/// What is said about a build of an integration: what counts first, then the newest. A hundred at most.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/builds/{digest}/evidence",
    operation_id = "list_evidence", tag = "evidence",
    responses((status = 200, description = "As asked for", body = Vec<Evidence>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration, digest)): Path<(String, String, String)>,
) -> Result<Json<Vec<Evidence>>, Failure> {
    let at = (project.as_str(), integration.as_str());
    let lines = evidence::list(&service, &caller.actor, at, &digest).await?;
    Ok(Json(lines.into_iter().map(Evidence::from).collect()))
}

/// One of them as a file, by its content.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/builds/{digest}/evidence/{content}",
    operation_id = "get_evidence", tag = "evidence",
    responses(
        (status = 200, description = "Its bytes, as they were pushed", content_type = "application/octet-stream"),
        Failure
    )
)]
async fn content(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration, digest, content)): Path<(String, String, String, String)>,
) -> Result<Response, Failure> {
    let at = (project.as_str(), integration.as_str());
    Ok(exports::evidence(&service, &caller.actor, at, (&digest, &content)).await?)
}
