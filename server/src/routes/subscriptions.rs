//! Subscriptions: addresses elsewhere to which events are sent.

use super::addresses;
use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::idempotency::ShownOnce;
use super::queries::{OfProject, Paging, Query};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::pages::Page;
use towpath_api::subscriptions::{Delivery, KeyedSubscription, NewSubscription, Subscription};
use towpath_domain::ids::SubscriptionId;
use towpath_service::{Service, subscriptions};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(view, remove))
        .routes(routes!(rotate))
        .routes(routes!(enable))
        .routes(routes!(test))
        .routes(routes!(deliveries))
        .routes(routes!(replay))
}

/// The subscriptions of a project or, without one, of the installation, the newest first. Takes a session of someone who
/// may configure it, as all about subscriptions does.
#[utoipa::path(
    get, path = "/subscriptions", operation_id = "list_subscriptions", tag = "subscriptions", params(OfProject),
    responses((status = 200, description = "As asked for", body = Page<Subscription>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Query(OfProject { project }): Query<OfProject>,
) -> Result<Json<Page<Subscription>>, Failure> {
    let view = subscriptions::list(&service, &caller.actor, &project).await?;
    Ok(Json(Page::whole(view.subscriptions.into_iter().map(Subscription::from))))
}

/// Subscribes an address to events, from now on. Where messages are signed with HMAC, the secret is in this answer and
/// nowhere else.
#[utoipa::path(
    post, path = "/subscriptions", operation_id = "create_subscription", tag = "subscriptions",
    request_body = NewSubscription,
    responses(
        (status = 201, description = "Created", body = KeyedSubscription, headers(("location" = String))),
        Failure
    )
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewSubscription>,
) -> Result<(Extension<ShownOnce>, Created<KeyedSubscription>), Failure> {
    let project = new.project.clone();
    let (made, secret) = subscriptions::create(&service, &caller.actor, &project, new.into()).await?;
    let address = format!("/subscriptions/{}", made.id);
    let created = KeyedSubscription { subscription: made.into(), secret };
    Ok((Extension(ShownOnce), Created(address, created)))
}

/// A subscription.
#[utoipa::path(
    get, path = "/subscriptions/{id}", operation_id = "get_subscription", tag = "subscriptions",
    responses((status = 200, description = "As asked for", body = Subscription), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Subscription>, Failure> {
    let view = subscriptions::view(&service, &caller.actor, subscription(&id)?, None, 0).await?;
    Ok(Json(view.subscription.into()))
}

/// Deletes a subscription, with the log of what was sent to it.
#[utoipa::path(
    delete, path = "/subscriptions/{id}", operation_id = "delete_subscription", tag = "subscriptions",
    responses((status = 204, description = "Done"), Failure)
)]
async fn remove(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    subscriptions::delete(&service, &caller.actor, subscription(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a new key in force. The one before signs beside it for a day, so that receivers can change over.
#[utoipa::path(
    post, path = "/subscriptions/{id}/rotation", operation_id = "rotate_subscription", tag = "subscriptions",
    responses((status = 200, description = "As it is now", body = KeyedSubscription), Failure)
)]
async fn rotate(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<(Extension<ShownOnce>, Json<KeyedSubscription>), Failure> {
    let (rotated, secret) = subscriptions::rotate(&service, &caller.actor, subscription(&id)?).await?;
    Ok((Extension(ShownOnce), Json(KeyedSubscription { subscription: rotated.into(), secret })))
}

/// Sends events to it again, after it was disabled: those that wait, and what happens from now on.
#[utoipa::path(
    post, path = "/subscriptions/{id}/resumption", operation_id = "enable_subscription", tag = "subscriptions",
    responses((status = 204, description = "Done"), Failure)
)]
async fn enable(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    subscriptions::enable(&service, &caller.actor, subscription(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a message that tells of nothing, at once, and answers what became of it.
#[utoipa::path(
    post, path = "/subscriptions/{id}/test", operation_id = "test_subscription", tag = "subscriptions",
    responses((status = 200, description = "It was tried", body = Delivery), Failure)
)]
async fn test(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Delivery>, Failure> {
    Ok(Json(subscriptions::test(&service, &caller.actor, subscription(&id)?).await?.into()))
}

/// What was sent to it, or waits, the newest first. What was sent is kept for 30 days.
#[utoipa::path(
    get, path = "/subscriptions/{id}/deliveries", operation_id = "list_deliveries", tag = "subscriptions",
    params(Paging),
    responses((status = 200, description = "As asked for", body = Page<Delivery>), Failure)
)]
async fn deliveries(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Delivery>>, Failure> {
    let (before, limit) = paging.of_names(Listing::Deliveries)?;
    let view = subscriptions::view(&service, &caller.actor, subscription(&id)?, before, limit).await?;
    Ok(Json(Page {
        items: view.deliveries.into_iter().map(Delivery::from).collect(),
        next: view.older.map(|older| Cursor::new(Listing::Deliveries, older)),
    }))
}

/// Sends an event once more, at once and under the same id, and answers what became of it.
#[utoipa::path(
    post, path = "/subscriptions/{id}/deliveries/{delivery}/replay", operation_id = "replay_delivery",
    tag = "subscriptions",
    responses((status = 200, description = "It was tried", body = Delivery), Failure)
)]
async fn replay(
    State(service): State<Service>,
    caller: Caller,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<Json<Delivery>, Failure> {
    let delivery = addresses::id(&delivery, "delivery")?;
    Ok(Json(subscriptions::replay(&service, &caller.actor, subscription(&id)?, delivery).await?.into()))
}

fn subscription(id: &str) -> Result<SubscriptionId, Failure> {
    addresses::id(id, "subscription")
}
