//! Groups of people.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::groups::{GroupForm, GroupMemberForm, GroupRoleForm, GroupView, GroupsView};
use towpath_domain::ids::{BindingId, PersonId};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_groups", output = Answer)]
pub async fn view_groups() -> Result<GroupsView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::groups::list(&service()?, &actor).await?)
}

#[server(prefix = "/fn", endpoint = "view_group", output = Answer)]
pub async fn view_group(group: String) -> Result<GroupView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::groups::view(&service()?, &actor, &group).await?)
}

/// Makes a group, and leads to its page.
#[server(prefix = "/fn", endpoint = "create_group", output = Answer)]
pub async fn create_group(form: GroupForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    let group = towpath_service::groups::create(&service()?, &actor, form).await?;
    leptos_axum::redirect(&crate::paths::group(&group.slug));
    Ok(())
}

/// Deletes a group, and leads to those that are left.
#[server(prefix = "/fn", endpoint = "delete_group", output = Answer)]
pub async fn delete_group(group: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::groups::delete(&service()?, &actor, &group).await?;
    leptos_axum::redirect(crate::paths::GROUPS);
    Ok(())
}

#[server(prefix = "/fn", endpoint = "join_group", output = Answer)]
pub async fn join_group(group: String, form: GroupMemberForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::groups::add(&service()?, &actor, &group, form).await?)
}

#[server(prefix = "/fn", endpoint = "leave_group", output = Answer)]
pub async fn leave_group(group: String, person: PersonId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::groups::remove(&service()?, &actor, &group, person).await?)
}

#[server(prefix = "/fn", endpoint = "give_group_role", output = Answer)]
pub async fn give_group_role(group: String, form: GroupRoleForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::groups::give(&service()?, &actor, &group, form).await?)
}

#[server(prefix = "/fn", endpoint = "take_group_role", output = Answer)]
pub async fn take_group_role(group: String, binding: BindingId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::groups::take(&service()?, &actor, &group, binding).await?)
}
