//! Search: by the box that is typed in, and by its pages.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::search::{FoundBuilds, Results};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// A few of each kind, while someone types.
#[server(prefix = "/fn", endpoint = "search", output = Answer)]
pub async fn search(q: String) -> Result<Results, AppError> {
    use towpath_service::search::{BRIEF, find};
    let (_, actor) = signed_in()?;
    Ok(find(&service()?, &actor, &q, BRIEF).await?)
}

/// More of each kind.
#[server(prefix = "/fn", endpoint = "view_search", output = Answer)]
pub async fn view_search(q: String) -> Result<Results, AppError> {
    use towpath_service::search::{WHOLE, find};
    let (_, actor) = signed_in()?;
    Ok(find(&service()?, &actor, &q, WHOLE).await?)
}

/// A page of the builds that were found.
#[server(prefix = "/fn", endpoint = "view_found_builds", output = Answer)]
pub async fn view_found_builds(q: String, after: Option<String>) -> Result<FoundBuilds, AppError> {
    use towpath_service::search::{PAGE, builds};
    let (_, actor) = signed_in()?;
    Ok(builds(&service()?, &actor, &q, after.as_deref(), PAGE).await?)
}
