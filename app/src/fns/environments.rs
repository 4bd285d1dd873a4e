//! Environments.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::environments::EnvironmentForm;

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
