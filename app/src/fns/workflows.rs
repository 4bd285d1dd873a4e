//! Promotion workflows.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::workflows::WorkflowForm;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// Creates a workflow and leads to its project.
#[server(prefix = "/fn", endpoint = "create_workflow", output = Answer)]
pub async fn create_workflow(project: String, form: WorkflowForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::workflows::create(&service()?, &actor, &project, form).await?;
    leptos_axum::redirect(&format!("/projects/{project}"));
    Ok(())
}
