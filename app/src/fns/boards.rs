//! The board.

use crate::AppError;
use leptos::server;
use towpath_domain::boards::Board;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_board")]
pub async fn view_board(project: String, integration: String) -> Result<Board, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::boards::view(&service()?, &actor, &project, &integration).await?)
}

/// Makes an earlier build of a bucket current again, and leads back to the board.
#[server(prefix = "/fn", endpoint = "roll_back")]
pub async fn roll_back(
    project: String,
    integration: String,
    bucket: String,
    to: towpath_domain::ids::PlacementId,
    expected: i64,
    reason: String,
) -> Result<(), AppError> {
    use towpath_service::buckets::{BucketAddress, RollBack};
    let (_, actor) = signed_in()?;
    let board = format!("/projects/{project}/integrations/{integration}");
    let at = BucketAddress { project, integration, bucket };
    let wish = RollBack { at, to, reason, expected: Some(expected) };
    towpath_service::buckets::roll_back(&service()?, &actor, wish).await?;
    leptos_axum::redirect(&board);
    Ok(())
}

/// Lets builds arrive again where a rollback paused arrivals.
#[server(prefix = "/fn", endpoint = "resume_arrivals")]
pub async fn resume_arrivals(project: String, integration: String, bucket: String) -> Result<(), AppError> {
    use towpath_service::buckets::BucketAddress;
    let (_, actor) = signed_in()?;
    let at = BucketAddress { project, integration, bucket };
    Ok(towpath_service::buckets::resume(&service()?, &actor, &at, "").await?)
}
