//! An installation of its own for each test, with a clock that stands until the test moves it.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::people::JoinForm;
use towpath_domain::proposals::Demanded;
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_proof::SigningKey;
use towpath_service::audit::signing;
use towpath_service::images::{self, Name, Push, Reference};
use towpath_service::installation::{Blobs, Settings, open};
use towpath_service::providers::SignIn;
use towpath_service::sessions::{origin, secrets};
use towpath_service::{SealingKey, Service, Sources, links};

pub const PASSWORD: &str = "correct horse battery";
const START: &str = "2026-01-31T09:30:00Z";

/// A fresh installation with its API.
pub struct World {
    pub service: Service,
    pub router: Router,
    clock: Arc<AtomicI64>,
    /// The session of its admin, Ana.
    pub ana: String,
    _folder: TempDir,
}

/// What the API answered.
pub struct Answer {
    pub status: StatusCode,
    headers: http::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl World {
    pub async fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let database = format!("sqlite:{}", folder.path().join("towpath.db").display());
        let blobs = folder.path().join("blobs");
        let clock = Arc::new(AtomicI64::new(Time::parse(START).expect("a time").micros()));
        let settings = Settings {
            database: &database,
            blobs: Blobs::Folder(&blobs),
            public_url: "https://towpath.example",
            sign_in: SignIn::default(),
            second_person: Demanded::default(),
            sealing: SealingKey::new(&[7; 32]),
        };
        let service = open(settings, sources(clock.clone())).await.expect("opens");
        let router = towpath_server::routes::router(service.clone(), CancellationToken::new());
        let link = links::issue_admin(&service).await.expect("a link");
        let ana = join(&service, &link, "Ana", "ana@example.org").await;
        Self { service, router, clock, ana, _folder: folder }
    }

    /// The shop: qa, staging and prod, a workflow in which prod takes an approval, and `checkout`.
    pub async fn with_shop() -> Self {
        let world = Self::new().await;
        world.made("/projects", json!({"slug": "shop", "title": "Shop"})).await;
        for (slug, stream) in [("qa", "qa"), ("staging", "staging"), ("prod", "production")] {
            let new = json!({"slug": slug, "title": slug, "stream": stream});
            world.made("/projects/shop/environments", new).await;
        }
        world
            .made(
                "/projects/shop/workflows",
                json!({
                    "slug": "release", "title": "Release", "kind": "environment", "is_default": true,
                    "stages": [
                        {"bucket": "qa"},
                        {"bucket": "staging"},
                        {"bucket": "prod", "gates": [{"gate": "approvals", "count": 1}]},
                    ],
                }),
            )
            .await;
        let checkout = json!({"slug": "checkout", "title": "Checkout", "kind": "environment"});
        world.made("/projects/shop/integrations", checkout).await;
        world
    }

