//! How long an integration keeps its images.

use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::queries::{DryRun, Query};
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::retention::{Retention, RetentionState};
use towpath_service::{Service, retention};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(show, set))
}

/// How long an integration keeps its images, and what goes by that right now.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/retention", operation_id = "get_retention",
    tag = "storage", responses((status = 200, description = "As asked for", body = RetentionState), Failure)
)]
async fn show(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
) -> Result<Json<RetentionState>, Failure> {
    let view = retention::view(&service, &caller.actor, (&project, &integration), None).await?;
    Ok(Json(view.into()))
}

/// Sets how long an integration keeps its images, or answers what would go by that. What goes, goes within a day.
#[utoipa::path(
    put, path = "/projects/{project}/integrations/{integration}/retention", operation_id = "set_retention",
    tag = "storage", params(DryRun), request_body = Retention,
    responses((status = 200, description = "Set, or what that would mean", body = RetentionState), Failure)
)]
async fn set(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Query(choice): Query<DryRun>,
    Body(body): Body<Retention>,
) -> Result<Json<RetentionState>, Failure> {
    let of = (project.as_str(), integration.as_str());
    if choice.dry_run {
        return Ok(Json(retention::view(&service, &caller.actor, of, Some(body.into())).await?.into()));
    }
    retention::set(&service, &caller.actor, of, body.into()).await?;
    Ok(Json(retention::view(&service, &caller.actor, of, None).await?.into()))
}
