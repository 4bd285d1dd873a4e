//! The REST API below `/api/v1`.

use axum::Router;
use towpath_service::Service;

/// Every route below `/api/v1`.
pub fn router(service: Service) -> Router {
    Router::new().with_state(service)
}
