//! The audit timeline.

use super::callers::Caller;
use super::failures::Failure;
use super::queries::{Paging, Query};
use crate::exports;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use towpath_api::audit::{AuditReceipt, TimelineLine};
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::pages::Page;
use towpath_api::timeline::{TimelineEntry, TimelineExport, TimelineFilter};
use towpath_service::{Service, timeline};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(export)).routes(routes!(receipt))
}

/// Who did what, when and why, newest first, as far as you see it.
#[utoipa::path(
    get, path = "/timeline", operation_id = "list_timeline", tag = "timeline",
    params(TimelineFilter),
    responses((status = 200, description = "As asked for", body = Page<TimelineEntry>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Query(mut filter): Query<TimelineFilter>,
) -> Result<Json<Page<TimelineEntry>>, Failure> {
    let paging = Paging { cursor: filter.cursor.take(), limit: filter.limit.take() };
    let (before, limit) = paging.of(Listing::Timeline)?;
    let page = timeline::page(&service, &caller.actor, &filter.into(), before, limit).await?;
    Ok(Json(Page {
        items: page.entries.into_iter().map(TimelineEntry::from).collect(),
        next: page.older.map(|before| Cursor::new(Listing::Timeline, before)),
    }))
}

/// The events that fit, oldest first and all of them, as far as you see them. As NDJSON each has the bytes that were
/// logged, and the first line is the newest checkpoint: where you see everything, that is verified offline.
#[utoipa::path(
    get, path = "/timeline/export", operation_id = "export_timeline", tag = "timeline",
    params(TimelineExport),
    responses(
        (status = 200, description = "A line for each event", content(
            (TimelineLine = "application/x-ndjson"), (String = "text/csv")
        )),
        Failure
    )
)]
async fn export(
    State(service): State<Service>,
    caller: Caller,
    Query(asked): Query<TimelineExport>,
) -> Result<Response, Failure> {
    Ok(exports::timeline(&service, &caller.actor, asked).await?)
}

/// An event that you may see, with the proof that it is in the log.
#[utoipa::path(
    get, path = "/timeline/{seq}/receipt", operation_id = "receipt", tag = "audit",
    params(("seq" = i64, Path, description = "The event's place in the log")),
    responses((status = 200, description = "As asked for", body = AuditReceipt), Failure)
)]
async fn receipt(
    State(service): State<Service>,
    caller: Caller,
    Path(seq): Path<String>,
) -> Result<Json<AuditReceipt>, Failure> {
    Ok(Json(exports::receipt(&service, &caller.actor, &seq).await?))
}
