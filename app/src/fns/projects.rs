//! Projects.

use crate::AppError;
use leptos::server;
use towpath_domain::projects::{ProjectForm, ProjectView, ProjectsView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_projects")]
pub async fn view_projects() -> Result<ProjectsView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::projects::list(&service()?, &actor).await?)
}

#[server(prefix = "/fn", endpoint = "view_project")]
pub async fn view_project(project: String) -> Result<ProjectView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::projects::view(&service()?, &actor, &project).await?)
}

/// Creates a project and leads to it.
#[server(prefix = "/fn", endpoint = "create_project")]
pub async fn create_project(form: ProjectForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let project = towpath_service::projects::create(&service()?, &actor, form).await?;
    leptos_axum::redirect(&crate::paths::project(&project.slug));
    Ok(())
}
