//! What a project keeps: who may pull it, and how much it may be.

use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::storage::{AnonymousPull, NewQuota, Storage};
use towpath_domain::forms::Invalid;
use towpath_domain::storage::Quota;
use towpath_service::{Error, Service, storage};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(set_anonymous_pull)).routes(routes!(set_quota))
}

/// What a project keeps, and what is set about it.
#[utoipa::path(
    get, path = "/projects/{project}/storage", operation_id = "get_storage", tag = "storage",
    responses((status = 200, description = "As asked for", body = Storage), Failure)
)]
async fn show(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Storage>, Failure> {
    Ok(Json(storage::view(&service, &caller.actor, &project).await?.into()))
}

/// Lets anybody pull a project's images without signing in, or ends that.
#[utoipa::path(
    put, path = "/projects/{project}/storage/anonymous-pull", operation_id = "set_anonymous_pull", tag = "storage",
    request_body = AnonymousPull, responses((status = 200, description = "Set", body = Storage), Failure)
)]
async fn set_anonymous_pull(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Body(AnonymousPull { allowed }): Body<AnonymousPull>,
) -> Result<Json<Storage>, Failure> {
    let view = storage::set_anonymous_pull(&service, &caller.actor, &project, allowed).await?;
    Ok(Json(view.into()))
}

/// Bounds how many bytes a project may keep; for an admin of the installation. What it keeps already stays.
#[utoipa::path(
    put, path = "/projects/{project}/storage/quota", operation_id = "set_quota", tag = "storage",
    request_body = NewQuota, responses((status = 200, description = "Set", body = Storage), Failure)
)]
async fn set_quota(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Body(NewQuota { quota_bytes }): Body<NewQuota>,
) -> Result<Json<Storage>, Failure> {
    let positive =
        |bytes| Quota::of(bytes).ok_or_else(|| Invalid::field("quota_bytes", "Give at least one byte."));
    let quota = quota_bytes.map(positive).transpose().map_err(Error::from)?;
    Ok(Json(storage::set_quota(&service, &caller.actor, &project, quota).await?.into()))
}
