//! API tokens.

use super::addresses;
use super::answers::{Made, made, shown};
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::idempotency::ShownOnce;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use towpath_api::pages::Page;
use towpath_api::tokens::{CreatedToken, NewToken, RevokedTokens, Token, TokenRotation};
use towpath_service::{Service, tokens};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create, revoke_all))
        .routes(routes!(revoke))
        .routes(routes!(rotate))
        .routes(routes!(revoke_of))
}

/// Your tokens, without their secrets.
#[utoipa::path(
    get, path = "/tokens", operation_id = "list_tokens", tag = "access",
    responses((status = 200, description = "As asked for", body = Page<Token>), Failure)
)]
async fn list(State(service): State<Service>, caller: Caller) -> Result<Json<Page<Token>>, Failure> {
    let view = tokens::list(&service, &caller.actor).await?;
    Ok(Json(Page::whole(view.tokens.into_iter().map(Token::from))))
}

/// Makes a token in your name. Its secret is in this answer and nowhere else. Takes a session.
#[utoipa::path(
    post, path = "/tokens", operation_id = "create_token", tag = "access",
    request_body = NewToken,
    responses(
        (status = 201, description = "Created", body = CreatedToken, headers(("location" = String))),
        Failure
    )
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewToken>,
) -> Result<Made, Failure> {
    Ok(made(tokens::create(&service, &caller.actor, new.into()).await?))
}

/// Revokes a token, at once.
#[utoipa::path(
    delete, path = "/tokens/{id}", operation_id = "revoke_token", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn revoke(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let id = addresses::id(&id, "token")?;
    tokens::revoke(&service, &caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a token of yours another secret and a new end. The one before works for a while yet, as you choose. The new one is
/// in this answer and nowhere else. Takes a session.
#[utoipa::path(
    post, path = "/tokens/{id}/rotation", operation_id = "rotate_token", tag = "access",
    request_body = TokenRotation,
    responses((status = 200, description = "As it is now", body = CreatedToken), Failure)
)]
async fn rotate(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    Body(rotation): Body<TokenRotation>,
) -> Result<(Extension<ShownOnce>, Json<CreatedToken>), Failure> {
    let id = addresses::id(&id, "token")?;
    let rotated = tokens::rotate(&service, &caller.actor, id, rotation.into()).await?;
    Ok((Extension(ShownOnce), Json(shown(rotated))))
}

/// Revokes all of your tokens, at once. Takes a session.
#[utoipa::path(
    delete, path = "/tokens", operation_id = "revoke_all_tokens", tag = "access",
    responses((status = 200, description = "Done", body = RevokedTokens), Failure)
)]
async fn revoke_all(State(service): State<Service>, caller: Caller) -> Result<Json<RevokedTokens>, Failure> {
    let revoked = tokens::revoke_all(&service, &caller.actor, None).await?;
    Ok(Json(RevokedTokens { revoked }))
}

/// Revokes all tokens of somebody, at once.
#[utoipa::path(
    delete, path = "/people/{id}/tokens", operation_id = "revoke_tokens_of", tag = "access",
    responses((status = 200, description = "Done", body = RevokedTokens), Failure)
)]
async fn revoke_of(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<RevokedTokens>, Failure> {
    let person = addresses::id(&id, "person")?;
    let revoked = tokens::revoke_all(&service, &caller.actor, Some(person)).await?;
    Ok(Json(RevokedTokens { revoked }))
}
