//! Sessions of people outside a browser: they can do what no token can, such as approving.

use super::addresses;
use super::bodies::Body;
use super::callers::{Caller, From};
use super::failures::Failure;
use super::idempotency::ShownOnce;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::header::USER_AGENT;
use http::{HeaderMap, StatusCode};
use towpath_api::problems::ProblemKind;
use towpath_api::sessions::{Credential, Grant, Me, NewSession, OwnSessions, Session};
use towpath_domain::access::Action;
use towpath_service::sessions::{self, origin, secrets};
use towpath_service::{Service, people};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(begin))
        .routes(routes!(end))
        .routes(routes!(me))
        .routes(routes!(own))
        .routes(routes!(end_own))
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
    headers: HeaderMap,
    Body(NewSession { email, password }): Body<NewSession>,
) -> Result<(StatusCode, Extension<ShownOnce>, Json<Session>), Failure> {
    let person = people::sign_in(&service, &email, password, address).await?;
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let (session, expires_at) = secrets::begin(&service, person, origin(agent, address)).await?;
    Ok((StatusCode::CREATED, Extension(ShownOnce), Json(Session { session, expires_at: expires_at.into() })))
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

/// Where you are signed in, with and without a browser.
#[utoipa::path(
    get, path = "/me/sessions", operation_id = "list_sessions", tag = "access",
    responses((status = 200, description = "As asked for", body = OwnSessions), Failure)
)]
async fn own(State(service): State<Service>, caller: Caller) -> Result<Json<OwnSessions>, Failure> {
    let current = secrets::id(&caller.secret);
    Ok(Json(sessions::list(&service, &caller.actor, &current).await?.into()))
}

/// Ends a session of yours.
#[utoipa::path(
    delete, path = "/me/sessions/{id}", operation_id = "end_session", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn end_own(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let id = addresses::id(&id, "session")?;
    sessions::end(&service, &caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
