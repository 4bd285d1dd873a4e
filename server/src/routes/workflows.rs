//! Promotion workflows.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::pages::Page;
use towpath_api::projects::ProjectDetail;
use towpath_api::workflows::{NewWorkflow, Workflow};
use towpath_service::{Service, projects, workflows};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, create))
}

/// The promotion workflows of a project.
#[utoipa::path(
    get, path = "/projects/{project}/workflows", operation_id = "list_workflows", tag = "projects",
    responses((status = 200, description = "As asked for", body = Page<Workflow>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Page<Workflow>>, Failure> {
    let view = projects::whole(&service, &caller.actor, &project).await?;
    Ok(Json(Page::whole(ProjectDetail::from(view).workflows)))
}

/// Creates a promotion workflow: stages one after the other, or any graph without a way back.
#[utoipa::path(
    post, path = "/projects/{project}/workflows", operation_id = "create_workflow", tag = "projects",
    request_body = NewWorkflow,
    responses(
        (status = 201, description = "Created", body = Workflow, headers(("location" = String))),
        Failure
    )
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Body(new): Body<NewWorkflow>,
) -> Result<Created<Workflow>, Failure> {
    let workflow = workflows::declare(&service, &caller.actor, &project, new.into()).await?;
    let slots = projects::whole(&service, &caller.actor, &project).await?.slots();
    Ok(Created(format!("/projects/{project}/workflows"), Workflow::new(&workflow, &slots)))
}
