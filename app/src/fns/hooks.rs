//! Hooks: addresses at which other systems announce builds.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::hooks::{HookDelivery, HookForm, HookView, HooksView};
use towpath_domain::ids::{HookDeliveryId, HookId};

#[cfg(feature = "ssr")]
use crate::visitors::{service, show_once, signed_in};

#[server(prefix = "/fn", endpoint = "view_hooks", output = Answer)]
pub async fn view_hooks(project: String, integration: String) -> Result<HooksView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::hooks::list(&service()?, &actor, &project, &integration).await?)
}

#[server(prefix = "/fn", endpoint = "view_hook", output = Answer)]
pub async fn view_hook(hook: HookId, before: Option<HookDeliveryId>) -> Result<HookView, AppError> {
    use towpath_service::hooks::{PAGE, view};
    let (_, actor) = signed_in()?;
    Ok(view(&service()?, &actor, hook, before, PAGE).await?)
}

/// Makes a hook; the answer is its secret, which is shown once.
#[server(prefix = "/fn", endpoint = "create_hook", output = Answer)]
pub async fn create_hook(project: String, integration: String, form: HookForm) -> Result<String, AppError> {
    let (_, actor) = signed_in()?;
    let at = (project.as_str(), integration.as_str());
    let (_, secret) = towpath_service::hooks::create(&service()?, &actor, at, form).await?;
    show_once("hook", Some(&secret));
    Ok(secret)
}

/// Puts a new secret in force; the answer is that, which is shown once.
#[server(prefix = "/fn", endpoint = "rotate_hook", output = Answer)]
pub async fn rotate_hook(hook: HookId) -> Result<String, AppError> {
    let (_, actor) = signed_in()?;
    let (_, secret) = towpath_service::hooks::rotate(&service()?, &actor, hook).await?;
    show_once("hook", Some(&secret));
    Ok(secret)
}

/// Does once more what a webhook asked for.
#[server(prefix = "/fn", endpoint = "replay_hook_delivery", output = Answer)]
pub async fn replay_hook_delivery(hook: HookId, delivery: HookDeliveryId) -> Result<HookDelivery, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::hooks::replay(&service()?, &actor, hook, delivery).await?)
}

/// Deletes a hook and leads to where it was listed.
#[server(prefix = "/fn", endpoint = "delete_hook", output = Answer)]
pub async fn delete_hook(hook: HookId) -> Result<(), AppError> {
    use crate::paths;
    use towpath_service::hooks;
    let (_, actor) = signed_in()?;
    let service = service()?;
    let known = hooks::view(&service, &actor, hook, None, 0).await?.hook;
    hooks::delete(&service, &actor, hook).await?;
    leptos_axum::redirect(&paths::hooks(&known.project, &known.integration));
    Ok(())
}
