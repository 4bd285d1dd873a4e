//! The difference between two builds of an integration.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::boards::Board;
use towpath_domain::differences::Comparison;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// What a build would change about another of the same integration; both by their digests.
#[server(prefix = "/fn", endpoint = "compare_builds", output = Answer)]
pub async fn compare_builds(
    project: String,
    integration: String,
    from: String,
    to: String,
) -> Result<Comparison, AppError> {
    let ((_, actor), service) = (signed_in()?, service()?);
    let at = (project.as_str(), integration.as_str());
    Ok(towpath_service::differences::view(&service, &actor, at, &from, &to).await?)
}

/// Two builds side by side, each named as an address names it, and the board that they are from. Without both names, or
/// where one is wrong, what is wrong with it.
#[server(prefix = "/fn", endpoint = "view_difference", output = Answer)]
pub async fn view_difference(
    project: String,
    integration: String,
    from: String,
    to: String,
) -> Result<(Board, Result<Option<Comparison>, String>), AppError> {
    use towpath_service::Error;
    let ((_, actor), service) = (signed_in()?, service()?);
    let board = towpath_service::boards::view(&service, &actor, &project, &integration).await?;
    if from.is_empty() || to.is_empty() {
        return Ok((board, Ok(None)));
    }
    let at = (project.as_str(), integration.as_str());
    match towpath_service::differences::view(&service, &actor, at, &from, &to).await {
        Ok(comparison) => Ok((board, Ok(Some(comparison)))),
        // The address can be typed; what is wrong with it stands above the form that makes a right one.
        Err(Error::Invalid(invalid)) => {
            let words: Vec<&str> = invalid.errors().iter().map(|error| error.message.as_str()).collect();
            Ok((board, Err(words.join(" "))))
        }
        Err(error) => Err(error.into()),
    }
}
