//! The client against a registry that loses connections, forgets, and asks for tokens.

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use http::{HeaderMap, Method, StatusCode, header};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use towpath_oci::{Client, Credentials, Error, Image, Registry, Retries, Source, Step, push};

/// What the registry has, and how it misbehaves.
#[derive(Default)]
struct Kept {
    uploads: Vec<Vec<u8>>,
    blobs: HashMap<String, Vec<u8>>,
    manifests: HashMap<String, (String, Vec<u8>)>,
    /// After so many bytes of an upload the connection is lost, once.
    cut_after: Option<usize>,
    /// The upload is forgotten with the connection.
    forgets: bool,
    /// How many times it is too busy to begin an upload.
    busy: usize,
    asks_for_token: bool,
    patched: Vec<usize>,
    tokens: usize,
}

type Shared = Arc<Mutex<Kept>>;

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(kept: Kept) -> (String, Shared) {
    let shared = Arc::new(Mutex::new(kept));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("sound");
    let url = format!("http://{}", listener.local_addr().expect("sound"));
    let router = Router::new().fallback(answer).with_state((shared.clone(), url.clone()));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, shared)
}

async fn answer(State((shared, url)): State<(Shared, String)>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    if path == "/token" {
        let basic =
            parts.headers.get(header::AUTHORIZATION).is_some_and(|value| value == "Basic YW5hOnNlY3JldA==");
        lock(&shared).tokens += 1;
        assert!(query.contains("scope=repository%3Ashop%2Fapp%3Apull%2Cpush"), "{query}");
        return if basic {
            r#"{"access_token":"t"}"#.into_response()
        } else {
            StatusCode::UNAUTHORIZED.into_response()
        };
    }
    let bearer = parts.headers.get(header::AUTHORIZATION).is_some_and(|value| value == "Bearer t");
    if lock(&shared).asks_for_token && !bearer {
        let challenge = format!("Bearer realm=\"{url}/token\",service=\"here\"");
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)]).into_response();
    }
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    match (parts.method, path.contains("/blobs/uploads/"), path.contains("/manifests/")) {
        (Method::HEAD, ..) => {
            let known = lock(&shared).blobs.contains_key(&name);
            if known { StatusCode::OK } else { StatusCode::NOT_FOUND }.into_response()
        }
        (Method::POST, true, _) => begin(&shared),
        (Method::PATCH, true, _) => append(&shared, &name, &parts.headers, body).await,
        (Method::GET, true, _) => progress(&shared, &name, StatusCode::NO_CONTENT),
        (Method::PUT, true, _) => finish(&shared, &name, &query),
        (Method::PUT, _, true) => {
            let kind = parts.headers[header::CONTENT_TYPE].to_str().expect("sound").to_owned();
            let bytes = axum::body::to_bytes(body, 1 << 20).await.expect("sound").to_vec();
            lock(&shared).manifests.insert(name, (kind, bytes));
            StatusCode::CREATED.into_response()
        }
        (Method::GET, _, true) => match lock(&shared).manifests.get(&name) {
            Some((kind, bytes)) => ([(header::CONTENT_TYPE, kind.clone())], bytes.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        (Method::GET, ..) => lock(&shared).blobs[&name].clone().into_response(),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn begin(shared: &Shared) -> Response {
    let mut kept = lock(shared);
    if kept.busy > 0 {
        kept.busy -= 1;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    kept.uploads.push(Vec::new());
    let location = format!("/v2/shop/app/blobs/uploads/{}", kept.uploads.len() - 1);
    (StatusCode::ACCEPTED, [(header::LOCATION, location)]).into_response()
}

async fn append(shared: &Shared, name: &str, headers: &HeaderMap, body: Body) -> Response {
    let at: usize = name.parse().expect("sound");
    let start: usize = headers[header::CONTENT_RANGE]
        .to_str()
        .expect("sound")
        .split_once('-')
        .expect("sound")
        .0
        .parse()
        .expect("sound");
    if lock(shared).uploads[at].len() != start {
        return progress(shared, name, StatusCode::RANGE_NOT_SATISFIABLE);
    }
    lock(shared).patched.push(start);
    assert!(body.size_hint().exact().is_some(), "a chunk says how long it is");
    let mut pieces = body.into_data_stream();
    while let Some(Ok(piece)) = pieces.next().await {
        let mut kept = lock(shared);
        kept.uploads[at].extend_from_slice(&piece);
        if let Some(limit) = kept.cut_after
            && kept.uploads[at].len() >= limit
        {
            kept.cut_after = None;
            kept.uploads[at].truncate(limit);
            if kept.forgets {
                kept.uploads[at].clear();
            }
            // Dropping the connection is what a lost network looks like.
            panic!("the connection is lost");
        }
    }
    progress(shared, name, StatusCode::ACCEPTED)
}

fn progress(shared: &Shared, name: &str, status: StatusCode) -> Response {
    let kept = lock(shared);
    let at: usize = name.parse().expect("sound");
    if kept.forgets && kept.uploads[at].is_empty() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let range = format!("0-{}", kept.uploads[at].len().saturating_sub(1));
    let location = format!("/v2/shop/app/blobs/uploads/{name}");
    (status, [(header::RANGE, range), (header::LOCATION, location)]).into_response()
}

fn finish(shared: &Shared, name: &str, query: &str) -> Response {
    let mut kept = lock(shared);
    let content = std::mem::take(&mut kept.uploads[name.parse::<usize>().expect("sound")]);
    let digest = query.trim_start_matches("digest=").replace("%3A", ":");
    assert_eq!(digest, sha256(&content), "what arrives is what was sent");
    kept.blobs.insert(digest, content);
    StatusCode::CREATED.into_response()
}

fn sha256(content: &[u8]) -> String {
    use towpath_domain::digests::{Algorithm, Digest};
    Digest::of(Algorithm::Sha256, content).to_string()
}

/// An archive as `docker save` writes it, with one layer of so many bytes.
fn archive(layer: &[u8], folder: &tempfile::TempDir) -> Source {
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":["{}"]}}}}"#,
        sha256(layer)
    );
    let manifest = r#"[{"Config":"config.json","RepoTags":["app:1"],"Layers":["1/layer.tar"]}]"#;
    let path = folder.path().join("app.tar");
    let mut builder = tar::Builder::new(std::fs::File::create(&path).expect("sound"));
    for (name, content) in
        [("1/layer.tar", layer), ("config.json", config.as_bytes()), ("manifest.json", manifest.as_bytes())]
    {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, content).expect("sound");
    }
    builder.finish().expect("sound");
    Source::Path { path, choice: None }
}

fn client(url: &str) -> Registry {
    _ = rustls::crypto::ring::default_provider().install_default();
    let retries = Retries::new(3, Duration::from_millis(2), || 0);
    Registry::new(reqwest::Client::new(), url, Some(Credentials::new("ana", "secret")), retries)
        .expect("sound")
}

/// Pushes an image of one layer, and tells where chunks began and how often it paused.
async fn pushed(kept: Kept, layer: &[u8]) -> (Result<(), Error>, Vec<usize>, usize, Shared) {
    let (url, shared) = serve(kept).await;
    let folder = tempfile::tempdir().expect("sound");
    let image = Image::open(archive(layer, &folder)).await.expect("sound");
    let pauses = Arc::new(Mutex::new(0));
    let counted = pauses.clone();
    let watch = move |step: Step<'_>| {
        if let Step::Paused(..) = step {
            *lock(&counted) += 1;
        }
    };
    let pushed = push(&image, &client(&url).to_write("shop/app"), watch).await.map(drop);
    let patched = lock(&shared).patched.clone();
    let pauses = *lock(&pauses);
    (pushed, patched, pauses, shared)
}

static LAYER: [u8; 3_000_000] = [7; 3_000_000];

#[tokio::test]
async fn an_upload_goes_on_from_where_it_broke_off() {
    let cut = Kept { cut_after: Some(1_000_000), ..Kept::default() };
    let (pushed, patched, pauses, shared) = pushed(cut, &LAYER).await;
    pushed.unwrap();
    assert_eq!(pauses, 1);
    assert!(patched.contains(&1_000_000), "{patched:?}");
    assert_eq!(lock(&shared).blobs[&sha256(&LAYER)].len(), LAYER.len());
}

#[tokio::test]
async fn an_upload_that_was_forgotten_begins_anew() {
    let cut = Kept { cut_after: Some(1_000_000), forgets: true, ..Kept::default() };
    let (pushed, patched, _, shared) = pushed(cut, &LAYER).await;
    pushed.unwrap();
    assert!(!patched.contains(&1_000_000), "{patched:?}");
    assert_eq!(lock(&shared).blobs.len(), 2);
}

#[tokio::test]
async fn who_is_busy_is_asked_again_but_not_for_ever() {
    let (once, _, pauses, _) = pushed(Kept { busy: 1, ..Kept::default() }, b"layer").await;
    once.unwrap();
    assert_eq!(pauses, 1);
    let (refused, ..) = pushed(Kept { busy: usize::MAX, ..Kept::default() }, b"layer").await;
    assert!(
        matches!(refused, Err(Error::Refused { status: StatusCode::SERVICE_UNAVAILABLE, .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_token_is_got_once_from_the_service_that_the_registry_names() {
    let (pushed, _, _, shared) = pushed(Kept { asks_for_token: true, ..Kept::default() }, b"layer").await;
    pushed.unwrap();
    // Contents are sent side by side, so that the first of them may ask at the same time.
    assert!((1..=2).contains(&lock(&shared).tokens));
}

#[tokio::test]
async fn nothing_is_called_that_a_judge_does_not_let_it_call() {
    let (url, shared) = serve(Kept { asks_for_token: true, ..Kept::default() }).await;
    _ = rustls::crypto::ring::default_provider().install_default();
    let judge = |address: &str| {
        if address.contains("/token") { Err(format!("{address} is not allowed")) } else { Ok(()) }
    };
    let client = Client::judged(reqwest::Client::new(), Arc::new(judge));
    let retries = Retries::new(3, Duration::from_millis(2), || 0);
    let registry = Registry::new(client, &url, Some(Credentials::new("ana", "secret")), retries).unwrap();
    let refused = registry.to_read("shop/app").read_manifest("1.0").await;
    assert!(matches!(&refused, Err(Error::NotAllowed(words)) if words.contains("/token")), "{refused:?}");
    assert_eq!(lock(&shared).tokens, 0, "nobody learned the password");
}

#[tokio::test]
async fn the_same_archive_is_the_same_image_and_what_is_there_is_not_sent() {
    let (url, _) = serve(Kept::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let to = client(&url).to_write("shop/app");
    let image = Image::open(archive(b"layer", &folder)).await.unwrap();
    let first = push(&image, &to, |_| {}).await.unwrap();
    let image = Image::open(archive(b"layer", &folder)).await.unwrap();
    let second = push(&image, &to, |_| {}).await.unwrap();
    assert_eq!((&second.digest, second.there, second.sent), (&first.digest, first.sent, 0));
    assert!(first.sent > 5 && first.there == 0, "{first:?}");
}

#[tokio::test]
async fn an_image_is_copied_from_one_registry_to_another() {
    let (_, _, _, from) = pushed(Kept::default(), b"layer").await;
    let digest = lock(&from).manifests.keys().next().unwrap().clone();
    let kept = std::mem::take(&mut *lock(&from));
    let (source, _) = serve(kept).await;
    let (target, kept) = serve(Kept::default()).await;
    let repository = client(&source).to_read("shop/app");
    let image = Image::open(Source::Registry { repository, reference: digest.clone() }).await.unwrap();
    push(&image, &client(&target).to_write("shop/app"), |_| {}).await.unwrap();
    let kept = lock(&kept);
    assert!(kept.manifests.contains_key(&digest));
    assert_eq!(kept.blobs[&sha256(b"layer")], b"layer");
}

#[tokio::test]
async fn a_layer_that_is_another_than_was_said_is_found_out_before_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let Source::Path { path, .. } = archive(b"layer", &folder) else { panic!() };
    let bytes = std::fs::read(&path).unwrap();
    // Cut short, as by a full disk.
    std::fs::write(&path, &bytes[..600]).unwrap();
    let error = Image::open(Source::Path { path, choice: None }).await.unwrap_err();
    assert!(error.to_string().contains("app.tar"), "{error}");
}
