//! Deleting what a project or the installation is set up of, and restoring an integration.

use super::callers::Caller;
use super::failures::Failure;
use super::queries::{DryRun, Query};
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::deletions::{DeletedIntegration, Deletion};
use towpath_api::pages::Page;
use towpath_domain::deletions::Subject;
use towpath_service::{Service, deletions};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(delete_integration))
        .routes(routes!(delete_environment))
        .routes(routes!(delete_workflow))
        .routes(routes!(delete_rule))
        .routes(routes!(delete_stream))
        .routes(routes!(list))
        .routes(routes!(restore))
}

/// Deletes a CI integration.
///
/// Pushes and pulls by its name are refused from then on, and it leaves the lists. Its history and its images stay: it can
/// be restored for 30 days, and its name is kept for it until then.
#[utoipa::path(
    delete, path = "/projects/{project}/integrations/{integration}", operation_id = "delete_integration",
    tag = "projects", params(DryRun),
    responses((status = 200, description = "Deleted, or what that would mean", body = Deletion), Failure)
)]
async fn delete_integration(
    State(service): State<Service>,
    caller: Caller,
    Path((project, slug)): Path<(String, String)>,
    Query(choice): Query<DryRun>,
) -> Result<Json<Deletion>, Failure> {
    delete(&service, &caller, Subject::Integration { project, slug }, choice).await
}

/// Deletes an environment that no workflow, CI rule, promotion or pin uses.
#[utoipa::path(
    delete, path = "/projects/{project}/environments/{environment}", operation_id = "delete_environment",
    tag = "projects", params(DryRun),
    responses((status = 200, description = "Deleted, or what that would mean", body = Deletion), Failure)
)]
async fn delete_environment(
    State(service): State<Service>,
    caller: Caller,
    Path((project, slug)): Path<(String, String)>,
    Query(choice): Query<DryRun>,
) -> Result<Json<Deletion>, Failure> {
    delete(&service, &caller, Subject::Environment { project, slug }, choice).await
}

/// Deletes a promotion workflow that no integration follows and under which no promotion waits.
#[utoipa::path(
    delete, path = "/projects/{project}/workflows/{workflow}", operation_id = "delete_workflow",
    tag = "projects", params(DryRun),
    responses((status = 200, description = "Deleted, or what that would mean", body = Deletion), Failure)
)]
async fn delete_workflow(
    State(service): State<Service>,
    caller: Caller,
    Path((project, slug)): Path<(String, String)>,
    Query(choice): Query<DryRun>,
) -> Result<Json<Deletion>, Failure> {
    delete(&service, &caller, Subject::Workflow { project, slug }, choice).await
}

/// Deletes a CI rule that no integration follows.
#[utoipa::path(
    delete, path = "/projects/{project}/rules/{rule}", operation_id = "delete_rule",
    tag = "projects", params(DryRun),
    responses((status = 200, description = "Deleted, or what that would mean", body = Deletion), Failure)
)]
async fn delete_rule(
    State(service): State<Service>,
    caller: Caller,
    Path((project, slug)): Path<(String, String)>,
    Query(choice): Query<DryRun>,
) -> Result<Json<Deletion>, Failure> {
    delete(&service, &caller, Subject::Rule { project, slug }, choice).await
}

/// Deletes a release stream that is not built in and that nothing uses.
#[utoipa::path(
    delete, path = "/streams/{stream}", operation_id = "delete_stream",
    tag = "projects", params(DryRun),
    responses((status = 200, description = "Deleted, or what that would mean", body = Deletion), Failure)
)]
async fn delete_stream(
    State(service): State<Service>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(choice): Query<DryRun>,
) -> Result<Json<Deletion>, Failure> {
    delete(&service, &caller, Subject::Stream { slug }, choice).await
}

async fn delete(
    service: &Service,
    caller: &Caller,
    subject: Subject,
    choice: DryRun,
) -> Result<Json<Deletion>, Failure> {
    let consequences = if choice.dry_run {
        deletions::preview(service, &caller.actor, &subject).await?.consequences
    } else {
        deletions::delete(service, &caller.actor, &subject, None).await?
    };
    Ok(Json(consequences.into()))
}

/// The integrations of a project that were deleted and can be restored, the newest first.
#[utoipa::path(
    get, path = "/projects/{project}/deleted-integrations", operation_id = "list_deleted_integrations",
    tag = "projects",
    responses((status = 200, description = "As asked for", body = Page<DeletedIntegration>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Page<DeletedIntegration>>, Failure> {
    let view = deletions::list(&service, &caller.actor, &project).await?;
    Ok(Json(Page::whole(view.integrations.into_iter().map(DeletedIntegration::from))))
}

/// Takes a deleted integration into use again, as it was.
#[utoipa::path(
    post, path = "/projects/{project}/deleted-integrations/{integration}/restore",
    operation_id = "restore_integration", tag = "projects",
    responses((status = 200, description = "In use again", body = DeletedIntegration), Failure)
)]
async fn restore(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
) -> Result<Json<DeletedIntegration>, Failure> {
    Ok(Json(deletions::restore(&service, &caller.actor, &project, &integration).await?.into()))
}
