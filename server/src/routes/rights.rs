//! Who may do what.

use super::addresses;
use super::callers::Caller;
use super::failures::Failure;
use super::queries::{At, Query, WhoMayChoice};
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::rights::{PersonRights, WhoMay};
use towpath_domain::rights::RightsForm;
use towpath_service::{Service, rights};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(who_may)).routes(routes!(of_person))
}

/// Who may do something somewhere, and through which roles: now, or at a moment in the past, as the audit log tells it.
#[utoipa::path(
    get, path = "/rights", operation_id = "who_may", tag = "access", params(WhoMayChoice),
    responses((status = 200, description = "As asked for", body = WhoMay), Failure)
)]
async fn who_may(
    State(service): State<Service>,
    caller: Caller,
    Query(WhoMayChoice { action, place, at }): Query<WhoMayChoice>,
) -> Result<Json<WhoMay>, Failure> {
    let form = RightsForm { action, place, at };
    Ok(Json(rights::ask(&service, &caller.actor, &form).await?.into()))
}

/// What a person may do and through which roles, as far as you see the places: now, or at a moment in the past.
#[utoipa::path(
    get, path = "/people/{id}/rights", operation_id = "view_rights", tag = "access", params(At),
    responses((status = 200, description = "As asked for", body = PersonRights), Failure)
)]
async fn of_person(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    Query(At { at }): Query<At>,
) -> Result<Json<PersonRights>, Failure> {
    let person = addresses::id(&id, "person")?;
    Ok(Json(rights::of_person(&service, &caller.actor, person, &at).await?.into()))
}
