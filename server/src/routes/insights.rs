//! Insights: how builds move on in a project.

use super::callers::Caller;
use super::failures::Failure;
use super::queries::{Lately, Query};
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::insights::Insights;
use towpath_domain::insights::InsightsForm;
use towpath_service::{Service, insights};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(view))
}

/// Tells how often and how fast builds moved on, how long they waited for people, and how often that went wrong.
#[utoipa::path(
    get, path = "/projects/{project}/insights", operation_id = "view_insights", tag = "promotions",
    params(Lately), responses((status = 200, description = "As asked for", body = Insights), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Query(Lately { integration, days }): Query<Lately>,
) -> Result<Json<Insights>, Failure> {
    let form = InsightsForm { integration, days };
    Ok(Json(insights::view(&service, &caller.actor, &project, &form).await?.into()))
}
