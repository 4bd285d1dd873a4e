//! Carrying an integration over into a new one of the other type.

use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::carry_overs::{CarryOver, NewCarryOver};
use towpath_service::{Service, carry_overs};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(carry_over))
}

/// Makes an integration of the other type and fills its buckets with the builds of this one: what is current in each, and the
/// newest of its history. This one stays as it is. The same again changes nothing, but for services that come later.
#[utoipa::path(
    post, path = "/projects/{project}/integrations/{integration}/carry-over", operation_id = "carry_over",
    tag = "projects", request_body = NewCarryOver,
    responses((status = 200, description = "As asked for", body = CarryOver), Failure)
)]
async fn carry_over(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Body(new): Body<NewCarryOver>,
) -> Result<Json<CarryOver>, Failure> {
    let (actor, at) = (&caller.actor, (&*project, &*integration));
    if !new.dry_run {
        return Ok(Json(carry_overs::carry_over(&service, actor, at, new.into()).await?.into()));
    }
    let view = carry_overs::preview(&service, actor, at, Some(&new.into())).await?;
    let outlook = view.outlook.ok_or_else(|| Failure::not_found("The integration was not found."))?;
    Ok(Json(outlook.into()))
}
