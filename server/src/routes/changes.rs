//! What changed in production.

use super::callers::Caller;
use super::failures::Failure;
use super::queries::{Between, Query};
use crate::exports::CSV;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use towpath_api::changes::ProductionChanges;
use towpath_domain::changes::ChangesForm;
use towpath_service::{Service, changes};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(view))
}

/// What became current in production, with who asked for it, who approved it and by which gates; and how gates changed.
#[utoipa::path(
    get, path = "/projects/{project}/production-changes", operation_id = "view_production_changes",
    tag = "audit", params(Between),
    responses(
        (status = 200, description = "As asked for", content(
            (ProductionChanges = "application/json"), (String = "text/csv")
        )),
        Failure
    )
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Query(Between { from, to, csv }): Query<Between>,
) -> Result<Response, Failure> {
    let found = changes::view(&service, &caller.actor, &project, &ChangesForm { from, to }).await?;
    if csv {
        return Ok(([(CONTENT_TYPE, CSV)], found.csv()).into_response());
    }
    Ok(Json(ProductionChanges::from(found)).into_response())
}
