//! Registries elsewhere.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::ids::RegistryId;
use towpath_domain::registries::{RegistriesView, RegistryForm, RegistryView, Tags, Tried};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// Those of a project or, with an empty name, of the installation.
#[server(prefix = "/fn", endpoint = "view_registries", output = Answer)]
pub async fn view_registries(#[server(default)] project: String) -> Result<RegistriesView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::registries::list(&service()?, &actor, &project).await?)
}

#[server(prefix = "/fn", endpoint = "view_registry", output = Answer)]
pub async fn view_registry(registry: RegistryId) -> Result<RegistryView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::registries::view(&service()?, &actor, registry).await?)
}

/// The tags of a repository there, as the registry tells them now.
#[server(prefix = "/fn", endpoint = "view_registry_tags", output = Answer)]
pub async fn view_registry_tags(
    registry: RegistryId,
    repository: String,
    #[server(default)] after: String,
) -> Result<Tags, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::registries::tags(&service()?, &actor, registry, &repository, &after).await?)
}

/// Connects a registry and leads to its page, where the connection can be tested.
#[server(prefix = "/fn", endpoint = "connect_registry", output = Answer)]
pub async fn connect_registry(
    #[server(default)] project: String,
    form: RegistryForm,
) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let registry = towpath_service::registries::connect(&service()?, &actor, &project, form).await?;
    leptos_axum::redirect(&crate::paths::registry(registry.id));
    Ok(())
}

#[server(prefix = "/fn", endpoint = "change_registry", output = Answer)]
pub async fn change_registry(registry: RegistryId, form: RegistryForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::registries::change(&service()?, &actor, registry, form).await?;
    Ok(())
}

/// Speaks with a registry, and answers what came of it.
#[server(prefix = "/fn", endpoint = "test_registry", output = Answer)]
pub async fn test_registry(registry: RegistryId) -> Result<Tried, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::registries::test(&service()?, &actor, registry).await?)
}

/// Removes a registry and leads to where it was listed.
#[server(prefix = "/fn", endpoint = "remove_registry", output = Answer)]
pub async fn remove_registry(registry: RegistryId) -> Result<(), AppError> {
    use towpath_service::registries;
    let (_, actor) = signed_in()?;
    let service = service()?;
    let project = registries::view(&service, &actor, registry).await?.registry.project;
    registries::remove(&service, &actor, registry).await?;
    leptos_axum::redirect(&crate::paths::registries(project.as_ref()));
    Ok(())
}
