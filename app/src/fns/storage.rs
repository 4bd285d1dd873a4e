//! What a project keeps.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::storage::{QuotaForm, StorageView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// What a project keeps, and what is set about it.
#[server(prefix = "/fn", endpoint = "view_storage", output = Answer)]
pub async fn view_storage(project: String) -> Result<StorageView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::storage::view(&service()?, &actor, &project).await?)
}

/// Lets anybody pull from a project, or ends that, and leads back to the page.
#[server(prefix = "/fn", endpoint = "set_anonymous_pull", output = Answer)]
pub async fn set_anonymous_pull(
    project: String,
    /// A box that is not ticked is not sent.
    #[server(default)]
    allowed: bool,
) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let view = towpath_service::storage::set_anonymous_pull(&service()?, &actor, &project, allowed).await?;
    leptos_axum::redirect(&crate::paths::storage(&view.project.slug));
    Ok(())
}

/// Bounds what a project may keep, and leads back to the page.
#[server(prefix = "/fn", endpoint = "set_quota", output = Answer)]
pub async fn set_quota(project: String, form: QuotaForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let quota = form.check().map_err(towpath_service::Error::from)?;
    let view = towpath_service::storage::set_quota(&service()?, &actor, &project, quota).await?;
    leptos_axum::redirect(&crate::paths::storage(&view.project.slug));
    Ok(())
}
