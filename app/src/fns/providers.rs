//! The ways to sign in, and the providers for those who manage people.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::providers::{ProvidersView, SignInWays};

#[cfg(feature = "ssr")]
use crate::visitors::{service, session, signed_in};

/// The ways to sign in, for everyone. `refused` names why a sign-in by a provider did not succeed, as the address tells it.
#[server(prefix = "/fn", endpoint = "view_sign_in_ways", output = Answer)]
pub async fn view_sign_in_ways(#[server(default)] refused: String) -> Result<SignInWays, AppError> {
    let ways = towpath_service::providers::ways(&service()?, &refused).await?;
    if ways.refused.is_some() {
        crate::visitors::refuse_page();
    }
    Ok(ways)
}

/// How people sign in, with the outcome of a test by its id.
#[server(prefix = "/fn", endpoint = "view_providers", output = Answer)]
pub async fn view_providers(#[server(default)] trial: String) -> Result<ProvidersView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::providers::view(&service()?, &actor, trial.parse().ok()).await?)
}

/// Where to sign out at the provider, too, for someone who has signed out here; told once. The page that is rendered leads
/// there by itself: after a form, browsers let a redirect lead to pages of this site alone.
#[server(prefix = "/fn", endpoint = "leave_provider", output = Answer)]
pub async fn leave_provider() -> Result<Option<String>, AppError> {
    use crate::visitors::END_SESSION;
    if crate::visitors::visitor().person.is_some() {
        return Ok(None);
    }
    let session = session()?;
    let broken = |error: tower_sessions::session::Error| AppError::broken(&error.to_string());
    let address = session.get::<String>(END_SESSION).await.map_err(broken)?;
    if let Some(address) = &address {
        session.flush().await.map_err(broken)?;
        crate::visitors::lead_on(address);
    }
    Ok(address)
}
