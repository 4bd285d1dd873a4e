//! Subscriptions: addresses elsewhere to which events are sent.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::ids::{DeliveryId, SubscriptionId};
use towpath_domain::subscriptions::{Delivery, SubscriptionForm, SubscriptionView, SubscriptionsView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, show_once, signed_in};

/// Those of a project or, with an empty name, of the installation.
#[server(prefix = "/fn", endpoint = "view_subscriptions", output = Answer)]
pub async fn view_subscriptions(#[server(default)] project: String) -> Result<SubscriptionsView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::subscriptions::list(&service()?, &actor, &project).await?)
}

#[server(prefix = "/fn", endpoint = "view_subscription", output = Answer)]
pub async fn view_subscription(
    subscription: SubscriptionId,
    before: Option<DeliveryId>,
) -> Result<SubscriptionView, AppError> {
    use towpath_service::subscriptions::{PAGE, view};
    let (_, actor) = signed_in()?;
    Ok(view(&service()?, &actor, subscription, before, PAGE).await?)
}

/// Makes a subscription and leads to it; its page shows the secret once, where there is one.
#[server(prefix = "/fn", endpoint = "create_subscription", output = Answer)]
pub async fn create_subscription(
    #[server(default)] project: String,
    form: SubscriptionForm,
) -> Result<Option<String>, AppError> {
    let (_, actor) = signed_in()?;
    let (_, secret) = towpath_service::subscriptions::create(&service()?, &actor, &project, form).await?;
    show_once("subscription", secret.as_deref());
    Ok(secret)
}

/// Puts a new key in force; the answer is the secret, where there is one, which is shown once.
#[server(prefix = "/fn", endpoint = "rotate_subscription", output = Answer)]
pub async fn rotate_subscription(subscription: SubscriptionId) -> Result<Option<String>, AppError> {
    let (_, actor) = signed_in()?;
    let (_, secret) = towpath_service::subscriptions::rotate(&service()?, &actor, subscription).await?;
    show_once("subscription", secret.as_deref());
    Ok(secret)
}

#[server(prefix = "/fn", endpoint = "enable_subscription", output = Answer)]
pub async fn enable_subscription(subscription: SubscriptionId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::subscriptions::enable(&service()?, &actor, subscription).await?)
}

/// Sends a message that tells of nothing, and answers what became of it.
#[server(prefix = "/fn", endpoint = "test_subscription", output = Answer)]
pub async fn test_subscription(subscription: SubscriptionId) -> Result<Delivery, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::subscriptions::test(&service()?, &actor, subscription).await?)
}

/// Sends an event once more, and answers what became of it.
#[server(prefix = "/fn", endpoint = "replay_delivery", output = Answer)]
pub async fn replay_delivery(
    subscription: SubscriptionId,
    delivery: DeliveryId,
) -> Result<Delivery, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::subscriptions::replay(&service()?, &actor, subscription, delivery).await?)
}

/// Deletes a subscription and leads to where it was listed.
#[server(prefix = "/fn", endpoint = "delete_subscription", output = Answer)]
pub async fn delete_subscription(subscription: SubscriptionId) -> Result<(), AppError> {
    use crate::paths;
    use towpath_service::subscriptions;
    let (_, actor) = signed_in()?;
    let service = service()?;
    let project = subscriptions::view(&service, &actor, subscription, None, 0).await?.subscription.project;
    subscriptions::delete(&service, &actor, subscription).await?;
    leptos_axum::redirect(&paths::subscriptions(project.as_ref()));
    Ok(())
}
