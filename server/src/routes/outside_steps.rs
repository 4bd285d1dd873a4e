//! Outside steps: what promotions do in a registry elsewhere.

use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::queries::{OfBucket, Query};
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use towpath_api::outside_steps::OutsideStep;
use towpath_api::pages::Page;
use towpath_service::{Service, outside_steps};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, set, remove))
}

/// What the promotions of an integration do in registries elsewhere: first that of every bucket without a step of its own.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/outside-steps",
    operation_id = "list_outside_steps", tag = "registries",
    responses((status = 200, description = "As asked for", body = Page<OutsideStep>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
) -> Result<Json<Page<OutsideStep>>, Failure> {
    let view = outside_steps::view(&service, &caller.actor, &project, &integration).await?;
    Ok(Json(Page::whole(view.steps.into_iter().map(OutsideStep::from))))
}

/// Sets what the promotions into a bucket do, in place of what they did. Those that wait go by it once their gates pass.
#[utoipa::path(
    put, path = "/projects/{project}/integrations/{integration}/outside-steps",
    operation_id = "set_outside_step", tag = "registries", request_body = OutsideStep,
    responses((status = 200, description = "As it is now", body = OutsideStep), Failure)
)]
async fn set(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Body(step): Body<OutsideStep>,
) -> Result<Json<OutsideStep>, Failure> {
    let set = outside_steps::set(&service, &caller.actor, &project, &integration, step.into()).await?;
    Ok(Json(set.into()))
}

/// Takes the step of a bucket away, so that it goes by that of every other one; or takes that away.
#[utoipa::path(
    delete, path = "/projects/{project}/integrations/{integration}/outside-steps",
    operation_id = "remove_outside_step", tag = "registries", params(OfBucket),
    responses((status = 204, description = "Done"), Failure)
)]
async fn remove(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Query(OfBucket { bucket }): Query<OfBucket>,
) -> Result<StatusCode, Failure> {
    outside_steps::remove(&service, &caller.actor, &project, &integration, &bucket).await?;
    Ok(StatusCode::NO_CONTENT)
}
