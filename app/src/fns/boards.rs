//! The board.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::boards::{Board, FirstPush};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_board", output = Answer)]
pub async fn view_board(project: String, integration: String) -> Result<Board, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::boards::view(&service()?, &actor, &project, &integration).await?)
}

/// The newest build that arrived after an event of the timeline.
#[server(prefix = "/fn", endpoint = "view_first_push", output = Answer)]
pub async fn view_first_push(
    project: String,
    integration: String,
    after: i64,
) -> Result<Option<FirstPush>, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::boards::first_push(&service()?, &actor, &project, &integration, after).await?)
}
