//! Environments with their pins, and default builds.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::ids::PromotionId;
use towpath_domain::pins::{EnvironmentView, PinChoices, PinForm};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// An environment with what should run there and its pins; of those that have ended a page, from before one of them.
#[server(prefix = "/fn", endpoint = "view_environment", output = Answer)]
pub async fn view_environment(
    project: String,
    environment: String,
    before: Option<PromotionId>,
) -> Result<EnvironmentView, AppError> {
    /// How many ended pins a page has.
    const PAGE: usize = 20;
    let (_, actor) = signed_in()?;
    Ok(towpath_service::pins::view(&service()?, &actor, &project, &environment, before, PAGE).await?)
}

/// What can be pinned in an environment; `of` is the service that was chosen, if one was.
#[server(prefix = "/fn", endpoint = "view_pin_choices", output = Answer)]
pub async fn view_pin_choices(
    project: String,
    environment: String,
    of: String,
) -> Result<PinChoices, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::pins::choices(&service()?, &actor, &project, &environment, &of).await?)
}

/// Asks to pin a build, and leads to the promotion.
#[server(prefix = "/fn", endpoint = "ask_pin", output = Answer)]
pub async fn ask_pin(project: String, environment: String, form: PinForm) -> Result<(), AppError> {
    use towpath_service::pins::{PinRequest, home, pin};
    let (_, actor) = signed_in()?;
    let service = service()?;
    let asked = pin(&service, &actor, PinRequest { project, environment, form }).await?;
    let home = home(&service, &asked).await?;
    leptos_axum::redirect(&crate::paths::promotion(&home, asked.number));
    Ok(())
}

/// Releases the pin in force of a service.
#[server(prefix = "/fn", endpoint = "release_pin", output = Answer)]
pub async fn release_pin(
    project: String,
    environment: String,
    of: String,
    number: i64,
    reason: String,
) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let at = (project.as_str(), environment.as_str());
    towpath_service::pins::release(&service()?, &actor, at, &of, Some(number), &reason).await?;
    Ok(())
}

/// Makes a build the default of its integration.
#[server(prefix = "/fn", endpoint = "set_default_build", output = Answer)]
pub async fn set_default_build(project: String, integration: String, digest: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::integrations::set_default(&service()?, &actor, &project, &integration, &digest).await?;
    Ok(())
}

/// Leaves an integration without a default build.
#[server(prefix = "/fn", endpoint = "clear_default_build", output = Answer)]
pub async fn clear_default_build(project: String, integration: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::integrations::clear_default(&service()?, &actor, &project, &integration).await?;
    Ok(())
}
