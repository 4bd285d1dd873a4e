//! Proposals: changes that wait for a second person.

use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::pages::Page;
use towpath_api::proposals::{NewRejection, Proposal};
use towpath_service::{Service, proposals};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(view))
        .routes(routes!(confirm))
        .routes(routes!(reject))
        .routes(routes!(withdraw))
}

/// The proposals that you made or may decide on: those that wait, the oldest first, then the last that are over.
#[utoipa::path(
    get, path = "/proposals", operation_id = "list_proposals", tag = "access",
    responses((status = 200, description = "As asked for", body = Page<Proposal>), Failure)
)]
async fn list(State(service): State<Service>, caller: Caller) -> Result<Json<Page<Proposal>>, Failure> {
    let view = proposals::list(&service, &caller.actor).await?;
    let lines = view.waiting.into_iter().chain(view.over);
    Ok(Json(Page::whole(lines.map(|line| Proposal::new(line.proposal, line.proposer, line.decided_by)))))
}

/// A proposal.
#[utoipa::path(
    get, path = "/proposals/{number}", operation_id = "get_proposal", tag = "access",
    responses((status = 200, description = "As asked for", body = Proposal), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Proposal>, Failure> {
    show(&service, &caller, parse(&number)?).await
}

/// Confirms what somebody else proposed, which does it. Where that is not possible any more, the proposal is void, which is
/// a conflict.
#[utoipa::path(
    post, path = "/proposals/{number}/confirmation", operation_id = "confirm_proposal", tag = "access",
    responses((status = 200, description = "As it is now", body = Proposal), Failure)
)]
async fn confirm(
    State(service): State<Service>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Proposal>, Failure> {
    let number = parse(&number)?;
    proposals::confirm(&service, &caller.actor, number).await?;
    show(&service, &caller, number).await
}

/// Rejects what somebody else proposed.
#[utoipa::path(
    post, path = "/proposals/{number}/rejection", operation_id = "reject_proposal", tag = "access",
    request_body = NewRejection,
    responses((status = 200, description = "As it is now", body = Proposal), Failure)
)]
async fn reject(
    State(service): State<Service>,
    caller: Caller,
    Path(number): Path<String>,
    Body(NewRejection { comment }): Body<NewRejection>,
) -> Result<Json<Proposal>, Failure> {
    let number = parse(&number)?;
    proposals::reject(&service, &caller.actor, number, &comment).await?;
    show(&service, &caller, number).await
}

/// Withdraws what you proposed.
#[utoipa::path(
    post, path = "/proposals/{number}/withdrawal", operation_id = "withdraw_proposal", tag = "access",
    responses((status = 200, description = "As it is now", body = Proposal), Failure)
)]
async fn withdraw(
    State(service): State<Service>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Proposal>, Failure> {
    let number = parse(&number)?;
    proposals::withdraw(&service, &caller.actor, number).await?;
    show(&service, &caller, number).await
}

async fn show(service: &Service, caller: &Caller, number: i64) -> Result<Json<Proposal>, Failure> {
    Ok(Json(proposals::view(service, &caller.actor, number).await?.into()))
}

/// A proposal that was just made, as the answer to the wish that made it.
pub(super) async fn made(
    service: &Service,
    caller: &Caller,
    proposal: &towpath_domain::proposals::Proposal,
) -> Result<Proposal, Failure> {
    Ok(proposals::view(service, &caller.actor, proposal.number).await?.into())
}

fn parse(number: &str) -> Result<i64, Failure> {
    number.parse().map_err(|_| Failure::not_found(format!("Proposal {number} was not found.")))
}
