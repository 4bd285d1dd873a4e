//! Environments, and what should run in one.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::environments::{Environment, EnvironmentMove, NewEnvironment, NewMove};
use towpath_api::pages::Page;
use towpath_service::{Service, environments, projects};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(move_to))
}

/// The environments of a project.
#[utoipa::path(
    get, path = "/projects/{project}/environments", operation_id = "list_environments", tag = "projects",
    responses((status = 200, description = "As asked for", body = Page<Environment>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Page<Environment>>, Failure> {
    let view = projects::whole(&service, &caller.actor, &project).await?;
    Ok(Json(Page::whole(view.environments.into_iter().map(Environment::from))))
}

/// Creates an environment.
#[utoipa::path(
    post, path = "/projects/{project}/environments", operation_id = "create_environment", tag = "projects",
    request_body = NewEnvironment,
    responses(
        (status = 201, description = "Created", body = Environment, headers(("location" = String))),
        Failure
    )
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Body(new): Body<NewEnvironment>,
) -> Result<Created<Environment>, Failure> {
    let environment = environments::create(&service, &caller.actor, &project, new.into()).await?;
    let address = format!("/projects/{project}/environments/{}/images", environment.slug);
    Ok(Created(address, environment.into()))
}

/// Moves an environment into another release stream, so that its services should run what the buckets of that stream say.
/// Nothing is moved while a hold, a pin or a waiting promotion goes by the stream that it is of.
#[utoipa::path(
    post, path = "/projects/{project}/environments/{environment}/move", operation_id = "move_environment",
    tag = "projects", request_body = NewMove,
    responses((status = 200, description = "As asked for", body = EnvironmentMove), Failure)
)]
async fn move_to(
    State(service): State<Service>,
    caller: Caller,
    Path((project, environment)): Path<(String, String)>,
    Body(new): Body<NewMove>,
) -> Result<Json<EnvironmentMove>, Failure> {
    let (actor, at) = (&caller.actor, (&*project, &*environment));
    let NewMove { stream, from, dry_run } = new;
    if !dry_run {
        return Ok(Json(environments::move_to(&service, actor, at, &stream, &from).await?.into()));
    }
    let view = environments::preview(&service, actor, at, &stream).await?;
    let outlook = view.outlook.ok_or_else(|| Failure::not_found("The release stream was not found."))?;
    Ok(Json(outlook.into()))
}
