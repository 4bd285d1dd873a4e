//! Projects.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::pages::Page;
use towpath_api::projects::{NewProject, Project, ProjectDetail};
use towpath_service::{Service, projects};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(view))
}

/// The projects that you see.
#[utoipa::path(
    get, path = "/projects", operation_id = "list_projects", tag = "projects",
    responses((status = 200, description = "As asked for", body = Page<Project>), Failure)
)]
async fn list(State(service): State<Service>, caller: Caller) -> Result<Json<Page<Project>>, Failure> {
    let seen = projects::list(&service, &caller.actor).await?;
    Ok(Json(Page::whole(seen.projects.into_iter().map(|line| line.project.into()))))
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
    Ok(Json(projects::view(&service, &caller.actor, &project).await?.into()))
}
