//! What waits for who is signed in.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::inbox::Inbox;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_inbox", output = Answer)]
pub async fn view_inbox() -> Result<Inbox, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::inbox::list(&service()?, &actor).await?)
}
