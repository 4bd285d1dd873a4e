//! Refused attempts.

use super::callers::Caller;
use super::failures::Failure;
use super::queries::{Paging, Query};
use crate::exports;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use towpath_api::attempts::{AttemptsExport, AttemptsFilter, RefusedAttempt};
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::pages::Page;
use towpath_service::{Service, attempts};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(export))
}

/// Who was turned away, by which door and why, the newest first; for who configures the installation. It is kept for a while
/// only, and what one client tries more than ten times a minute is counted together.
#[utoipa::path(
    get, path = "/refused-attempts", operation_id = "list_refused_attempts", tag = "audit", params(AttemptsFilter),
    responses((status = 200, description = "As asked for", body = Page<RefusedAttempt>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Query(mut filter): Query<AttemptsFilter>,
) -> Result<Json<Page<RefusedAttempt>>, Failure> {
    let paging = Paging { cursor: filter.cursor.take(), limit: filter.limit.take() };
    let (before, limit) = paging.of_names(Listing::Attempts)?;
    let view = attempts::list(&service, &caller.actor, &filter.into(), before, limit).await?;
    Ok(Json(Page {
        items: view.attempts.into_iter().map(RefusedAttempt::from).collect(),
        next: view.older.map(|older| Cursor::new(Listing::Attempts, older)),
    }))
}

/// All of them as a file, the newest first.
#[utoipa::path(
    get, path = "/refused-attempts/export", operation_id = "export_refused_attempts", tag = "audit",
    params(AttemptsExport),
    responses(
        (status = 200, description = "A line for each", content(
            (RefusedAttempt = "application/x-ndjson"), (String = "text/csv")
        )),
        Failure
    )
)]
async fn export(
    State(service): State<Service>,
    caller: Caller,
    Query(asked): Query<AttemptsExport>,
) -> Result<Response, Failure> {
    Ok(exports::attempts(&service, &caller.actor, asked).await?)
}
