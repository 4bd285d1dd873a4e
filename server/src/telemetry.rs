//! The log on standard error: one line per request, each with the request's id.

use crate::config::{Config, LogFormat};
use crate::refusals;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::{HeaderName, HeaderValue};
use std::io::IsTerminal;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::time::Instant;
use towpath_app::visitors::Peer;
use towpath_service::Sources;
use tracing::Instrument;
use tracing_subscriber::EnvFilter;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// An id that a proxy gave is taken over up to this length.
const LONGEST_ID: usize = 128;
/// Anyone can send a cookie of a session that is no more; the layer of sessions warns of each.
const QUIET: &str = "tower_sessions=error,tower_sessions_core=error";

/// Starts the log, into which panics go too. Called once, by the program.
pub fn start(config: &Config) {
    let level = EnvFilter::builder().parse_lossy(format!("{QUIET},{}", config.log_level));
    let log = tracing_subscriber::fmt().with_env_filter(level).with_writer(std::io::stderr);
    let terminal = std::io::stderr().is_terminal();
    match config.log_format {
        LogFormat::Text => log.with_ansi(terminal).init(),
        LogFormat::Auto if terminal => log.init(),
        LogFormat::Auto | LogFormat::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, message = panic.payload_as_str(), "panic");
    }));
}

/// Gives each request its id, and tells of it in the log once it is answered. A panic becomes an answer too.
pub async fn tell(State(sources): State<Sources>, mut request: Request, next: Next) -> Response {
    let id = request_id(&request, &sources);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let shown = id.to_str().unwrap_or_default().to_owned();
    let method = request.method().clone();
    let path = loggable(request.uri().path()).to_owned();
    let peer = request.extensions().get::<Peer>().map(|Peer(address)| *address);
    let span = tracing::info_span!("request", id = shown, trace = trace(&request));
    let start = Instant::now();
    async move {
        let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        let mut response = answered.unwrap_or_else(|_| refusals::broken(&shown).into_response());
        let status = response.status().as_u16();
        let millis = start.elapsed().as_secs_f64() * 1_000.0;
        tracing::info!(%method, path, status, millis, peer = peer.as_ref().map(IpAddr::to_string), "answered");
        response.headers_mut().insert(REQUEST_ID, id);
        response
    }
    .instrument(span)
    .await
}

fn request_id(request: &Request, sources: &Sources) -> HeaderValue {
    let given = request.headers().get(REQUEST_ID).filter(|id| {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
        (1..=LONGEST_ID).contains(&id.len()) && id.as_bytes().iter().all(plain)
    });
    given
        .cloned()
        .unwrap_or_else(|| HeaderValue::try_from(sources.uuid().to_string()).expect("a UUID is ASCII"))
}

/// The trace that the caller's request is a part of, so that its log and ours can be laid side by side (W3C Trace Context
/// §3.2.2). What is not of the form counts as none.
fn trace(request: &Request) -> Option<String> {
    let text = request.headers().get("traceparent")?.to_str().ok()?;
    let parts: Vec<&str> = text.split('-').collect();
    let [version, trace, parent, flags, rest @ ..] = parts.as_slice() else { return None };
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let nothing = |part: &str| part.bytes().all(|byte| byte == b'0');
    let sound = hex(version, 2) && hex(trace, 32) && hex(parent, 16) && hex(flags, 2);
    // A later version may say more; this one may not, and there is none by the last number.
    let known = *version != "ff" && (*version != "00" || rest.is_empty());
    (sound && known && !nothing(trace) && !nothing(parent)).then(|| (*trace).to_owned())
}

/// A path as the log may have it: a one-time link is a secret. Queries are left out altogether.
fn loggable(path: &str) -> &str {
    if path.starts_with("/join/") { "/join/…" } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_panic_is_answered_with_the_id_that_leads_to_it() {
        let router = Router::new()
            .route("/", get(async || -> &'static str { panic!("on purpose") }))
            .layer(from_fn_with_state(Sources::system(), tell));
        let request = Request::builder().header(REQUEST_ID, "seven").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[REQUEST_ID], "seven");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(body.ends_with(b"under the request id seven.\n"));
    }

    #[test]
    fn one_time_links_do_not_reach_the_log() {
        assert_eq!(loggable("/join/0123abc"), "/join/…");
        assert_eq!(loggable("/projects/join"), "/projects/join");
    }

    #[test]
    fn a_trace_is_known_by_its_id_and_only_in_its_form() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let of = |text: &str| {
            let request = Request::builder().header("traceparent", text).body(Body::empty()).unwrap();
            trace(&request)
        };
        assert_eq!(of(&format!("00-{id}-00f067aa0ba902b7-01")).as_deref(), Some(id));
        assert_eq!(of(&format!("01-{id}-00f067aa0ba902b7-01-more")).as_deref(), Some(id));
        for wrong in [
            format!("00-{id}-00f067aa0ba902b7-01-more"),
            format!("ff-{id}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
            format!("00-{id}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{id}-00f067aa0ba902b7"),
            "one two".to_owned(),
        ] {
            assert_eq!(of(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_id_is_taken_over_only_in_a_plain_form() {
        let id = |given: &[u8]| {
            let request = Request::builder().header(REQUEST_ID, HeaderValue::from_bytes(given).unwrap());
            request_id(&request.body(Body::empty()).unwrap(), &Sources::system())
        };
        assert_eq!(id(b"proxy-1:2.3_4"), "proxy-1:2.3_4");
        for given in [&b""[..], b"two words", b"\"quoted\"", &[b'a'; LONGEST_ID + 1], "ä".as_bytes()] {
            assert_eq!(id(given).len(), 36, "{given:?}");
        }
    }
}
