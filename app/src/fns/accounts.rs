//! One's own account and sessions.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::accounts::{AccountView, NameForm, PasswordForm};
use towpath_domain::delegations::DelegationForm;
use towpath_domain::ids::{DelegationId, SessionId};

#[cfg(feature = "ssr")]
use crate::visitors::{peer, service, session_id, signed_in};

#[server(prefix = "/fn", endpoint = "view_account", output = Answer)]
pub async fn view_account() -> Result<AccountView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::accounts::view(&service()?, &actor, &session_id()?).await?)
}

#[server(prefix = "/fn", endpoint = "change_name", output = Answer)]
pub async fn change_name(form: NameForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::accounts::rename(&service()?, &actor, form).await?)
}

/// Sets a new password; every other session ends.
#[server(prefix = "/fn", endpoint = "change_password", output = Answer)]
pub async fn change_password(form: PasswordForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let (service, current) = (service()?, session_id()?);
    Ok(towpath_service::accounts::change_password(&service, &actor, form, peer(), &current).await?)
}

#[server(prefix = "/fn", endpoint = "end_session", output = Answer)]
pub async fn end_session(session: SessionId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::sessions::end(&service()?, &actor, session).await?)
}

#[server(prefix = "/fn", endpoint = "end_other_sessions", output = Answer)]
pub async fn end_other_sessions() -> Result<usize, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::sessions::end_others(&service()?, &actor, &session_id()?).await?)
}

/// Lets one sign in by a provider no more.
#[server(prefix = "/fn", endpoint = "disconnect_provider", output = Answer)]
pub async fn disconnect_provider(provider: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::providers::disconnect(&service()?, &actor, &provider).await?)
}

/// Hands one's decisions on promotions to another.
#[server(prefix = "/fn", endpoint = "make_delegation", output = Answer)]
pub async fn make_delegation(form: DelegationForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::delegations::make(&service()?, &actor, form).await?;
    Ok(())
}

#[server(prefix = "/fn", endpoint = "end_delegation", output = Answer)]
pub async fn end_delegation(delegation: DelegationId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::delegations::end(&service()?, &actor, delegation).await?)
}
