//! How long an integration keeps its images.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::retention::{RetentionForm, RetentionView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// An integration's retention and what it lets go of, or what another would.
#[server(prefix = "/fn", endpoint = "view_retention", output = Answer)]
pub async fn view_retention(
    project: String,
    integration: String,
    #[server(default)] other: Option<RetentionForm>,
) -> Result<RetentionView, AppError> {
    let (_, actor) = signed_in()?;
    let of = (project.as_str(), integration.as_str());
    Ok(towpath_service::retention::view(&service()?, &actor, of, other).await?)
}

/// Sets the retention, and leads back to the page.
#[server(prefix = "/fn", endpoint = "set_retention", output = Answer)]
pub async fn set_retention(
    project: String,
    integration: String,
    form: RetentionForm,
) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let of = (project.as_str(), integration.as_str());
    towpath_service::retention::set(&service()?, &actor, of, form).await?;
    leptos_axum::redirect(&format!("/projects/{project}/integrations/{integration}/retention"));
    Ok(())
}
