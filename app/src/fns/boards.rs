//! The board.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::boards::Board;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_board", output = Answer)]
pub async fn view_board(project: String, integration: String) -> Result<Board, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::boards::view(&service()?, &actor, &project, &integration).await?)
}