    /// Signs the audit log as it is, and yields the public key.
    pub async fn sign(&self) -> String {
        let key = || SigningKey::new("towpath.example/log", [7; 32]).expect("a key");
        signing::adopt(&self.service, &key()).await.expect("is adopted, or was");
        signing::sign(&self.service, key(), None).await.expect("signs");
        key().public().to_string()
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// The session of someone who was invited with a role.
    pub async fn person(&self, name: &str, role: &str, place: &str) -> String {
        let email = format!("{}@example.org", name.to_lowercase());
        let new = json!({"email": email, "role": role, "place": place});
        let invited = self.post("/invitations", &self.ana, new).await;
        let link = invited.body["link"].as_str().expect("a link");
        join(&self.service, link, name, &email).await
    }

    /// The secret of a token of Ana's.
    pub async fn token(&self, actions: &[&str], scope: &str) -> String {
        let new = json!({"title": "CI", "actions": actions, "scope": scope, "days": 30});
        let created = self.post("/tokens", &self.ana, new).await;
        created.body["secret"].as_str().expect("a secret").to_owned()
    }

    /// Pushes an image with this content into a bucket of `shop/checkout`, as Ana; answers its digest.
    pub async fn push(&self, bucket: &str, tag: &str) -> String {
        let (actor, _) = secrets::actor(&self.service, &self.ana).await.expect("signed in");
        let slug = |text: &str| Slug::parse(text).expect("a slug");
        let name = Name { project: slug("shop"), integration: slug("checkout"), bucket: Some(slug(bucket)) };
        let labels = json!({"org.opencontainers.image.revision": "0a1b2c", "version": tag});
        let config =
            json!({"os": "linux", "architecture": "amd64", "config": {"Labels": labels}}).to_string();
        let mut parts = Vec::new();
        for content in [config, format!("a layer of {tag}")] {
            let bytes = Bytes::from(content);
            let digest = Digest::of(Algorithm::Sha256, &bytes);
            let id =
                images::begin_upload(&self.service, &actor, &name, Algorithm::Sha256).await.expect("begun");
            let stream = futures::stream::iter([Ok::<_, Infallible>(bytes.clone())]);
            images::append_upload(&self.service, &actor, &name, id, None, stream).await.expect("appended");
            images::finish_upload(&self.service, &actor, &name, id, &digest).await.expect("finished");
            parts.push((digest.to_string(), bytes.len()));
        }
        let media_type = "application/vnd.oci.image.manifest.v1+json";
        let content = Bytes::from(
            json!({
                "schemaVersion": 2, "mediaType": media_type,
                "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                           "digest": parts[0].0, "size": parts[0].1},
                "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar",
                            "digest": parts[1].0, "size": parts[1].1}],
            })
            .to_string(),
        );
        let digest = Digest::of(Algorithm::Sha256, &content).to_string();
        let push = Push {
            reference: Reference::Tag(Tag::parse(tag).expect("a tag")),
            tags: Vec::new(),
            content_type: media_type.to_owned(),
            content,
        };
        // A push that the bucket refuses is kept beside it, which is what some tests want.
        _ = images::push_manifest(&self.service, &actor, &name, push).await;
        digest
    }

    pub async fn get(&self, path: &str, secret: &str) -> Answer {
        self.send(request("GET", path, secret).body(Body::empty()).expect("a request")).await
    }

    pub async fn delete(&self, path: &str, secret: &str) -> Answer {
        self.send(request("DELETE", path, secret).body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, path: &str, secret: &str, body: Value) -> Answer {
        self.give("POST", path, secret, &body).await
    }

    pub async fn put(&self, path: &str, secret: &str, body: Value) -> Answer {
        self.give("PUT", path, secret, &body).await
    }

    async fn give(&self, method: &str, path: &str, secret: &str, body: &Value) -> Answer {
        let request = request(method, path, secret).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// Creates something as Ana.
    async fn made(&self, path: &str, body: Value) {
        let answer = self.post(path, &self.ana, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer}");
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a body");
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// A request below `/api/v1`, without a body; an empty secret is not sent.
pub fn request(method: &str, path: &str, secret: &str) -> http::request::Builder {
    let request =
        Request::builder().method(method).uri(format!("/api/v1{path}")).header("x-request-id", "a-request");
    if secret.is_empty() { request } else { request.header("authorization", format!("Bearer {secret}")) }
}

async fn join(service: &Service, link: &str, name: &str, email: &str) -> String {
    let secret = link.rsplit('/').next().expect("the last segment");
    let form = JoinForm { name: name.to_owned(), email: email.to_owned(), password: PASSWORD.to_owned() };
    let person = links::join(service, secret, form, IpAddr::V4(Ipv4Addr::LOCALHOST)).await.expect("joins");
    secrets::begin(service, person, origin("towpath/0.1", IpAddr::V4(Ipv4Addr::LOCALHOST)))
        .await
        .expect("a session")
        .0
}

fn sources(clock: Arc<AtomicI64>) -> Sources {
    let counter = AtomicU64::new(0);
    Sources::new(
        move || Time::from_micros(clock.load(Ordering::Relaxed)),
        move |bytes| {
            let number = counter.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            for (byte, digit) in bytes.iter_mut().rev().zip(number.iter().rev().chain(std::iter::repeat(&0)))
            {
                *byte = *digit;
            }
        },
    )
}

/// Status, headers that matter, and body, without what differs from run to run.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        for name in ["location", "allow", "retry-after", "www-authenticate"] {
            if let Some(value) = self.headers.get(name) {
                writeln!(f, "{name}: {}", redact(value.to_str().expect("text")))?;
            }
        }
        match &self.body {
            Value::String(text) => f.write_str(text),
            other => f.write_str(&redact(&serde_json::to_string_pretty(other).expect("JSON"))),
        }
    }
}

/// Puts `[id]` for ids, `[digest]` for digests and `[secret]` for secrets.
fn redact(text: &str) -> String {
    let hex = |byte: u8| byte.is_ascii_hexdigit();
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = |from: usize| rest.bytes().skip(from).take_while(|byte| hex(*byte)).count();
        let dashed = rest.bytes().take_while(|byte| hex(*byte) || *byte == b'-').count();
        let (length, word) = match rest {
            _ if rest.starts_with("sha256:") => (7 + digits(7), "[digest]"),
            _ if rest.starts_with("tpt_") || rest.starts_with("tps_") => (4 + digits(4), "[secret]"),
            _ if rest.starts_with("/join/") => (6 + digits(6), "/join/[secret]"),
            _ if dashed == 36 => (36, "[id]"),
            _ => (0, ""),
        };
        if length == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            out += word;
            rest = &rest[length..];
        }
    }
    out
}
