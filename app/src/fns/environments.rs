//! Environments.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::environments::{EnvironmentForm, MoveView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// Creates an environment and leads to its project.
#[server(prefix = "/fn", endpoint = "create_environment", output = Answer)]
pub async fn create_environment(project: String, form: EnvironmentForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::environments::create(&service()?, &actor, &project, form).await?;
    leptos_axum::redirect(&format!("/projects/{project}"));
    Ok(())
}

/// The release streams that an environment could go into; `to` is the one that was chosen, empty for none yet.
#[server(prefix = "/fn", endpoint = "view_move", output = Answer)]
pub async fn view_move(project: String, environment: String, to: String) -> Result<MoveView, AppError> {
    let (_, actor) = signed_in()?;
    let at = (&*project, &*environment);
    Ok(towpath_service::environments::preview(&service()?, &actor, at, &to).await?)
}

/// Moves an environment into another release stream, and leads to its page.
#[server(prefix = "/fn", endpoint = "move_environment", output = Answer)]
pub async fn move_environment(
    project: String,
    environment: String,
    stream: String,
    from: String,
) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let at = (&*project, &*environment);
    towpath_service::environments::move_to(&service()?, &actor, at, &stream, &from).await?;
    leptos_axum::redirect(&format!("/projects/{project}/environments/{environment}"));
    Ok(())
}
