//! Pins of an environment, and default builds: what should run where the bucket does not say.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::promotions::{foretell, show as show_promotion};
use super::queries::{Paging, PinChoice, Query};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::integrations::NewDefaultBuild;
use towpath_api::pages::Page;
use towpath_api::pins::{NewPin, NewPinRelease, Pin};
use towpath_api::promotions::{Outlook, Promotion};
use towpath_domain::ids::PromotionId;
use towpath_domain::promotions::Outlook as Meets;
use towpath_service::pins::{self, Listed, PinRequest};
use towpath_service::{Service, integrations};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, ask)).routes(routes!(release)).routes(routes!(set, clear))
}

/// The pins of an environment: those in force, by service, or a page of those that have ended, the newest first.
#[utoipa::path(
    get, path = "/projects/{project}/environments/{environment}/pins", operation_id = "list_pins", tag = "pins",
    params(PinChoice), responses((status = 200, description = "As asked for", body = Page<Pin>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path((project, environment)): Path<(String, String)>,
    Query(choice): Query<PinChoice>,
) -> Result<Json<Page<Pin>>, Failure> {
    let paging = Paging { cursor: choice.cursor, limit: choice.limit };
    let (before, limit) = paging.of_names::<PromotionId>(Listing::Pins)?;
    let limit = usize::try_from(limit).unwrap_or_default();
    let listed = if choice.ended { Listed::Ended { before, limit } } else { Listed::InForce };
    let page = pins::list(&service, &caller.actor, (&project, &environment), listed).await?;
    let now = service.now();
    Ok(Json(Page {
        items: page.lines.into_iter().map(|line| Pin::new(line, now)).collect(),
        next: page.older.map(|before| Cursor::new(Listing::Pins, before)),
    }))
}

/// Asks to pin a build of a service in the environment, by a promotion: `applied` at once where no gate is missing, else
/// `waiting`. What has been in the bucket that feeds the environment passes no gate again. A dry run only tells.
#[utoipa::path(
    post, path = "/projects/{project}/environments/{environment}/pins", operation_id = "request_pin", tag = "pins",
    request_body = NewPin,
    responses(
        (status = 201, description = "Created", body = Promotion, headers(("location" = String))),
        (status = 200, description = "What it would meet, of a dry run", body = Outlook),
        Failure
    )
)]
async fn ask(
    State(service): State<Service>,
    caller: Caller,
    Path((project, environment)): Path<(String, String)>,
    Body(new): Body<NewPin>,
) -> Result<Response, Failure> {
    let (dry_run, emergency) = (new.dry_run, new.emergency);
    let wish = PinRequest { project, environment, form: new.into() };
    if dry_run && emergency {
        return Ok(match pins::explain_pin_in_emergency(&service, &caller.actor, wish).await? {
            Ok(missing) => Json(Outlook::PassesGates { missing }).into_response(),
            Err(refused) => Json(foretell(Meets::Refused { refused })).into_response(),
        });
    }
    if dry_run {
        let outlook = pins::explain_pin(&service, &caller.actor, wish).await?;
        return Ok(Json(foretell(outlook)).into_response());
    }
    let promotion = pins::pin(&service, &caller.actor, wish).await?;
    let home = pins::home(&service, &promotion).await?;
    let address = format!("/projects/{home}/promotions/{}", promotion.number);
    let Json(shown) = show_promotion(&service, &caller, home.as_str(), promotion.number).await?;
    Ok(Created(address, shown).into_response())
}

/// Releases the pin in force of a service, so that the environment should run what its bucket says again.
#[utoipa::path(
    post, path = "/projects/{project}/environments/{environment}/pins/{service}/release",
    operation_id = "release_pin", tag = "pins", request_body = NewPinRelease,
    responses((status = 204, description = "Done"), Failure)
)]
async fn release(
    State(service): State<Service>,
    caller: Caller,
    Path((project, environment, of)): Path<(String, String, String)>,
    Body(NewPinRelease { number, reason }): Body<NewPinRelease>,
) -> Result<StatusCode, Failure> {
    pins::release(&service, &caller.actor, (&project, &environment), &of, number, &reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a build of the integration its default: what services run where neither a pin nor a bucket says anything.
#[utoipa::path(
    put, path = "/projects/{project}/integrations/{integration}/default-build", operation_id = "set_default_build",
    tag = "pins", request_body = NewDefaultBuild, responses((status = 204, description = "Done"), Failure)
)]
async fn set(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Body(NewDefaultBuild { digest }): Body<NewDefaultBuild>,
) -> Result<StatusCode, Failure> {
    integrations::set_default(&service, &caller.actor, &project, &integration, &digest).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves the integration without a default build.
#[utoipa::path(
    delete, path = "/projects/{project}/integrations/{integration}/default-build",
    operation_id = "clear_default_build", tag = "pins",
    responses((status = 204, description = "Done"), Failure)
)]
async fn clear(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    integrations::clear_default(&service, &caller.actor, &project, &integration).await?;
    Ok(StatusCode::NO_CONTENT)
}
