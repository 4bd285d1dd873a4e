//! A whole server for a test: on a port of its own, with a database of its own, and a clock that can be put
//! forward.
//!
//! The database is SQLite in a temporary folder, or a fresh one on the Postgres that `TOWPATH_TEST_POSTGRES` names.

mod answers;
mod databases;
mod people;
mod processes;
mod projects;
mod providers;
mod streams;

pub use answers::Answer;
pub use people::{Member, PASSWORD, basic};
pub use processes::{Process, site};
pub use providers::{Browser, Evil, Provider};

use axum::body::Body;
use databases::Database;
use http::{Request, Uri};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use towpath_server::config::{Config, Given};
use towpath_server::running::{self, Listeners};
use towpath_service::{Service, Sources};

/// A server that serves until it is stopped or dropped.
pub struct Server {
    /// Its address, without a slash at the end.
    pub url: String,
    /// The same of where its metrics are read.
    pub metrics: String,
    /// Its use cases, for what a test needs before it begins.
    pub service: Service,
    pub clock: Clock,
    client: Client<HttpConnector, Body>,
    stop: CancellationToken,
    task: JoinHandle<()>,
    database: Database,
    data: TempDir,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts with variables of the configuration, such as `("TOWPATH_PROXIES", "1")`.
    pub async fn start_with(variables: &[(&str, &str)]) -> Self {
        Self::start_configured("", variables).await
    }

    /// Starts with a configuration's file of this content, and variables over it.
    pub async fn start_configured(file: &str, variables: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let data = tempfile::tempdir().expect("a temporary folder");
        let database = Database::create(data.path()).await;
        let config = config(file, &url, &data, &database, variables);

        let clock = Clock::default();
        let sources = clock.sources();
        let service = running::open(&config, sources.clone()).await.expect("the installation opens");
        let stop = CancellationToken::new();
        let watched = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let metrics = format!("http://{}", watched.local_addr().expect("an address"));
        let listeners = Listeners { public: listener, metrics: Some(watched) };
        let task = tokio::spawn(running::run(listeners, service.clone(), config, sources, stop.clone()));
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { url, metrics, service, clock, client, stop, task, database, data }
    }

    /// Opens the same installation with another configuration, as a server does that is started anew.
    pub async fn reopen(&self, file: &str) -> Result<Service, String> {
        let config = config(file, &self.url, &self.data, &self.database, &[]);
        running::open(&config, self.clock.sources()).await.map_err(|error| format!("{error:#}"))
    }

    /// Sends a request, whose address is a path. Redirects are not followed.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.send_to(&self.url, request).await
    }

    /// Sends a request to another server, whose address has no slash at the end.
    pub async fn send_to(&self, url: &str, mut request: Request<Body>) -> Answer {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = format!("{url}{path}").parse::<Uri>().expect("an address");
        Answer::read(self.client.request(request).await.expect("the server answers")).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// What a monitoring system reads.
    pub async fn metrics(&self) -> Answer {
        let address = format!("{}/metrics", self.metrics).parse::<Uri>().expect("an address");
        let request = Request::get(address).body(Body::empty()).expect("a request");
        Answer::read(self.client.request(request).await.expect("the server answers")).await
    }

    /// Opens a page as a browser does.
    pub async fn page(&self, path: &str, cookies: &str) -> Answer {
        let request = Request::get(path).header("accept", "text/html").header("cookie", cookies);
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    /// Sends a form as a browser does without script, from a page of this server.
    pub async fn submit(&self, page: &str, action: &str, cookies: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(action)
            .header("accept", "text/html,application/xhtml+xml")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", cookies)
            .header("origin", &self.url)
            .header("referer", format!("{}{page}", self.url))
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Tells the server to stop, without waiting.
    pub fn begin_to_stop(&self) {
        self.stop.cancel();
    }

    /// Waits until nobody can connect any more.
    pub async fn refuses_connections(&self) {
        let address = self.url.strip_prefix("http://").expect("an address");
        let closed = async { while TcpStream::connect(address).await.is_ok() {} };
        tokio::time::timeout(Duration::from_secs(20), closed).await.expect("the server stops listening");
    }

    /// Stops the server and waits until it has.
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.expect("the server ends");
    }
}

fn config(file: &str, url: &str, data: &TempDir, database: &Database, variables: &[(&str, &str)]) -> Config {
    let path = data.path().join("towpath.toml");
    std::fs::write(&path, file).expect("a file");
    let data = data.path().to_str().expect("a folder named in UTF-8");
    let site = data.to_owned() + "/site";
    let own = [
        ("TOWPATH_PUBLIC_URL", url),
        ("TOWPATH_DATA", data),
        ("TOWPATH_DATABASE_URL", &database.url),
        ("TOWPATH_SITE", &site),
    ];
    let all = own.iter().chain(variables).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Given::read(Some(&path), all).and_then(|given| given.check()).expect("a configuration")
}

/// The machine's clock, put forward by a test.
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
