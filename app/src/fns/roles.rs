//! Roles.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::roles::{RoleForm, RoleView, RolesView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_roles", output = Answer)]
pub async fn view_roles() -> Result<RolesView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::roles::list(&service()?, &actor).await?)
}

#[server(prefix = "/fn", endpoint = "view_role", output = Answer)]
pub async fn view_role(role: String) -> Result<RoleView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::roles::view(&service()?, &actor, &role).await?)
}

/// Makes a role, and leads to its page.
#[server(prefix = "/fn", endpoint = "create_role", output = Answer)]
pub async fn create_role(form: RoleForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let role = towpath_service::roles::create(&service()?, &actor, form).await?;
    leptos_axum::redirect(&crate::paths::role(&role.slug));
    Ok(())
}

#[server(prefix = "/fn", endpoint = "change_role", output = Answer)]
pub async fn change_role(role: String, form: RoleForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::roles::change(&service()?, &actor, &role, form).await?;
    Ok(())
}

/// Deletes a role, and leads to those that are left.
#[server(prefix = "/fn", endpoint = "delete_role", output = Answer)]
pub async fn delete_role(role: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::roles::delete(&service()?, &actor, &role).await?;
    leptos_axum::redirect(crate::paths::ROLES);
    Ok(())
}
