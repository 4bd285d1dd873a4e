//! People, invitations and role bindings.

use super::addresses;
use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::idempotency::ShownOnce;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use towpath_api::people::{Invited, NewInvitation, People};
use towpath_service::{Service, people};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(deactivate))
        .routes(routes!(reactivate))
        .routes(routes!(invite))
        .routes(routes!(withdraw))
        .routes(routes!(revoke))
}

/// Everyone with their roles, and the open invitations.
#[utoipa::path(
    get, path = "/people", operation_id = "list_people", tag = "access",
    responses((status = 200, description = "As asked for", body = People), Failure)
)]
async fn list(State(service): State<Service>, caller: Caller) -> Result<Json<People>, Failure> {
    Ok(Json(people::list(&service, &caller.actor).await?.into()))
}

/// Lets someone act no more: their sessions and tokens end, and what they approved of what waits is undecided again.
#[utoipa::path(
    post, path = "/people/{id}/deactivate", operation_id = "deactivate_person", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn deactivate(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    people::deactivate(&service, &caller.actor, addresses::id(&id, "person")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets someone act again, in the roles that they had.
#[utoipa::path(
    post, path = "/people/{id}/reactivate", operation_id = "reactivate_person", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn reactivate(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    people::reactivate(&service, &caller.actor, addresses::id(&id, "person")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invites someone by a one-time link, or gives the role at once to who has an account already.
#[utoipa::path(
    post, path = "/invitations", operation_id = "invite", tag = "access",
    request_body = NewInvitation,
    responses(
        (status = 201, description = "Invited", body = Invited, headers(("location" = String))),
        (status = 200, description = "They have an account, and hold the role now", body = Invited),
        Failure
    )
)]
async fn invite(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewInvitation>,
) -> Result<Response, Failure> {
    Ok(match people::invite(&service, &caller.actor, new.into()).await? {
        people::Invited::Link(link) => {
            let created = Created("/people".to_owned(), Invited::Invited { link });
            (Extension(ShownOnce), created).into_response()
        }
        people::Invited::Granted => Json(Invited::Granted).into_response(),
    })
}

/// Takes an invitation back: its link works no more.
#[utoipa::path(
    delete, path = "/invitations/{id}", operation_id = "withdraw_invitation", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn withdraw(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let id = addresses::id(&id, "invitation")?;
    people::withdraw(&service, &caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a role away from someone.
#[utoipa::path(
    delete, path = "/bindings/{id}", operation_id = "revoke_role", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn revoke(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let id = addresses::id(&id, "role binding")?;
    people::revoke(&service, &caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
