//! What a monitoring system reads: requests as they were answered, the process, and how far behind the work is. On a listener
//! of its own, since it is for whoever runs the server and nobody else.
//!
//! The format is `OpenMetrics` 1.0, which Prometheus reads.

mod process;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, Method, StatusCode, header};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::sync::Arc;
use std::time::Instant;
use towpath_service::Service;
use towpath_service::installation::{self, Figures};

/// The type of an answer (`OpenMetrics` 1.0, “Protocol negotiation”).
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
/// Upper bounds in seconds: a page takes milliseconds, a layer of an image minutes.
const BOUNDS: [f64; 11] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 300.0];

/// What is counted while the server runs.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    registry: Registry,
    requests: Family<Answered, Histogram>,
    under_way: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    /// The pattern of the address, so that there are no more of them than doors.
    route: String,
    method: &'static str,
    status: u16,
}

impl Default for Metrics {
    fn default() -> Self {
        let requests = Family::new_with_constructor((|| Histogram::new(BOUNDS)) as fn() -> Histogram);
        let under_way = Gauge::default();
        let mut registry = Registry::with_prefix("towpath");
        registry.register(
            "build",
            "The version of the server",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
        registry.register_with_unit(
            "http_request_duration",
            "From a request's head until its answer begins",
            Unit::Seconds,
            requests.clone(),
        );
        registry.register("http_requests_under_way", "Requests without an answer yet", under_way.clone());
        Self(Arc::new(Counted { registry, requests, under_way }))
    }
}

/// Counts a request and how long its answer took to begin.
pub async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = known(request.method());
    let (counted, start) = (&metrics.0, Instant::now());
    // Also where the client goes away and this is never resumed.
    let under_way = UnderWay::of(counted);
    let response = next.run(request).await;
    drop(under_way);
    let answered = Answered { route, method, status: response.status().as_u16() };
    counted.requests.get_or_create(&answered).observe(start.elapsed().as_secs_f64());
    response
}

struct UnderWay<'a>(&'a Gauge);

impl<'a> UnderWay<'a> {
    fn of(counted: &'a Counted) -> Self {
        counted.under_way.inc();
        Self(&counted.under_way)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A method as a label: clients may make up any word.
pub const fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// `/metrics`, for the listener of its own.
pub fn router(service: Service, metrics: Metrics) -> Router {
    Router::new().route("/metrics", get(show)).with_state((service, metrics))
}

async fn show(State((service, metrics)): State<(Service, Metrics)>) -> Response {
    let figures = match installation::figures(&service).await {
        Ok(figures) => Some(figures),
        Err(error) => {
            tracing::error!(%error, "the figures of the database could not be read");
            None
        }
    };
    match metrics.text(figures) {
        Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Metrics {
    /// Everything in the format of `OpenMetrics`; without figures, that the database did not answer.
    fn text(&self, figures: Option<Figures>) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        text::encode_registry(&mut text, &self.0.registry)?;
        let mut read = Registry::with_prefix("towpath");
        let up = ConstGauge::new(i64::from(figures.is_some()));
        read.register("database_up", "Whether the database answered just now", up);
        if let Some(Figures { events, signed, waiting, overdue, moved }) = figures {
            for (name, help, value) in [
                ("audit_events", "Events in the audit log", events),
                ("audit_signed_events", "Events of it that a checkpoint signs", signed),
                ("promotions_waiting", "Promotions that wait", waiting),
                ("promotions_overdue", "Promotions that should have been looked at a minute ago", overdue),
                ("buckets_to_follow", "Buckets that automatic stages have not heard of", moved),
            ] {
                read.register(name, help, ConstGauge::new(value));
            }
        }
        text::encode_registry(&mut text, &read)?;
        let mut process = Registry::default();
        let own = process::read();
        if let Some(seconds) = own.cpu_seconds {
            let help = "Time on processors";
            process.register_with_unit("process_cpu", help, Unit::Seconds, ConstCounter::new(seconds));
        }
        for (name, help, value) in [
            ("process_resident_memory_bytes", "Memory that is resident", own.resident_bytes),
            ("process_open_fds", "Open file descriptors", own.open_files),
        ] {
            if let Some(value) = value {
                process.register(name, help, ConstGauge::new(value));
            }
        }
        text::encode_registry(&mut text, &process)?;
        text::encode_eof(&mut text)?;
        Ok(text)
    }
}
