//! Saved views of the first page.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::ids::SavedViewId;
use towpath_domain::saved_views::{SavedViewForm, SavedViews};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_saved_views", output = Answer)]
pub async fn view_saved_views() -> Result<SavedViews, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::saved_views::list(&service()?, &actor).await?)
}

/// Saves a view and leads to it.
#[server(prefix = "/fn", endpoint = "save_view", output = Answer)]
pub async fn save_view(form: SavedViewForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let view = towpath_service::saved_views::save(&service()?, &actor, form).await?;
    leptos_axum::redirect(&crate::paths::home(&view.filter, None));
    Ok(())
}

#[server(prefix = "/fn", endpoint = "change_saved_view", output = Answer)]
pub async fn change_saved_view(view: SavedViewId, form: SavedViewForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::saved_views::change(&service()?, &actor, view, form).await.map(drop)?;
    Ok(())
}

#[server(prefix = "/fn", endpoint = "delete_saved_view", output = Answer)]
pub async fn delete_saved_view(view: SavedViewId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::saved_views::delete(&service()?, &actor, view).await?)
}

/// Begins with a view; with everything, where none is named.
#[server(prefix = "/fn", endpoint = "set_start_view", output = Answer)]
pub async fn set_start_view(view: Option<SavedViewId>) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::saved_views::set_start(&service()?, &actor, view).await?)
}
