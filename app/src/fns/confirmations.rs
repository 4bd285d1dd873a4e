//! Confirming that it is still oneself.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::confirmations::ConfirmationView;

#[cfg(feature = "ssr")]
use crate::visitors::{peer, service, session, signed_in};

/// By what one can confirm it. `refused` names why a provider's answer did not, as the address tells it.
#[server(prefix = "/fn", endpoint = "view_confirmation", output = Answer)]
pub async fn view_confirmation(#[server(default)] refused: String) -> Result<ConfirmationView, AppError> {
    let (_, actor) = signed_in()?;
    let view = towpath_service::confirmations::view(&service()?, &actor, &refused).await?;
    if view.refused.is_some() {
        crate::visitors::refuse_page();
    }
    Ok(view)
}

/// Confirms it by the password, and leads to `next`.
#[server(prefix = "/fn", endpoint = "confirm", output = Answer)]
pub async fn confirm(password: String, #[server(default)] next: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let at = towpath_service::confirmations::confirm(&service()?, &actor, password, peer()).await?;
    let confirmed = crate::visitors::confirm_session(&session()?, at).await;
    confirmed.map_err(|error| AppError::broken(&error.to_string()))?;
    leptos_axum::redirect(crate::visitors::own_path(&next));
    Ok(())
}
