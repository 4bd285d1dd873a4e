//! Builds by digest.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::builds::life::BuildView;
use towpath_domain::ids::PlacementId;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// A build with its lives, or the life in one integration (`PROJECT/INTEGRATION`) from after a placement.
#[server(prefix = "/fn", endpoint = "view_build", output = Answer)]
pub async fn view_build(
    digest: String,
    within: Option<String>,
    after: Option<PlacementId>,
) -> Result<BuildView, AppError> {
    use towpath_service::builds::{Part, view};
    let (_, actor) = signed_in()?;
    let part = Part { within: within.as_deref(), after, ..Part::PAGE };
    Ok(view(&service()?, &actor, &digest, part).await?)
}
