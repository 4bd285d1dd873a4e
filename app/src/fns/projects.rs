//! Projects.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::projects::{Listed, Part, ProjectForm, ProjectView, ProjectsView};
use towpath_domain::slugs::Slug;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// A page of the projects that one sees: those in use, or those that are archived.
#[server(prefix = "/fn", endpoint = "view_projects", output = Answer)]
pub async fn view_projects(listed: Listed, after: Option<Slug>) -> Result<ProjectsView, AppError> {
    use towpath_service::projects::{PAGE, list};
    let (_, actor) = signed_in()?;
    Ok(list(&service()?, &actor, listed, after.as_ref(), PAGE).await?)
}

/// A project, with a page of its integrations and services.
#[server(prefix = "/fn", endpoint = "view_project", output = Answer)]
pub async fn view_project(
    project: String,
    // The first page has no fields to send.
    #[server(default)] part: Part,
) -> Result<ProjectView, AppError> {
    use towpath_service::projects::{PAGE, view};
    let (_, actor) = signed_in()?;
    Ok(view(&service()?, &actor, &project, &part, PAGE).await?)
}

/// Creates a project and leads to it.
#[server(prefix = "/fn", endpoint = "create_project", output = Answer)]
pub async fn create_project(form: ProjectForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let project = towpath_service::projects::create(&service()?, &actor, form).await?;
    leptos_axum::redirect(&crate::paths::project(&project.slug));
    Ok(())
}

/// Puts a project away, and leads back to its page.
#[server(prefix = "/fn", endpoint = "archive_project", output = Answer)]
pub async fn archive_project(project: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let project = towpath_service::projects::archive(&service()?, &actor, &project).await?;
    leptos_axum::redirect(&crate::paths::project(&project.slug));
    Ok(())
}

/// Takes an archived project into use again, and leads to its page.
#[server(prefix = "/fn", endpoint = "restore_project", output = Answer)]
pub async fn restore_project(project: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let project = towpath_service::projects::restore(&service()?, &actor, &project).await?;
    leptos_axum::redirect(&crate::paths::project(&project.slug));
    Ok(())
}

/// Loads the sample project, or the rest of it, and leads to it.
#[server(prefix = "/fn", endpoint = "load_sample", output = Answer)]
pub async fn load_sample() -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let project = towpath_service::samples::load(&service()?, &actor).await?;
    leptos_axum::redirect(&crate::paths::project(&project.slug));
    Ok(())
}
