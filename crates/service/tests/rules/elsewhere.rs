//! A registry elsewhere, on a free port of this machine, which keeps what it gets and fails as it is told.

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode, header};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;

/// Clones share it.
#[derive(Clone)]
pub struct Elsewhere {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    /// By repository and digest.
    blobs: BTreeMap<(String, String), Bytes>,
    /// By repository, and digest or tag.
    manifests: BTreeMap<(String, String), (String, Bytes)>,
    uploads: Vec<Vec<u8>>,
    /// The statuses of the next writes.
    fails: VecDeque<u16>,
    /// Who may come in, as `USER:PASSWORD`; everybody, if nobody is named.
    admits: Option<String>,
    /// What is written: “PUT manifests/prod”.
    writes: Vec<String>,
    page: bool,
}

impl Elsewhere {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let elsewhere = Self { url, inner: Arc::default() };
        let router = Router::new().fallback(answer).with_state(elsewhere.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        elsewhere
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic")
    }

    pub fn admit(&self, user: &str, password: &str) {
        self.inner().admits = Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))));
    }

    /// Answers like the site of somebody who keeps no images.
    pub fn turn_into_a_page(&self) {
        self.inner().page = true;
    }

    /// Answers the next writes so, one after the other.
    pub fn fail(&self, statuses: impl IntoIterator<Item = u16>) {
        self.inner().fails.extend(statuses);
    }

    /// Fails no more.
    pub fn mend(&self) {
        self.inner().fails.clear();
    }

    /// What is named in a repository, by tag.
    pub fn tags(&self, repository: &str) -> BTreeMap<String, String> {
        let inner = self.inner();
        let named =
            inner.manifests.iter().filter(|((there, name), _)| there == repository && !name.contains(':'));
        named.map(|((_, name), (_, bytes))| (name.clone(), digest(bytes))).collect()
    }

    /// Gives a name in one repository to what has a name in another.
    pub fn take_name(&self, from: &str, name: &str, to: &str, under: &str) {
        let mut inner = self.inner();
        let found = inner.manifests[&(from.to_owned(), name.to_owned())].clone();
        inner.manifests.insert((to.to_owned(), under.to_owned()), found);
    }

    /// How many contents are in a repository.
    pub fn blobs(&self, repository: &str) -> usize {
        self.inner().blobs.keys().filter(|(there, _)| there == repository).count()
    }

    /// What was written since it was last asked.
    pub fn writes(&self) -> Vec<String> {
        std::mem::take(&mut self.inner().writes)
    }
}

fn digest(bytes: &Bytes) -> String {
    use towpath_domain::digests::{Algorithm, Digest};
    Digest::of(Algorithm::Sha256, bytes).to_string()
}

async fn answer(State(elsewhere): State<Elsewhere>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (path, query) = (parts.uri.path().to_owned(), parts.uri.query().unwrap_or_default().to_owned());
    let body = to_bytes(body, 1 << 24).await.expect("a body");
    let mut inner = elsewhere.inner();
    if inner.page {
        return ([(header::CONTENT_TYPE, "text/html")], "<h1>Hello</h1>").into_response();
    }
    let shown = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if inner.admits.is_some() && inner.admits.as_deref() != shown {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"here\"")])
            .into_response();
    }
    let rest = path.trim_start_matches("/v2/");
    if rest.is_empty() {
        return ([(header::CONTENT_TYPE, "application/json")], "{}").into_response();
    }
    let at = ["/manifests/", "/blobs/uploads/", "/blobs/", "/tags/list"].into_iter().find_map(|kind| {
        let (repository, name) = rest.split_once(kind)?;
        Some((kind, repository.to_owned(), name.to_owned()))
    });
    let Some((kind, repository, name)) = at else { return StatusCode::NOT_FOUND.into_response() };
    if parts.method == Method::PUT || parts.method == Method::PATCH || parts.method == Method::POST {
        if let Some(status) = inner.fails.pop_front() {
            return StatusCode::from_u16(status).expect("a status").into_response();
        }
        inner.writes.push(format!("{} {repository}{kind}{name}", parts.method));
    }
    match (kind, parts.method) {
        ("/manifests/", Method::PUT) => {
            let media = parts.headers[header::CONTENT_TYPE].to_str().expect("a type").to_owned();
            inner.manifests.insert((repository.clone(), digest(&body)), (media.clone(), body.clone()));
            inner.manifests.insert((repository, name), (media, body));
            StatusCode::CREATED.into_response()
        }
        ("/manifests/", _) => match inner.manifests.get(&(repository, name)) {
            Some((media, bytes)) => ([(header::CONTENT_TYPE, media.clone())], bytes.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        ("/blobs/uploads/", Method::POST) => {
            if let Some(mounted) = mount(&inner, &query) {
                let (digest, bytes) = mounted;
                inner.blobs.insert((repository, digest), bytes);
                return StatusCode::CREATED.into_response();
            }
            inner.uploads.push(Vec::new());
            located(&repository, inner.uploads.len() - 1, StatusCode::ACCEPTED)
        }
        ("/blobs/uploads/", Method::PATCH) => {
            let upload: usize = name.parse().expect("a number");
            inner.uploads[upload].extend_from_slice(&body);
            located(&repository, upload, StatusCode::ACCEPTED)
        }
        ("/blobs/uploads/", Method::PUT) => {
            let bytes = Bytes::from(inner.uploads[name.parse::<usize>().expect("a number")].clone());
            inner.blobs.insert((repository, digest(&bytes)), bytes);
            StatusCode::CREATED.into_response()
        }
        ("/blobs/", _) => {
            let there = inner.blobs.contains_key(&(repository, name));
            if there { StatusCode::OK } else { StatusCode::NOT_FOUND }.into_response()
        }
        _ => {
            let own =
                inner.manifests.keys().filter(|(there, name)| *there == repository && !name.contains(':'));
            let tags: Vec<&String> = own.map(|(_, name)| name).collect();
            axum::Json(serde_json::json!({"name": repository, "tags": tags})).into_response()
        }
    }
}

/// What another repository gives, where the query asks for it.
fn mount(inner: &Inner, query: &str) -> Option<(String, Bytes)> {
    let value = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
        Some(pair.replace("%3A", ":").replace("%2F", "/"))
    };
    let (digest, from) = (value("mount")?, value("from")?);
    let bytes = inner.blobs.get(&(from, digest.clone()))?.clone();
    Some((digest, bytes))
}

fn located(repository: &str, upload: usize, status: StatusCode) -> Response {
    (status, [(header::LOCATION, format!("/v2/{repository}/blobs/uploads/{upload}"))]).into_response()
}
