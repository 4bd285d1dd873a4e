//! Whether the process lives, and whether it can do its work.

use crate::refusals;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use towpath_service::Service;

/// `/livez` answers while the process runs; `/readyz` while the database answers.
pub fn router(service: Service) -> Router {
    Router::new().route("/livez", get(async || "alive\n")).route("/readyz", get(ready)).with_state(service)
}

async fn ready(State(service): State<Service>) -> Response {
    match service.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            refusals::unavailable().into_response()
        }
    }
}
