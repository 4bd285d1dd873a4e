//! API tokens.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::ids::{PersonId, TokenId};
use towpath_domain::tokens::{RotationForm, TokenForm, TokensView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_tokens", output = Answer)]
pub async fn view_tokens() -> Result<TokensView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::tokens::list(&service()?, &actor).await?)
}

/// Makes a token; the answer is its secret, which is shown once.
#[server(prefix = "/fn", endpoint = "create_token", output = Answer)]
pub async fn create_token(form: TokenForm) -> Result<String, AppError> {
    let (_, actor) = signed_in()?;
    let (_, secret) = towpath_service::tokens::create(&service()?, &actor, form).await?;
    crate::visitors::show_once("token", Some(secret.reveal()));
    Ok(secret.reveal().to_owned())
}

#[server(prefix = "/fn", endpoint = "revoke_token", output = Answer)]
pub async fn revoke_token(token: TokenId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::tokens::revoke(&service()?, &actor, token).await?)
}

/// Gives a token another secret; the answer is that, which is shown once.
#[server(prefix = "/fn", endpoint = "rotate_token", output = Answer)]
pub async fn rotate_token(token: TokenId, form: RotationForm) -> Result<String, AppError> {
    let (_, actor) = signed_in()?;
    let (_, secret) = towpath_service::tokens::rotate(&service()?, &actor, token, form).await?;
    crate::visitors::show_once("rotation", Some(secret.reveal()));
    Ok(secret.reveal().to_owned())
}

/// Revokes all of one's tokens, or those of somebody else.
#[server(prefix = "/fn", endpoint = "revoke_tokens", output = Answer)]
pub async fn revoke_tokens(#[server(default)] person: Option<PersonId>) -> Result<u64, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::tokens::revoke_all(&service()?, &actor, person).await?)
}
