//! Sessions of people outside a browser: they can do what no token can, such as approving.

use super::bodies::Body;
use super::callers::{Caller, From};
use super::failures::Failure;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use towpath_api::problems::ProblemKind;
use towpath_api::sessions::{Credential, Grant, Me, NewSession, Session};
use towpath_domain::access::Action;
use towpath_service::sessions::secrets;
use towpath_service::{Service, people};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(begin)).routes(routes!(end)).routes(routes!(me))
}

/// Signs a person in for twelve hours.
#[utoipa::path(
    post, path = "/sessions", operation_id = "sign_in", tag = "access", security(()),
    request_body = NewSession,
    responses((status = 201, description = "Created", body = Session), Failure)
)]
async fn begin(
    State(service): State<Service>,
    From(address): From,
    Body(NewSession { email, password }): Body<NewSession>,
) -> Result<(StatusCode, Json<Session>), Failure> {
    let person = people::sign_in(&service, &email, password, address).await?;
    let (session, expires_at) = secrets::begin(&service, person).await?;
    Ok((StatusCode::CREATED, Json(Session { session, expires_at: expires_at.into() })))
}

/// Ends the session by which this request is made.
#[utoipa::path(
    delete, path = "/sessions/current", operation_id = "sign_out", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn end(State(service): State<Service>, caller: Caller) -> Result<StatusCode, Failure> {
    if caller.credential == Credential::Token {
        let detail = "A token is no session. Revoke it with DELETE /api/v1/tokens/ and its id.";
        return Err(Failure::new(ProblemKind::Conflict, detail));
    }
    secrets::end(&service, &caller.secret).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who you are here, and what you were granted.
#[utoipa::path(
    get, path = "/me", operation_id = "get_me", tag = "access",
    responses((status = 200, description = "As asked for", body = Me), Failure)
)]
async fn me(State(service): State<Service>, caller: Caller) -> Result<Json<Me>, Failure> {
    let Caller { actor, credential, expires_at, .. } = caller;
    let (person, _) = people::actor(&service, actor.person()).await?;
    let held = people::held(&service, &actor).await?;
    let grant = |held: people::Held| Grant { role: held.role.into(), place: held.place, words: held.words };
    let names = |actions: Vec<Action>| actions.into_iter().map(|action| action.name().to_owned()).collect();
    Ok(Json(Me {
        person: person.into(),
        credential,
        expires_at: expires_at.into(),
        grants: held.into_iter().map(grant).collect(),
        actions: actor.scope.map(|scope| names(scope.actions)),
    }))
}
