//! Promotion workflows.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::projects::ProjectView;
use towpath_domain::workflows::{WorkflowForm, WorkflowView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};
#[cfg(feature = "ssr")]
use towpath_domain::projects::Part;

/// A workflow with what a change of it would touch, and its project.
#[server(prefix = "/fn", endpoint = "view_workflow", output = Answer)]
pub async fn view_workflow(
    project: String,
    workflow: String,
) -> Result<(ProjectView, WorkflowView), AppError> {
    use towpath_service::projects::PAGE;
    let ((_, actor), service) = (signed_in()?, service()?);
    let view = towpath_service::workflows::view(&service, &actor, &project, &workflow).await?;
    let project = towpath_service::projects::view(&service, &actor, &project, &Part::default(), PAGE).await?;
    Ok((project, view))
}

/// Makes the next version of a workflow and leads to its project, or to the proposal where it takes a second person.
#[server(prefix = "/fn", endpoint = "change_workflow", output = Answer)]
pub async fn change_workflow(
    project: String,
    workflow: String,
    version: i64,
    form: WorkflowForm,
) -> Result<(), AppError> {
    use towpath_service::proposals::Outcome;
    let ((_, actor), service) = (signed_in()?, service()?);
    let changed = towpath_service::workflows::change(&service, &actor, &project, &workflow, version, form);
    match changed.await? {
        Outcome::Done(_) => leptos_axum::redirect(&format!("/projects/{project}")),
        Outcome::Proposed(proposal) => leptos_axum::redirect(&crate::paths::proposal(proposal.number)),
    }
    Ok(())
}

/// Creates a workflow and leads to its project.
#[server(prefix = "/fn", endpoint = "create_workflow", output = Answer)]
pub async fn create_workflow(project: String, form: WorkflowForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::workflows::create(&service()?, &actor, &project, form).await?;
    leptos_axum::redirect(&format!("/projects/{project}"));
    Ok(())
}
