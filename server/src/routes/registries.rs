//! Registries elsewhere that projects, and the installation, are connected with.

use super::addresses;
use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::queries::{OfProject, OfRepository, Query};
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use towpath_api::pages::Page;
use towpath_api::registries::{
    NewRegistry, Registry, RegistryChange, RegistryDetail, RegistryTrial, RepositoryTags,
};
use towpath_domain::ids::RegistryId;
use towpath_service::{Service, registries};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, connect))
        .routes(routes!(view, change, remove))
        .routes(routes!(test))
        .routes(routes!(tags))
}

/// The registries that a project or, without one, the installation is connected with, by name. Takes the permission to
/// configure it, as all about registries does.
#[utoipa::path(
    get, path = "/registries", operation_id = "list_registries", tag = "registries", params(OfProject),
    responses((status = 200, description = "As asked for", body = Page<Registry>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Query(OfProject { project }): Query<OfProject>,
) -> Result<Json<Page<Registry>>, Failure> {
    let view = registries::list(&service, &caller.actor, &project).await?;
    Ok(Json(Page::whole(view.registries.into_iter().map(Registry::from))))
}

/// Connects a registry. Nothing is asked of it yet; a test does that.
#[utoipa::path(
    post, path = "/registries", operation_id = "connect_registry", tag = "registries", request_body = NewRegistry,
    responses(
        (status = 201, description = "Created", body = Registry, headers(("location" = String))),
        Failure
    )
)]
async fn connect(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewRegistry>,
) -> Result<Created<Registry>, Failure> {
    let project = new.project.clone();
    let registry = registries::connect(&service, &caller.actor, &project, new.into()).await?;
    Ok(Created(format!("/registries/{}", registry.id), registry.into()))
}

/// A registry, with the outside steps that use it.
#[utoipa::path(
    get, path = "/registries/{id}", operation_id = "get_registry", tag = "registries",
    responses((status = 200, description = "As asked for", body = RegistryDetail), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<RegistryDetail>, Failure> {
    Ok(Json(registries::view(&service, &caller.actor, registry(&id)?).await?.into()))
}

/// Changes where a registry is, who signs in there and what may be used. Its name stays. Whoever renews a password by a
/// job does so here.
#[utoipa::path(
    put, path = "/registries/{id}", operation_id = "change_registry", tag = "registries",
    request_body = RegistryChange,
    responses((status = 200, description = "As it is now", body = Registry), Failure)
)]
async fn change(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    Body(change): Body<RegistryChange>,
) -> Result<Json<Registry>, Failure> {
    let changed = registries::change(&service, &caller.actor, registry(&id)?, change.into()).await?;
    Ok(Json(changed.into()))
}

/// Removes a registry that no outside step uses.
#[utoipa::path(
    delete, path = "/registries/{id}", operation_id = "remove_registry", tag = "registries",
    responses((status = 204, description = "Done"), Failure)
)]
async fn remove(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    registries::remove(&service, &caller.actor, registry(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Speaks with a registry, and answers what was found or what failed.
#[utoipa::path(
    post, path = "/registries/{id}/test", operation_id = "test_registry", tag = "registries",
    responses((status = 200, description = "It was tried", body = RegistryTrial), Failure)
)]
async fn test(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<RegistryTrial>, Failure> {
    Ok(Json(registries::test(&service, &caller.actor, registry(&id)?).await?.into()))
}

/// Lists the tags of a repository there.
#[utoipa::path(
    get, path = "/registries/{id}/tags", operation_id = "list_registry_tags", tag = "registries",
    params(OfRepository),
    responses((status = 200, description = "As asked for", body = RepositoryTags), Failure)
)]
async fn tags(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    Query(OfRepository { repository, after }): Query<OfRepository>,
) -> Result<Json<RepositoryTags>, Failure> {
    let tags = registries::tags(&service, &caller.actor, registry(&id)?, &repository, &after).await?;
    Ok(Json(tags.into()))
}

fn registry(id: &str) -> Result<RegistryId, Failure> {
    addresses::id(id, "registry")
}
