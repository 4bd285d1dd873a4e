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
    // Nothing was asked for, so that one begins with one's start view.
    #[server(default)] start: bool,
) -> Result<Home, AppError> {
    use towpath_service::home::{PAGE, view};
    use towpath_service::saved_views;
    let ((_, actor), service) = (signed_in()?, service()?);
    let filter = if start { saved_views::start(&service, &actor).await? } else { filter };
    Ok(view(&service, &actor, &filter, after.as_ref(), PAGE).await?)
}
