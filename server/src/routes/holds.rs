//! Holds: stopping what may enter buckets, marking builds bad, and letting go again.

use super::answers::{Created, Outcome};
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::proposals::made;
use super::queries::{HoldChoice, Paging, Query};
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::holds::{Hold, NewHold, NewRelease};
use towpath_api::pages::Page;
use towpath_api::proposals::Proposal;
use towpath_domain::holds::Listed;
use towpath_service::proposals::Outcome as Released;
use towpath_service::{Service, holds};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, place)).routes(routes!(view)).routes(routes!(release))
}

/// The holds that you see, the newest first: those in force and planned, or those that have ended.
#[utoipa::path(
    get, path = "/holds", operation_id = "list_holds", tag = "holds", params(HoldChoice),
    responses((status = 200, description = "As asked for", body = Page<Hold>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Query(choice): Query<HoldChoice>,
) -> Result<Json<Page<Hold>>, Failure> {
    let listed = if choice.ended { Listed::Ended } else { Listed::Standing };
    let (before, limit) = Paging { cursor: choice.cursor, limit: choice.limit }.of(Listing::Holds)?;
    let limit = usize::try_from(limit).unwrap_or_default();
    let view = holds::list(&service, &caller.actor, listed, before, limit).await?;
    Ok(Json(Page {
        items: view.holds.into_iter().map(|line| Hold::new(line, view.now)).collect(),
        next: view.older.map(|before| Cursor::new(Listing::Holds, before)),
    }))
}

/// Places a hold. Promotions wait for its end, arrivals are refused, and rollbacks pass unless it says otherwise. On a
/// build, it marks that build bad: promotions of it end, and it enters nothing.
#[utoipa::path(
    post, path = "/holds", operation_id = "place_hold", tag = "holds", request_body = NewHold,
    responses(
        (status = 201, description = "Created", body = Hold, headers(("location" = String))),
        Failure
    )
)]
async fn place(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewHold>,
) -> Result<Created<Hold>, Failure> {
    let hold = holds::place(&service, &caller.actor, new.into()).await?;
    let Json(shown) = show(&service, &caller, hold.number).await?;
    Ok(Created(format!("/holds/{}", hold.number), shown))
}

/// A hold, whether or not it has ended.
#[utoipa::path(
    get, path = "/holds/{number}", operation_id = "get_hold", tag = "holds",
    responses((status = 200, description = "As asked for", body = Hold), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Json<Hold>, Failure> {
    show(&service, &caller, parse(&number)?).await
}

/// Releases a hold before its time. What waited for its end is looked at at once. Where that takes a second person, it is
/// proposed instead.
#[utoipa::path(
    post, path = "/holds/{number}/release", operation_id = "release_hold", tag = "holds",
    request_body = NewRelease,
    responses(
        (status = 200, description = "As it is now", body = Hold),
        (status = 202, description = "It waits for a second person", body = Proposal, headers(("location" = String))),
        Failure
    )
)]
async fn release(
    State(service): State<Service>,
    caller: Caller,
    Path(number): Path<String>,
    Body(NewRelease { reason }): Body<NewRelease>,
) -> Result<Outcome<Hold>, Failure> {
    let number = parse(&number)?;
    match holds::release(&service, &caller.actor, number, &reason).await? {
        Released::Done(_) => show(&service, &caller, number).await.map(|Json(hold)| Outcome::Done(hold)),
        Released::Proposed(proposal) => made(&service, &caller, &proposal).await.map(Outcome::Proposed),
    }
}

async fn show(service: &Service, caller: &Caller, number: i64) -> Result<Json<Hold>, Failure> {
    let view = holds::view(service, &caller.actor, number).await?;
    Ok(Json(Hold::new(view.line, view.now)))
}

fn parse(number: &str) -> Result<i64, Failure> {
    number.parse().map_err(|_| Failure::not_found(format!("Hold {number} was not found.")))
}
