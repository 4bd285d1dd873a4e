//! Projects.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::queries::{Choice, Query};
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::pages::Page;
use towpath_api::projects::{NewProject, Project, ProjectDetail};
use towpath_domain::projects::Listed;
use towpath_domain::slugs::Slug;
use towpath_service::{Service, projects};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(view))
        .routes(routes!(archive))
        .routes(routes!(restore))
}

/// The projects that you see, by name.
#[utoipa::path(
    get, path = "/projects", operation_id = "list_projects", tag = "projects", params(Choice),
    responses((status = 200, description = "As asked for", body = Page<Project>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Query(choice): Query<Choice>,
) -> Result<Json<Page<Project>>, Failure> {
    let listed = if choice.archived { Listed::Archived } else { Listed::InUse };
    let (after, limit) = choice.paging().of_names::<Slug>(Listing::Projects)?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let list = projects::list(&service, &caller.actor, listed, after.as_ref(), limit).await?;
    let items = list.projects.into_iter().map(|line| line.project.into()).collect();
    Ok(Json(Page { items, next: list.next.map(|last| Cursor::new(Listing::Projects, last)) }))
}

/// Creates a project.
#[utoipa::path(
    post, path = "/projects", operation_id = "create_project", tag = "projects",
    request_body = NewProject,
    responses(
        (status = 201, description = "Created", body = Project, headers(("location" = String))),
        Failure
    )
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewProject>,
) -> Result<Created<Project>, Failure> {
    let project = projects::create(&service, &caller.actor, new.into()).await?;
    Ok(Created(format!("/projects/{}", project.slug), project.into()))
}

/// A project with its environments, workflows, integrations and services.
#[utoipa::path(
    get, path = "/projects/{project}", operation_id = "get_project", tag = "projects",
    responses((status = 200, description = "As asked for", body = ProjectDetail), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<ProjectDetail>, Failure> {
    Ok(Json(projects::whole(&service, &caller.actor, &project).await?.into()))
}

/// Archives a project.
///
/// It leaves the lists, and nothing in it changes: pushes, promotions and other changes are refused until it is
/// restored. It can still be read and pulled from.
#[utoipa::path(
    post, path = "/projects/{project}/archive", operation_id = "archive_project", tag = "projects",
    responses((status = 200, description = "Archived", body = Project), Failure)
)]
async fn archive(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Project>, Failure> {
    Ok(Json(projects::archive(&service, &caller.actor, &project).await?.into()))
}

/// Takes an archived project into use again, as it was.
#[utoipa::path(
    post, path = "/projects/{project}/restore", operation_id = "restore_project", tag = "projects",
    responses((status = 200, description = "In use again", body = Project), Failure)
)]
async fn restore(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Project>, Failure> {
    Ok(Json(projects::restore(&service, &caller.actor, &project).await?.into()))
}
