//! Outside steps: what promotions do in registries elsewhere.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::outside_steps::{OutsideStepsView, StepForm};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_outside_steps", output = Answer)]
pub async fn view_outside_steps(project: String, integration: String) -> Result<OutsideStepsView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::outside_steps::view(&service()?, &actor, &project, &integration).await?)
}

#[server(prefix = "/fn", endpoint = "set_outside_step", output = Answer)]
pub async fn set_outside_step(project: String, integration: String, form: StepForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::outside_steps::set(&service()?, &actor, &project, &integration, form).await?;
    Ok(())
}

/// Takes the step of a bucket away, or with an empty name that of every other one.
#[server(prefix = "/fn", endpoint = "remove_outside_step", output = Answer)]
pub async fn remove_outside_step(
    project: String,
    integration: String,
    #[server(default)] bucket: String,
) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::outside_steps::remove(&service()?, &actor, &project, &integration, &bucket).await?;
    Ok(())
}
