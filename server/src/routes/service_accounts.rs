//! Service accounts.

use super::addresses;
use super::answers::{Created, Made, made};
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::queries::{OfProject, Query};
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use towpath_api::pages::Page;
use towpath_api::service_accounts::{
    NewServiceAccount, NewServiceRole, ServiceAccount, ServiceAccountWithTokens,
};
use towpath_api::tokens::{CreatedToken, NewToken, RevokedTokens};
use towpath_domain::ids::PersonId;
use towpath_service::{Service, service_accounts};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(view, delete))
        .routes(routes!(disable))
        .routes(routes!(enable))
        .routes(routes!(give_role))
        .routes(routes!(create_token, revoke_tokens))
}

/// The service accounts of a project, or of the installation.
#[utoipa::path(
    get, path = "/service-accounts", operation_id = "list_service_accounts", tag = "access", params(OfProject),
    responses((status = 200, description = "As asked for", body = Page<ServiceAccount>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Query(OfProject { project }): Query<OfProject>,
) -> Result<Json<Page<ServiceAccount>>, Failure> {
    let view = service_accounts::list(&service, &caller.actor, &project).await?;
    Ok(Json(Page::whole(view.accounts.into_iter().map(ServiceAccount::from))))
}

/// Makes a service account, which may nothing until it is given a role.
#[utoipa::path(
    post, path = "/service-accounts", operation_id = "create_service_account", tag = "access",
    request_body = NewServiceAccount,
    responses(
        (status = 201, description = "Created", body = ServiceAccount, headers(("location" = String))),
        Failure
    )
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewServiceAccount>,
) -> Result<Created<ServiceAccount>, Failure> {
    let line = service_accounts::create(&service, &caller.actor, new.into()).await?;
    Ok(Created(format!("/service-accounts/{}", line.account.id), line.into()))
}

/// A service account, with its tokens for who manages it.
#[utoipa::path(
    get, path = "/service-accounts/{id}", operation_id = "view_service_account", tag = "access",
    responses((status = 200, description = "As asked for", body = ServiceAccountWithTokens), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<ServiceAccountWithTokens>, Failure> {
    Ok(Json(service_accounts::view(&service, &caller.actor, account(&id)?).await?.into()))
}

/// Deletes a service account for good, with its roles and tokens.
#[utoipa::path(
    delete, path = "/service-accounts/{id}", operation_id = "delete_service_account", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn delete(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    service_accounts::delete(&service, &caller.actor, account(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Disables a service account: its tokens work no more until it is enabled.
#[utoipa::path(
    post, path = "/service-accounts/{id}/disable", operation_id = "disable_service_account", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn disable(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    service_accounts::disable(&service, &caller.actor, account(&id)?, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a service account act again, with the roles and tokens that it had.
#[utoipa::path(
    post, path = "/service-accounts/{id}/enable", operation_id = "enable_service_account", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn enable(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    service_accounts::disable(&service, &caller.actor, account(&id)?, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a service account a role; `DELETE /bindings/{id}` takes it away.
#[utoipa::path(
    post, path = "/service-accounts/{id}/roles", operation_id = "give_service_account_role", tag = "access",
    request_body = NewServiceRole, responses((status = 204, description = "Done"), Failure)
)]
async fn give_role(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    Body(new): Body<NewServiceRole>,
) -> Result<StatusCode, Failure> {
    service_accounts::give_role(&service, &caller.actor, account(&id)?, new.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a token of a service account, for who may all that it may. Its secret is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/service-accounts/{id}/tokens", operation_id = "create_service_account_token", tag = "access",
    request_body = NewToken,
    responses(
        (status = 201, description = "Created", body = CreatedToken, headers(("location" = String))),
        Failure
    )
)]
async fn create_token(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    Body(new): Body<NewToken>,
) -> Result<Made, Failure> {
    Ok(made(service_accounts::create_token(&service, &caller.actor, account(&id)?, new.into()).await?))
}

/// Revokes all tokens of a service account, at once; also of one that is disabled.
#[utoipa::path(
    delete, path = "/service-accounts/{id}/tokens", operation_id = "revoke_service_account_tokens", tag = "access",
    responses((status = 200, description = "Done", body = RevokedTokens), Failure)
)]
async fn revoke_tokens(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<RevokedTokens>, Failure> {
    let revoked = service_accounts::revoke_tokens(&service, &caller.actor, account(&id)?).await?;
    Ok(Json(RevokedTokens { revoked }))
}

fn account(id: &str) -> Result<PersonId, Failure> {
    addresses::id(id, "service account")
}
