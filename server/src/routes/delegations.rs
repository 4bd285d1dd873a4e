//! Delegations: handing one's decisions on promotions to another.

use super::addresses;
use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use towpath_api::delegations::{Delegation, Delegations, NewDelegation};
use towpath_service::{Service, delegations};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(end))
}

/// Who decides for you now, and for whom you decide. Takes a session.
#[utoipa::path(
    get, path = "/delegations", operation_id = "list_delegations", tag = "promotions",
    responses((status = 200, description = "As asked for", body = Delegations), Failure)
)]
async fn list(State(service): State<Service>, caller: Caller) -> Result<Json<Delegations>, Failure> {
    Ok(Json(delegations::list(&service, &caller.actor).await?.into()))
}

/// Hands your decisions on promotions to another until a time: they count as yours, and nothing else is handed over. Whom
/// a stage bars from approving stays barred by either name. Takes a session.
#[utoipa::path(
    post, path = "/delegations", operation_id = "make_delegation", tag = "promotions",
    request_body = NewDelegation,
    responses(
        (status = 201, description = "Created", body = Delegation, headers(("location" = String))),
        Failure
    )
)]
async fn make(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewDelegation>,
) -> Result<Created<Delegation>, Failure> {
    let made = delegations::make(&service, &caller.actor, new.into()).await?;
    Ok(Created(format!("/delegations/{}", made.id), made.into()))
}

/// Ends a delegation at once: one of your own, one by which you decide, or any if you manage people. What was decided by
/// it stays.
#[utoipa::path(
    delete, path = "/delegations/{id}", operation_id = "end_delegation", tag = "promotions",
    responses((status = 204, description = "Done"), Failure)
)]
async fn end(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let id = addresses::id(&id, "delegation")?;
    delegations::end(&service, &caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
