//! The audit timeline.

use super::callers::Caller;
use super::failures::Failure;
use super::queries::{Paging, Query};
use axum::Json;
use axum::extract::State;
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::pages::Page;
use towpath_api::timeline::{TimelineEntry, TimelineFilter};
use towpath_service::{Service, timeline};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list))
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
