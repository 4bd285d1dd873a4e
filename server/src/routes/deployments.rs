//! Deployment reports: what deployers say of environments.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::queries::{OfService, Paging, Query};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::deployments::{Deployment, NewDeployment};
use towpath_api::pages::Page;
use towpath_service::{Service, deployments};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, report))
}

/// The reports of an environment, the newest first.
#[utoipa::path(
    get, path = "/projects/{project}/environments/{environment}/deployments",
    operation_id = "list_deployments", tag = "deployments", params(OfService),
    responses((status = 200, description = "As asked for", body = Page<Deployment>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path((project, environment)): Path<(String, String)>,
    Query(wanted): Query<OfService>,
) -> Result<Json<Page<Deployment>>, Failure> {
    let OfService { service: of, cursor, limit } = wanted;
    let (before, limit) = Paging { cursor, limit }.of_names(Listing::Deployments)?;
    let at = (project.as_str(), environment.as_str());
    let page = deployments::list(&service, &caller.actor, at, of.as_deref(), before, limit).await?;
    Ok(Json(Page {
        items: page.lines.into_iter().map(Deployment::from).collect(),
        next: page.older.map(|before| Cursor::new(Listing::Deployments, before)),
    }))
}

/// Reports what a deployer did: it has started, it runs, or it failed. The same again changes nothing and is answered
/// with what is known.
#[utoipa::path(
    post, path = "/projects/{project}/environments/{environment}/deployments",
    operation_id = "report_deployment", tag = "deployments", request_body = NewDeployment,
    responses(
        (status = 201, description = "Created", body = Deployment, headers(("location" = String))),
        (status = 200, description = "As it was reported before", body = Deployment),
        Failure
    )
)]
async fn report(
    State(service): State<Service>,
    caller: Caller,
    Path((project, environment)): Path<(String, String)>,
    Body(new): Body<NewDeployment>,
) -> Result<Response, Failure> {
    let reported = deployments::report(&service, &caller.actor, &project, &environment, new.into()).await?;
    let address = format!("/projects/{project}/environments/{environment}/deployments");
    let deployment = Deployment::from(reported.line);
    Ok(if reported.new {
        Created(address, deployment).into_response()
    } else {
        Json(deployment).into_response()
    })
}
