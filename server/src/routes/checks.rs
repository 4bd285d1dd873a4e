//! Checks: named results that CI, scanners and people report on a build.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use towpath_api::checks::{Check, NewCheck};
use towpath_service::{Service, checks};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, report))
}

/// The newest results on a build of an integration, by name.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/builds/{digest}/checks",
    operation_id = "list_checks", tag = "checks",
    responses((status = 200, description = "As asked for", body = Vec<Check>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration, digest)): Path<(String, String, String)>,
) -> Result<Json<Vec<Check>>, Failure> {
    let at = (project.as_str(), integration.as_str());
    let lines = checks::list(&service, &caller.actor, at, &digest).await?;
    Ok(Json(lines.into_iter().map(Check::from).collect()))
}

/// Reports a result. The same again changes nothing and is answered with what is known.
#[utoipa::path(
    post, path = "/projects/{project}/integrations/{integration}/builds/{digest}/checks",
    operation_id = "report_check", tag = "checks", request_body = NewCheck,
    responses(
        (status = 201, description = "Created", body = Check, headers(("location" = String))),
        (status = 200, description = "As it was reported before", body = Check),
        Failure
    )
)]
async fn report(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration, digest)): Path<(String, String, String)>,
    Body(new): Body<NewCheck>,
) -> Result<Response, Failure> {
    let at = (project.as_str(), integration.as_str());
    let reported = checks::report(&service, &caller.actor, at, &digest, new.into()).await?;
    let address = format!("/projects/{project}/integrations/{integration}/builds/{digest}/checks");
    let check = Check::from(reported.line);
    Ok(if reported.new { Created(address, check).into_response() } else { Json(check).into_response() })
}
