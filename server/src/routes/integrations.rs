//! CI integrations and their boards.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::boards::Board;
use towpath_api::integrations::{Integration, NewIntegration};
use towpath_api::pages::Page;
use towpath_api::projects::ProjectDetail;
use towpath_domain::workflows::WorkflowName;
use towpath_service::{Service, boards, integrations, projects};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(view))
}

/// The integrations of a project.
#[utoipa::path(
    get, path = "/projects/{project}/integrations", operation_id = "list_integrations", tag = "projects",
    responses((status = 200, description = "As asked for", body = Page<Integration>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Page<Integration>>, Failure> {
    let view = projects::whole(&service, &caller.actor, &project).await?;
    Ok(Json(Page::whole(ProjectDetail::from(view).integrations)))
}

/// Creates an integration, and a service of its name where the project has none yet.
#[utoipa::path(
    post, path = "/projects/{project}/integrations", operation_id = "create_integration", tag = "projects",
    request_body = NewIntegration,
    responses(
        (status = 201, description = "Created", body = Integration, headers(("location" = String))),
        Failure
    )
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Body(new): Body<NewIntegration>,
) -> Result<Created<Integration>, Failure> {
    let integration = integrations::create(&service, &caller.actor, &project, new.into()).await?;
    let view = projects::whole(&service, &caller.actor, &project).await?;
    let names: Vec<WorkflowName> = view.workflows.into_iter().map(|workflow| workflow.name).collect();
    let address = format!("/projects/{project}/integrations/{}", integration.slug);
    Ok(Created(address, Integration::new(integration, &names)))
}

/// The board of an integration: each bucket with what is current, what waits and what was refused.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}", operation_id = "get_board",
    tag = "builds", responses((status = 200, description = "As asked for", body = Board), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
) -> Result<Json<Board>, Failure> {
    Ok(Json(boards::view(&service, &caller.actor, &project, &integration).await?.into()))
}
