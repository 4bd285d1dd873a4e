//! Changes that wait for a second person.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::proposals::{ProposalView, ProposalsView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_proposals", output = Answer)]
pub async fn view_proposals() -> Result<ProposalsView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::proposals::list(&service()?, &actor).await?)
}

#[server(prefix = "/fn", endpoint = "view_proposal", output = Answer)]
pub async fn view_proposal(number: i64) -> Result<ProposalView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::proposals::view(&service()?, &actor, number).await?)
}

/// Confirms what somebody else proposed, which does it.
#[server(prefix = "/fn", endpoint = "confirm_proposal", output = Answer)]
pub async fn confirm_proposal(number: i64) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::proposals::confirm(&service()?, &actor, number).await?;
    Ok(())
}

#[server(prefix = "/fn", endpoint = "reject_proposal", output = Answer)]
pub async fn reject_proposal(number: i64, comment: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::proposals::reject(&service()?, &actor, number, &comment).await?;
    Ok(())
}

#[server(prefix = "/fn", endpoint = "withdraw_proposal", output = Answer)]
pub async fn withdraw_proposal(number: i64) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::proposals::withdraw(&service()?, &actor, number).await?;
    Ok(())
}
