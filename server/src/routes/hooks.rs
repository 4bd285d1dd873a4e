//! Hooks: addresses at which other systems announce builds. `incoming` is what stands at them.

use super::addresses;
use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::idempotency::ShownOnce;
use super::queries::{Paging, Query};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::hooks::{Hook, HookDelivery, KeyedHook, NewHook};
use towpath_api::pages::Page;
use towpath_domain::ids::HookId;
use towpath_service::{Service, hooks};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(view, remove))
        .routes(routes!(rotate))
        .routes(routes!(deliveries))
        .routes(routes!(replay))
}

/// The hooks of an integration, the newest first. Takes a session of someone who may configure it, as all about hooks does.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/hooks", operation_id = "list_hooks", tag = "hooks",
    responses((status = 200, description = "As asked for", body = Page<Hook>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
) -> Result<Json<Page<Hook>>, Failure> {
    let view = hooks::list(&service, &caller.actor, &project, &integration).await?;
    let shown = view.hooks.into_iter().map(|hook| {
        let address = hooks::address(&service, hook.id);
        Hook::new(hook, address)
    });
    Ok(Json(Page::whole(shown)))
}

/// Makes a hook, which receives builds in your name. Its secret is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/projects/{project}/integrations/{integration}/hooks", operation_id = "create_hook", tag = "hooks",
    request_body = NewHook,
    responses(
        (status = 201, description = "Created", body = KeyedHook, headers(("location" = String))),
        Failure
    )
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Body(new): Body<NewHook>,
) -> Result<(Extension<ShownOnce>, Created<KeyedHook>), Failure> {
    let at = (project.as_str(), integration.as_str());
    let (hook, secret) = hooks::create(&service, &caller.actor, at, new.into()).await?;
    let (place, address) = (format!("/hooks/{}", hook.id), hooks::address(&service, hook.id));
    Ok((Extension(ShownOnce), Created(place, KeyedHook { hook: Hook::new(hook, address), secret })))
}

/// A hook.
#[utoipa::path(
    get, path = "/hooks/{id}", operation_id = "get_hook", tag = "hooks",
    responses((status = 200, description = "As asked for", body = Hook), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Hook>, Failure> {
    let view = hooks::view(&service, &caller.actor, hook(&id)?, None, 0).await?;
    Ok(Json(Hook::new(view.hook, view.address)))
}

/// Deletes a hook, with what came to it.
#[utoipa::path(
    delete, path = "/hooks/{id}", operation_id = "delete_hook", tag = "hooks",
    responses((status = 204, description = "Done"), Failure)
)]
async fn remove(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    hooks::delete(&service, &caller.actor, hook(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a new secret in force. The one before counts for a day more.
#[utoipa::path(
    post, path = "/hooks/{id}/rotation", operation_id = "rotate_hook", tag = "hooks",
    responses((status = 200, description = "As it is now", body = KeyedHook), Failure)
)]
async fn rotate(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<(Extension<ShownOnce>, Json<KeyedHook>), Failure> {
    let (hook, secret) = hooks::rotate(&service, &caller.actor, hook(&id)?).await?;
    let address = hooks::address(&service, hook.id);
    Ok((Extension(ShownOnce), Json(KeyedHook { hook: Hook::new(hook, address), secret })))
}

/// What came to it from senders who were known, the newest first. It is kept for 30 days.
#[utoipa::path(
    get, path = "/hooks/{id}/deliveries", operation_id = "list_hook_deliveries", tag = "hooks", params(Paging),
    responses((status = 200, description = "As asked for", body = Page<HookDelivery>), Failure)
)]
async fn deliveries(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<HookDelivery>>, Failure> {
    let (before, limit) = paging.of_names(Listing::HookDeliveries)?;
    let view = hooks::view(&service, &caller.actor, hook(&id)?, before, limit).await?;
    Ok(Json(Page {
        items: view.deliveries.into_iter().map(HookDelivery::from).collect(),
        next: view.older.map(|older| Cursor::new(Listing::HookDeliveries, older)),
    }))
}

/// Does once more what a webhook asked for, and answers what became of it.
#[utoipa::path(
    post, path = "/hooks/{id}/deliveries/{delivery}/replay", operation_id = "replay_hook_delivery", tag = "hooks",
    responses((status = 200, description = "It was tried", body = HookDelivery), Failure)
)]
async fn replay(
    State(service): State<Service>,
    caller: Caller,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<Json<HookDelivery>, Failure> {
    let delivery = addresses::id(&delivery, "delivery")?;
    Ok(Json(hooks::replay(&service, &caller.actor, hook(&id)?, delivery).await?.into()))
}

fn hook(id: &str) -> Result<HookId, Failure> {
    addresses::id(id, "hook")
}
