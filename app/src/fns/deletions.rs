//! Deleting, and restoring an integration.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::deletions::{DeletedView, DeletionView, Subject};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// What deleting something would mean.
#[server(prefix = "/fn", endpoint = "view_deletion", output = Answer)]
pub async fn view_deletion(subject: Subject) -> Result<DeletionView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::deletions::preview(&service()?, &actor, &subject).await?)
}

/// Deletes something and leads to where it was listed.
#[server(prefix = "/fn", endpoint = "delete", output = Answer)]
pub async fn delete(
    subject: Subject,
    /// Its name, where that is asked for.
    #[server(default)]
    name: String,
) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::deletions::delete(&service()?, &actor, &subject, Some(&name)).await?;
    leptos_axum::redirect(&crate::paths::listing(&subject));
    Ok(())
}

/// The deleted integrations of a project that can be restored.
#[server(prefix = "/fn", endpoint = "view_deleted", output = Answer)]
pub async fn view_deleted(project: String) -> Result<DeletedView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::deletions::list(&service()?, &actor, &project).await?)
}

/// Takes a deleted integration into use again, and leads to its board.
#[server(prefix = "/fn", endpoint = "restore_integration", output = Answer)]
pub async fn restore_integration(project: String, integration: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let restored = towpath_service::deletions::restore(&service()?, &actor, &project, &integration).await?;
    leptos_axum::redirect(&format!("/projects/{project}/integrations/{}", restored.slug));
    Ok(())
}
