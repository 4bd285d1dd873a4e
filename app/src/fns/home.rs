//! The first page.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::home::{Filter, Home, Place};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_home", output = Answer)]
pub async fn view_home(
    // An empty filter has no fields to send.
    #[server(default)] filter: Filter,
    after: Option<Place>,
) -> Result<Home, AppError> {
    use towpath_service::home::{PAGE, view};
    let (_, actor) = signed_in()?;
    Ok(view(&service()?, &actor, &filter, after.as_ref(), PAGE).await?)
}
