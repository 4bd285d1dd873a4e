//! CI integrations.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::integrations::IntegrationForm;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// Creates an integration and leads to its board.
#[server(prefix = "/fn", endpoint = "create_integration", output = Answer)]
pub async fn create_integration(project: String, form: IntegrationForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let created = towpath_service::integrations::create(&service()?, &actor, &project, form).await?;
    leptos_axum::redirect(&format!("/projects/{project}/integrations/{}", created.slug));
    Ok(())
}
