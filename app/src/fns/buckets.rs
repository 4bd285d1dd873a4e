//! Buckets: their whole history, rolling back, and resuming arrivals.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::boards::History;
use towpath_domain::ids::PlacementId;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// A page of what was ever current in a bucket, from before a placement.
#[server(prefix = "/fn", endpoint = "view_history", output = Answer)]
pub async fn view_history(
    project: String,
    integration: String,
    bucket: String,
    before: Option<PlacementId>,
) -> Result<History, AppError> {
    use towpath_service::buckets::BucketAddress;
    /// How many placements a page has.
    const PAGE: i64 = 50;
    let (_, actor) = signed_in()?;
    let at = BucketAddress { project, integration, bucket };
    Ok(towpath_service::boards::history(&service()?, &actor, &at, before, PAGE).await?)
}

/// One placement of a bucket's history, for the page that rolls back to it.
#[server(prefix = "/fn", endpoint = "view_placement", output = Answer)]
pub async fn view_placement(
    project: String,
    integration: String,
    bucket: String,
    placement: String,
) -> Result<History, AppError> {
    use towpath_service::buckets::BucketAddress;
    let (_, actor) = signed_in()?;
    let unknown = || AppError::NotFound("This placement has no such name".to_owned());
    let placement = placement.parse().map_err(|_| unknown())?;
    let at = BucketAddress { project, integration, bucket };
    Ok(towpath_service::boards::placement(&service()?, &actor, &at, placement).await?)
}

/// Makes an earlier build of a bucket current again, and leads back to the board; or to the promotion by which it was asked
/// for.
#[server(prefix = "/fn", endpoint = "roll_back", output = Answer)]
pub async fn roll_back(
    project: String,
    integration: String,
    bucket: String,
    to: PlacementId,
    expected: i64,
    reason: String,
) -> Result<(), AppError> {
    use towpath_service::buckets::{BucketAddress, RollBack, Rolled};
    let (_, actor) = signed_in()?;
    let board = format!("/projects/{project}/integrations/{integration}");
    let promotions = format!("/projects/{project}/promotions");
    let at = BucketAddress { project, integration, bucket };
    let wish = RollBack { at, to, reason, expected: Some(expected) };
    match towpath_service::buckets::roll_back(&service()?, &actor, wish).await? {
        Rolled::Asked(asked) if asked.is_open() => {
            leptos_axum::redirect(&format!("{promotions}/{}", asked.number));
        }
        _ => leptos_axum::redirect(&board),
    }
    Ok(())
}

/// Lets builds arrive again where a rollback paused arrivals.
#[server(prefix = "/fn", endpoint = "resume_arrivals", output = Answer)]
pub async fn resume_arrivals(project: String, integration: String, bucket: String) -> Result<(), AppError> {
    use towpath_service::buckets::BucketAddress;
    let (_, actor) = signed_in()?;
    let at = BucketAddress { project, integration, bucket };
    Ok(towpath_service::buckets::resume(&service()?, &actor, &at, "").await?)
}
