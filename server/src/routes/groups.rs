//! Groups of people.

use super::addresses;
use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use towpath_api::groups::{Group, GroupWithMembers, NewGroup, NewGroupMember, NewGroupRole};
use towpath_api::pages::Page;
use towpath_service::{Service, groups};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(view, delete))
        .routes(routes!(add))
        .routes(routes!(remove))
        .routes(routes!(give))
        .routes(routes!(take))
}

/// The groups of the installation, each with the roles that its members hold by it.
#[utoipa::path(
    get, path = "/groups", operation_id = "list_groups", tag = "access",
    responses((status = 200, description = "As asked for", body = Page<Group>), Failure)
)]
async fn list(State(service): State<Service>, caller: Caller) -> Result<Json<Page<Group>>, Failure> {
    let view = groups::list(&service, &caller.actor).await?;
    Ok(Json(Page::whole(view.groups.into_iter().map(Group::from))))
}

/// Makes a group, in which nobody is and which holds nothing.
#[utoipa::path(
    post, path = "/groups", operation_id = "create_group", tag = "access", request_body = NewGroup,
    responses((status = 201, description = "Created", body = Group, headers(("location" = String))), Failure)
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewGroup>,
) -> Result<Created<Group>, Failure> {
    let group = groups::create(&service, &caller.actor, new.into()).await?;
    Ok(Created(format!("/groups/{}", group.slug), group.into()))
}

/// A group with who is in it.
#[utoipa::path(
    get, path = "/groups/{group}", operation_id = "view_group", tag = "access",
    responses((status = 200, description = "As asked for", body = GroupWithMembers), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(group): Path<String>,
) -> Result<Json<GroupWithMembers>, Failure> {
    Ok(Json(groups::view(&service, &caller.actor, &group).await?.into()))
}

/// Deletes a group: its members lose what they held by it.
#[utoipa::path(
    delete, path = "/groups/{group}", operation_id = "delete_group", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn delete(
    State(service): State<Service>,
    caller: Caller,
    Path(group): Path<String>,
) -> Result<StatusCode, Failure> {
    groups::delete(&service, &caller.actor, &group).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts someone with an account into a group, which takes being able to give all that the group holds.
#[utoipa::path(
    post, path = "/groups/{group}/members", operation_id = "join_group", tag = "access",
    request_body = NewGroupMember, responses((status = 204, description = "Done"), Failure)
)]
async fn add(
    State(service): State<Service>,
    caller: Caller,
    Path(group): Path<String>,
    Body(new): Body<NewGroupMember>,
) -> Result<StatusCode, Failure> {
    groups::add(&service, &caller.actor, &group, new.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes someone out of a group.
#[utoipa::path(
    delete, path = "/groups/{group}/members/{person}", operation_id = "leave_group", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn remove(
    State(service): State<Service>,
    caller: Caller,
    Path((group, person)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    let person = addresses::id(&person, "member of the group")?;
    groups::remove(&service, &caller.actor, &group, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Binds a role to a group, for all who are in it and will be.
#[utoipa::path(
    post, path = "/groups/{group}/roles", operation_id = "give_group_role", tag = "access",
    request_body = NewGroupRole, responses((status = 204, description = "Done"), Failure)
)]
async fn give(
    State(service): State<Service>,
    caller: Caller,
    Path(group): Path<String>,
    Body(new): Body<NewGroupRole>,
) -> Result<StatusCode, Failure> {
    groups::give(&service, &caller.actor, &group, new.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a role from a group.
#[utoipa::path(
    delete, path = "/groups/{group}/roles/{binding}", operation_id = "take_group_role", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn take(
    State(service): State<Service>,
    caller: Caller,
    Path((group, binding)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    let binding = addresses::id(&binding, "role of the group")?;
    groups::take(&service, &caller.actor, &group, binding).await?;
    Ok(StatusCode::NO_CONTENT)
}
