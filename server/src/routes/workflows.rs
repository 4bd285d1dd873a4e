//! Promotion workflows.

use super::answers::{Created, Outcome};
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::proposals::made;
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::integrations::Follows;
use towpath_api::pages::Page;
use towpath_api::projects::ProjectDetail;
use towpath_api::proposals::Proposal;
use towpath_api::workflows::{ChangedWorkflow, NewWorkflow, Workflow};
use towpath_service::proposals::Outcome as Changed;
use towpath_service::{Service, projects, workflows};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(view, change)).routes(routes!(choose))
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

/// A promotion workflow in its newest version.
#[utoipa::path(
    get, path = "/projects/{project}/workflows/{workflow}", operation_id = "get_workflow", tag = "projects",
    responses((status = 200, description = "As asked for", body = Workflow), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path((project, workflow)): Path<(String, String)>,
) -> Result<Json<Workflow>, Failure> {
    let view = workflows::view(&service, &caller.actor, &project, &workflow).await?;
    show(&service, &caller, &project, &view.workflow).await
}

/// Makes the next version of a promotion workflow. Promotions that wait keep the version that they were asked for
/// under; what is the same already stays as it is. Where it touches production and that takes a second person, it is proposed
/// instead.
#[utoipa::path(
    put, path = "/projects/{project}/workflows/{workflow}", operation_id = "change_workflow", tag = "projects",
    request_body = ChangedWorkflow,
    responses(
        (status = 200, description = "As it is now", body = Workflow),
        (status = 202, description = "It waits for a second person", body = Proposal, headers(("location" = String))),
        Failure
    )
)]
async fn change(
    State(service): State<Service>,
    caller: Caller,
    Path((project, workflow)): Path<(String, String)>,
    Body(changed): Body<ChangedWorkflow>,
) -> Result<Outcome<Workflow>, Failure> {
    let (version, declared) = changed.into();
    let changed = workflows::redeclare(&service, &caller.actor, &project, &workflow, version, declared);
    match changed.await? {
        Changed::Done(changed) => {
            let Json(shown) = show(&service, &caller, &project, &changed).await?;
            Ok(Outcome::Done(shown))
        }
        Changed::Proposed(proposal) => made(&service, &caller, &proposal).await.map(Outcome::Proposed),
    }
}

async fn show(
    service: &Service,
    caller: &Caller,
    project: &str,
    workflow: &towpath_domain::workflows::Workflow,
) -> Result<Json<Workflow>, Failure> {
    let slots = projects::whole(service, &caller.actor, project).await?.slots();
    Ok(Json(Workflow::new(workflow, &slots)))
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
    let address = format!("/projects/{project}/workflows/{}", workflow.name.slug);
    let Json(workflow) = show(&service, &caller, &project, &workflow).await?;
    Ok(Created(address, workflow))
}

/// Chooses which promotion workflow an integration follows. What is current stays so; not while promotions of it wait.
#[utoipa::path(
    put, path = "/projects/{project}/integrations/{integration}/workflow", operation_id = "choose_workflow",
    tag = "projects", request_body = Follows,
    responses((status = 200, description = "As it is now", body = Follows), Failure)
)]
async fn choose(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Body(follows): Body<Follows>,
) -> Result<Json<Follows>, Failure> {
    let choice = follows.clone().choice();
    workflows::choose(&service, &caller.actor, &project, &integration, &choice).await?;
    Ok(Json(follows))
}
