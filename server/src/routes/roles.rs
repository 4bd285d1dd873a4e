//! Roles.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use towpath_api::pages::Page;
use towpath_api::roles::{NewRole, RoleChange, RoleDefinition, RoleWithHolders};
use towpath_service::{Service, roles};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(view, change, delete))
}

/// The roles that there are, built in and of the installation's own.
#[utoipa::path(
    get, path = "/roles", operation_id = "list_roles", tag = "access",
    responses((status = 200, description = "As asked for", body = Page<RoleDefinition>), Failure)
)]
async fn list(State(service): State<Service>, caller: Caller) -> Result<Json<Page<RoleDefinition>>, Failure> {
    let view = roles::list(&service, &caller.actor).await?;
    Ok(Json(Page::whole(view.roles.into_iter().map(RoleDefinition::from))))
}

/// Makes a role, with no more than you may yourself in the whole installation; but for approving and passing gates, which whoever
/// manages people names others for. No role has these beside configuring or managing people.
#[utoipa::path(
    post, path = "/roles", operation_id = "create_role", tag = "access", request_body = NewRole,
    responses(
        (status = 201, description = "Created", body = RoleDefinition, headers(("location" = String))),
        Failure
    )
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewRole>,
) -> Result<Created<RoleDefinition>, Failure> {
    let role = roles::create(&service, &caller.actor, new.into()).await?;
    Ok(Created(format!("/roles/{}", role.slug), role.into()))
}

/// A role, with who holds it for who manages the people of the installation.
#[utoipa::path(
    get, path = "/roles/{role}", operation_id = "view_role", tag = "access",
    responses((status = 200, description = "As asked for", body = RoleWithHolders), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(role): Path<String>,
) -> Result<Json<RoleWithHolders>, Failure> {
    Ok(Json(roles::view(&service, &caller.actor, &role).await?.into()))
}

/// Changes a role that is not built in, at once for everyone who holds it.
#[utoipa::path(
    put, path = "/roles/{role}", operation_id = "change_role", tag = "access", request_body = RoleChange,
    responses((status = 200, description = "Changed", body = RoleDefinition), Failure)
)]
async fn change(
    State(service): State<Service>,
    caller: Caller,
    Path(role): Path<String>,
    Body(change): Body<RoleChange>,
) -> Result<Json<RoleDefinition>, Failure> {
    Ok(Json(roles::change(&service, &caller.actor, &role, change.into()).await?.into()))
}

/// Deletes a role that nobody holds or is invited to, and for whose approval no gate asks.
#[utoipa::path(
    delete, path = "/roles/{role}", operation_id = "delete_role", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn delete(
    State(service): State<Service>,
    caller: Caller,
    Path(role): Path<String>,
) -> Result<StatusCode, Failure> {
    roles::delete(&service, &caller.actor, &role).await?;
    Ok(StatusCode::NO_CONTENT)
}
