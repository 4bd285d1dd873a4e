//! Buckets: their history, rolling back and resuming arrivals.

use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::promotions::foretell;
use super::queries::{Paging, Query};
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use towpath_api::boards::Card;
use towpath_api::buckets::{NewRollback, Resumption, Rollback, RollbackAnswer};
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::pages::Page;
use towpath_api::problems::Mistake;
use towpath_api::promotions::{Outlook, PromotionState};
use towpath_service::boards::history;
use towpath_service::buckets::{BucketAddress, RollBack, Rolled, explain_rollback, resume, roll_back};
use towpath_service::{Error, Service};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(placements)).routes(routes!(back)).routes(routes!(resumption))
}

/// Everything that was ever current in a bucket, newest first.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/buckets/{bucket}/placements",
    operation_id = "list_placements", tag = "promotions", params(Paging),
    responses((status = 200, description = "As asked for", body = Page<Card>), Failure)
)]
async fn placements(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration, bucket)): Path<(String, String, String)>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Card>>, Failure> {
    let (before, limit) = paging.of_names(Listing::Placements)?;
    let at = BucketAddress { project, integration, bucket };
    let page = history(&service, &caller.actor, &at, before, limit).await?;
    Ok(Json(Page {
        items: page.cards.into_iter().map(Card::from).collect(),
        next: page.older.map(|before| Cursor::new(Listing::Placements, before)),
    }))
}

/// Makes an earlier build of a bucket current again, or asks for it where the stage wants rollbacks approved. Nothing is
/// erased; arrivals pause there until they are resumed.
#[utoipa::path(
    post, path = "/projects/{project}/integrations/{integration}/buckets/{bucket}/rollbacks",
    operation_id = "roll_back", tag = "promotions", request_body = NewRollback,
    responses(
        (status = 200, description = "As asked for; of a dry run, what it would meet", body = RollbackAnswer),
        Failure
    )
)]
async fn back(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration, bucket)): Path<(String, String, String)>,
    Body(new): Body<NewRollback>,
) -> Result<Json<RollbackAnswer>, Failure> {
    let unknown = || Mistake::in_field("placement", "Name a placement of the bucket's history by its id.");
    let wish = RollBack {
        to: new.placement.parse().map_err(|_| Failure::invalid(vec![unknown()]))?,
        reason: new.reason,
        expected: new.expected_version,
        at: BucketAddress {
            project: project.clone(),
            integration: integration.clone(),
            bucket: bucket.clone(),
        },
    };
    if new.dry_run {
        let outlook = match explain_rollback(&service, &caller.actor, wish).await {
            Err(refused @ (Error::Conflict(_) | Error::Refused(_))) => {
                Outlook::Refused { problem: Failure::from(refused).into_problem() }
            }
            outlook => foretell(outlook?),
        };
        return Ok(Json(RollbackAnswer::Foreseen(outlook)));
    }
    let (digest, state, promotion) = match roll_back(&service, &caller.actor, wish).await? {
        Rolled::Back { digest, .. } => (digest, PromotionState::Applied, None),
        Rolled::Asked(promotion) => {
            (promotion.digest, PromotionState::from(promotion.state), Some(promotion.number))
        }
    };
    let made = Rollback { project, integration, bucket, digest: digest.into(), state, promotion };
    Ok(Json(RollbackAnswer::Made(made)))
}

/// Lets builds arrive again in a bucket where a rollback paused them.
#[utoipa::path(
    post, path = "/projects/{project}/integrations/{integration}/buckets/{bucket}/resumption",
    operation_id = "resume_arrivals", tag = "promotions", request_body = Resumption,
    responses((status = 204, description = "Done"), Failure)
)]
async fn resumption(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration, bucket)): Path<(String, String, String)>,
    Body(Resumption { reason }): Body<Resumption>,
) -> Result<StatusCode, Failure> {
    let at = BucketAddress { project, integration, bucket };
    resume(&service, &caller.actor, &at, &reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
