//! Search.

use super::callers::Caller;
use super::failures::Failure;
use super::queries::Query;
use axum::Json;
use axum::extract::State;
use towpath_api::problems::Mistake;
use towpath_api::search::{Search, SearchResults};
use towpath_service::{Service, search};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How many of each kind are listed at most.
const MOST: usize = 50;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(find))
}

/// Whatever you see, by any of its names: the best first.
#[utoipa::path(
    get, path = "/search", operation_id = "search", tag = "projects",
    params(Search),
    responses((status = 200, description = "As asked for", body = SearchResults), Failure)
)]
async fn find(
    State(service): State<Service>,
    caller: Caller,
    Query(wanted): Query<Search>,
) -> Result<Json<SearchResults>, Failure> {
    let limit = wanted.limit.unwrap_or(search::WHOLE);
    if !(1..=MOST).contains(&limit) {
        let mistake = Mistake::in_parameter("limit", format!("Use a number from 1 to {MOST}."));
        return Err(Failure::invalid(vec![mistake]));
    }
    Ok(Json(search::find(&service, &caller.actor, &wanted.q, limit).await?.into()))
}
