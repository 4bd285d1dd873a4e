//! The audit timeline.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::timeline::{Filter, TimelinePage};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_timeline", output = Answer)]
pub async fn view_timeline(
    // An empty filter has no fields to send.
    #[server(default)] filter: Filter,
    before: Option<i64>,
) -> Result<TimelinePage, AppError> {
    use towpath_service::timeline::{PAGE, page};
    let (_, actor) = signed_in()?;
    Ok(page(&service()?, &actor, &filter, before, PAGE).await?)
}
