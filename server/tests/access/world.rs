//! A server without a network: the whole router over one folder of data.

use crate::calls::{Answer, Call};
use axum::Router;
use axum::body::{Body, to_bytes};
use http::Request;
use http::header::{ALLOW, LOCATION, SET_COOKIE};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use towpath_server::config::{Config, Given};
use towpath_server::metrics::Metrics;
use towpath_server::{router, running};
use towpath_service::{Service, Sources, timeline};

pub const URL: &str = "http://localhost:3000";

pub struct World {
    pub service: Service,
    router: Router,
    folder: TempDir,
}

impl World {
    /// Opens what lies in a folder, or makes it.
    pub async fn open(folder: TempDir, clock: &Clock) -> Self {
        let (config, sources) = (config(folder.path()), clock.sources());
        let service = running::open(&config, sources.clone()).await.expect("the installation opens");
        // Streams tell what happened so far, and end then: whoever reads them here reads them whole.
        let stop = CancellationToken::new();
        stop.cancel();
        Self { router: router::router(&service, config, sources, Metrics::default(), stop), service, folder }
    }

    pub async fn send(&self, call: Call) -> Answer {
        let mut request = Request::builder().method(call.method).uri(&call.path);
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(call.body)).expect("a request");
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let header = |name| {
            let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
            value.map(str::to_owned)
        };
        let body = to_bytes(body, usize::MAX).await.expect("the whole answer");
        Answer {
            status: parts.status.as_u16(),
            location: header(LOCATION),
            allow: header(ALLOW),
            cookie: header(SET_COOKIE),
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// The number of the newest event.
    pub async fn head(&self) -> i64 {
        timeline::head(&self.service).await.expect("reads")
    }

    /// Closes the database, and leaves the folder.
    pub async fn close(self) -> TempDir {
        self.service.close().await;
        self.folder
    }
}

fn config(folder: &Path) -> Config {
    let site = folder.join("site/pkg");
    fs::create_dir_all(&site).expect("a folder");
    fs::write(site.join("towpath.css"), "body { margin: 0 }").expect("a file");
    let text = |path: &Path| path.to_str().expect("a folder named in UTF-8").to_owned();
    let variables = [
        ("TOWPATH_PUBLIC_URL", URL.to_owned()),
        ("TOWPATH_DATA", text(folder)),
        // So that there is something for a second person.
        ("TOWPATH_SECOND_PERSON", "holds".to_owned()),
        ("TOWPATH_SITE", text(&folder.join("site"))),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    Given::read(None, variables).and_then(|given| given.check()).expect("a configuration")
}

/// The machine's clock, which can be put back and forward.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn sources(&self) -> Sources {
        let (system, ahead) = (Sources::system(), self.0.clone());
        let random = system.clone();
        Sources::new(
            move || system.now().plus_seconds(ahead.load(Ordering::SeqCst)),
            move |bytes| {
                for byte in bytes {
                    [*byte] = random.random();
                }
            },
        )
    }
}
