//! All doors in one router, with what guards them.

use crate::assets::{self, Site};
use crate::auth::{providers, same_origin, sessions, visitors};
use crate::config::Config;
use crate::metrics::{self, Metrics};
use crate::{attempts, exports, functions, headers, health, live, pages, routes, security_txt, telemetry};
use axum::middleware::{from_fn_with_state, map_response};
use axum::{Extension, Router};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use towpath_service::{Service, Sources};

/// How long a client may send nothing in the middle of a body. How long the whole takes is not limited: images
/// are large, and lines slow.
const SILENCE: Duration = Duration::from_mins(1);

/// Every route of the server. Registry and REST know their callers by tokens and passwords and never look at
/// cookies; what does stands behind the session and the same-origin check. Streams end when `stop` is cancelled.
pub fn router(
    service: &Service,
    config: Config,
    sources: Sources,
    metrics: Metrics,
    stop: CancellationToken,
) -> Router {
    let config = Arc::new(config);
    Router::new()
        .merge(health::router(service.clone()))
        .merge(towpath_registry::router(service.clone()))
        .merge(routes::router(service.clone(), stop.clone()))
        .merge(security_txt::router(config.clone(), sources.clone()))
        .merge(for_browsers(service, &config, stop))
        .layer(from_fn_with_state(service.clone(), attempts::watch))
        .layer(RequestBodyTimeoutLayer::new(SILENCE))
        .layer(from_fn_with_state(config, headers::harden))
        .layer(from_fn_with_state(sources, telemetry::tell))
        .layer(from_fn_with_state(metrics, metrics::count))
}

/// Pages and server functions, and what pages need. Later layers come first.
fn for_browsers(service: &Service, config: &Arc<Config>, stop: CancellationToken) -> Router {
    let site = Site::new(config);
    Router::new()
        .merge(functions::router(config.clone()))
        .merge(pages::router())
        .merge(providers::router(config.clone()))
        .merge(exports::router())
        // Nothing secret stands in a page beside what its address says, so its length gives nothing away.
        .layer(CompressionLayer::new())
        .merge(live::router(stop))
        .layer(map_response(headers::uncached))
        .layer(from_fn_with_state(service.clone(), visitors::introduce))
        .layer(sessions::layer(service.clone(), config))
        .layer(from_fn_with_state(config.clone(), sessions::whole_removal))
        .layer(from_fn_with_state(config.clone(), same_origin::check))
        .layer(Extension(site.chunks()))
        .layer(from_fn_with_state(site, assets::serve))
}
