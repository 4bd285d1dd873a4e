//! Holds and builds that are marked bad.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::holds::{HoldChoices, HoldForm, HoldView, HoldsView, Listed};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// A page of the holds that one sees, with a number below `before`.
#[server(prefix = "/fn", endpoint = "view_holds", output = Answer)]
pub async fn view_holds(listed: Listed, before: Option<i64>) -> Result<HoldsView, AppError> {
    /// How many holds a page has.
    const PAGE: usize = 50;
    let (_, actor) = signed_in()?;
    Ok(towpath_service::holds::list(&service()?, &actor, listed, before, PAGE).await?)
}

#[server(prefix = "/fn", endpoint = "view_hold", output = Answer)]
pub async fn view_hold(number: i64) -> Result<HoldView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::holds::view(&service()?, &actor, number).await?)
}

/// What one may hold, for the form of a new hold; `on` is what it was opened for.
#[server(prefix = "/fn", endpoint = "view_hold_choices", output = Answer)]
pub async fn view_hold_choices(on: String) -> Result<HoldChoices, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::holds::choices(&service()?, &actor, &on).await?)
}

/// Places a hold and leads to it.
#[server(prefix = "/fn", endpoint = "place_hold", output = Answer)]
pub async fn place_hold(form: HoldForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let hold = towpath_service::holds::place(&service()?, &actor, form).await?;
    leptos_axum::redirect(&crate::paths::hold(hold.number));
    Ok(())
}

/// Releases a hold and leads back to its page, or to the proposal where it takes a second person.
#[server(prefix = "/fn", endpoint = "release_hold", output = Answer)]
pub async fn release_hold(number: i64, reason: String) -> Result<(), AppError> {
    use towpath_service::proposals::Outcome;
    let (_, actor) = signed_in()?;
    let page = match towpath_service::holds::release(&service()?, &actor, number, &reason).await? {
        Outcome::Done(_) => crate::paths::hold(number),
        Outcome::Proposed(proposal) => crate::paths::proposal(proposal.number),
    };
    leptos_axum::redirect(&page);
    Ok(())
}
