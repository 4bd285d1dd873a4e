//! Promotions: asking, looking, deciding, taking back.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::queries::{Paging, Query};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::pages::Page;
use towpath_api::promotions::{
    Application, Cancellation, NewDecision, NewEmergency, NewPromotion, NewReview, Outlook, Promotion,
    PromotionLine,
};
use towpath_api::times::Timestamp;
use towpath_domain::promotions as domain;
use towpath_service::promotions::{Apply, Decide, Pass, Request};
use towpath_service::{Error, Service, inbox, promotions};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(request))
        .routes(routes!(view))
        .routes(routes!(decide))
        .routes(routes!(cancel))
        .routes(routes!(apply))
        .routes(routes!(retry))
        .routes(routes!(pass))
        .routes(routes!(review))
}

/// The promotions of a project, newest first.
#[utoipa::path(
    get, path = "/projects/{project}/promotions", operation_id = "list_promotions", tag = "promotions",
    params(Paging), responses((status = 200, description = "As asked for", body = Page<PromotionLine>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<PromotionLine>>, Failure> {
    let (before, limit) = paging.of(Listing::Promotions)?;
    let page = inbox::page(&service, &caller.actor, &project, before, limit).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(PromotionLine::from).collect(),
        next: page.older.map(|before| Cursor::new(Listing::Promotions, before)),
    }))
}

/// Asks for a promotion: `applied` at once where no gate is missing, else `waiting`. A dry run only tells.
#[utoipa::path(
    post, path = "/projects/{project}/integrations/{integration}/promotions",
    operation_id = "request_promotion", tag = "promotions",
    request_body = NewPromotion,
    responses(
        (status = 201, description = "Created", body = Promotion, headers(("location" = String))),
        (status = 200, description = "What it would meet, of a dry run", body = Outlook),
        Failure
    )
)]
async fn request(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Body(new): Body<NewPromotion>,
) -> Result<Response, Failure> {
    let NewPromotion { digest, from, to, reason, reference, scheduled_for, .. } = new;
    let (emergency, dry_run, expected_current) = (new.emergency, new.dry_run, new.expected_current);
    let wish = Request {
        project: project.clone(),
        integration,
        digest,
        from,
        to,
        reason,
        reference,
        scheduled_for,
        emergency,
        expected_current,
    };
    if dry_run && emergency {
        return Ok(match promotions::explain_emergency(&service, &caller.actor, wish).await? {
            Ok(missing) => Json(Outlook::PassesGates { missing }).into_response(),
            Err(refused) => Json(foretell(domain::Outlook::Refused { refused })).into_response(),
        });
    }
    if dry_run {
        let outlook = promotions::explain(&service, &caller.actor, wish).await?;
        return Ok(Json(foretell(outlook)).into_response());
    }
    let promotion = promotions::request(&service, &caller.actor, wish).await?;
    let address = format!("/projects/{project}/promotions/{}", promotion.number);
    let Json(promotion) = show(&service, &caller, &project, promotion.number).await?;
    Ok(Created(address, promotion).into_response())
}

pub(super) fn foretell(outlook: domain::Outlook) -> Outlook {
    match outlook {
        domain::Outlook::Enters => Outlook::Enters,
        domain::Outlook::Waits { needs, until } => {
            Outlook::Waits { needs, until: until.map(Timestamp::from) }
        }
        domain::Outlook::Refused { refused } => {
            Outlook::Refused { problem: Failure::from(Error::from(refused)).into_problem() }
        }
    }
}

/// A promotion with its gates and decisions.
#[utoipa::path(
    get, path = "/projects/{project}/promotions/{number}", operation_id = "get_promotion",
    tag = "promotions", responses((status = 200, description = "As asked for", body = Promotion), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path((project, number)): Path<(String, String)>,
) -> Result<Json<Promotion>, Failure> {
    let number = parse(&project, &number)?;
    show(&service, &caller, &project, number).await
}

/// Approves or rejects a promotion. The last approval that is needed applies it in this moment.
#[utoipa::path(
    post, path = "/projects/{project}/promotions/{number}/decisions", operation_id = "decide_promotion",
    tag = "promotions", request_body = NewDecision,
    responses((status = 200, description = "As asked for", body = Promotion), Failure)
)]
async fn decide(
    State(service): State<Service>,
    caller: Caller,
    Path((project, number)): Path<(String, String)>,
    Body(new): Body<NewDecision>,
) -> Result<Json<Promotion>, Failure> {
    let number = parse(&project, &number)?;
    let NewDecision { choice, comment, digest, in_name_of } = new;
    let choice = choice.into();
    let decision = Decide { project: project.clone(), number, choice, comment, digest, in_name_of };
    promotions::decide(&service, &caller.actor, decision).await?;
    show(&service, &caller, &project, number).await
}

/// Takes a waiting promotion back.
#[utoipa::path(
    post, path = "/projects/{project}/promotions/{number}/cancellation", operation_id = "cancel_promotion",
    tag = "promotions", request_body = Cancellation,
    responses((status = 200, description = "As asked for", body = Promotion), Failure)
)]
async fn cancel(
    State(service): State<Service>,
    caller: Caller,
    Path((project, number)): Path<(String, String)>,
    Body(Cancellation { reason }): Body<Cancellation>,
) -> Result<Json<Promotion>, Failure> {
    let number = parse(&project, &number)?;
    promotions::cancel(&service, &caller.actor, &project, number, &reason).await?;
    show(&service, &caller, &project, number).await
}

/// Lets a promotion that has failed try again what it does in a registry elsewhere. Its gates are judged again first: where
/// one does not pass any more, the answer is `waiting`.
#[utoipa::path(
    post, path = "/projects/{project}/promotions/{number}/retry", operation_id = "retry_promotion",
    tag = "promotions",
    responses((status = 200, description = "As asked for", body = Promotion), Failure)
)]
async fn retry(
    State(service): State<Service>,
    caller: Caller,
    Path((project, number)): Path<(String, String)>,
) -> Result<Json<Promotion>, Failure> {
    let number = parse(&project, &number)?;
    promotions::retry(&service, &caller.actor, &project, number).await?;
    show(&service, &caller, &project, number).await
}

/// Applies a promotion that is ready, where its stage wants a hand. Its gates are judged again: where one does not pass any
/// more, the answer is `waiting`.
#[utoipa::path(
    post, path = "/projects/{project}/promotions/{number}/application", operation_id = "apply_promotion",
    tag = "promotions", request_body = Application,
    responses((status = 200, description = "As asked for", body = Promotion), Failure)
)]
async fn apply(
    State(service): State<Service>,
    caller: Caller,
    Path((project, number)): Path<(String, String)>,
    Body(Application { digest }): Body<Application>,
) -> Result<Json<Promotion>, Failure> {
    let number = parse(&project, &number)?;
    promotions::apply(&service, &caller.actor, Apply { project: project.clone(), number, digest }).await?;
    show(&service, &caller, &project, number).await
}

/// Applies a waiting promotion past its gates in an emergency. It is marked for ever, and a second person reviews it.
#[utoipa::path(
    post, path = "/projects/{project}/promotions/{number}/emergency", operation_id = "pass_gates",
    tag = "promotions", request_body = NewEmergency,
    responses((status = 200, description = "As asked for", body = Promotion), Failure)
)]
async fn pass(
    State(service): State<Service>,
    caller: Caller,
    Path((project, number)): Path<(String, String)>,
    Body(NewEmergency { reason, digest }): Body<NewEmergency>,
) -> Result<Json<Promotion>, Failure> {
    let number = parse(&project, &number)?;
    let wish = Pass { project: project.clone(), number, reason, digest };
    promotions::pass(&service, &caller.actor, wish).await?;
    show(&service, &caller, &project, number).await
}

/// Takes a second person's word on an emergency.
#[utoipa::path(
    post, path = "/projects/{project}/promotions/{number}/review", operation_id = "review_emergency",
    tag = "promotions", request_body = NewReview,
    responses((status = 200, description = "As asked for", body = Promotion), Failure)
)]
async fn review(
    State(service): State<Service>,
    caller: Caller,
    Path((project, number)): Path<(String, String)>,
    Body(NewReview { comment }): Body<NewReview>,
) -> Result<Json<Promotion>, Failure> {
    let number = parse(&project, &number)?;
    promotions::review(&service, &caller.actor, &project, number, &comment).await?;
    show(&service, &caller, &project, number).await
}

pub(super) async fn show(
    service: &Service,
    caller: &Caller,
    project: &str,
    number: i64,
) -> Result<Json<Promotion>, Failure> {
    Ok(Json(inbox::promotion(service, &caller.actor, project, number).await?.into()))
}

fn parse(project: &str, number: &str) -> Result<i64, Failure> {
    let missing = || Failure::not_found(format!("Promotion #{number} of {project} was not found."));
    number.parse().map_err(|_| missing())
}
