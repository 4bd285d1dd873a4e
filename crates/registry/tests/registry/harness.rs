//! A registry on an installation of its own, whose database and blobs lie in a temporary folder.
//!
//! The project `shop` has the environments qa, staging and prod. Builds of the integration `checkout` go from qa
//! to staging to prod; `tools` has no workflow.

use axum::{Router, body::Body};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use towpath_domain::proposals::Demanded;
use towpath_domain::{
    access::{Action, Actor},
    digests::{Algorithm, Digest},
    environments::EnvironmentForm,
    integrations::{FOLLOW_NONE, IntegrationForm},
    people::JoinForm,
    projects::ProjectForm,
    tokens::TokenForm,
    workflows::{StageForm, WorkflowForm},
};
use towpath_service::providers::SignIn;
use towpath_service::{
    SealingKey, Service, Sources, environments, installation, integrations, links, people, projects,
    promotions, tokens, workflows,
};

pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// How a test ends that does not panic.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A running registry and somebody who may push and pull in all of it.
pub struct Registry {
    pub service: Service,
    pub admin: Actor,
    /// An API token of the admin, for all that registry clients do.
    pub secret: String,
    router: Router,
    folder: TempDir,
}

/// An answer whose body was read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: Bytes,
}

impl Registry {
    pub async fn start() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let service = open(&folder).await?;
        let admin = join(&service).await?;
        build_shop(&service, &admin).await?;
        let secret = token(&service, &admin, "", &[Action::Pull, Action::Push, Action::Delete]).await?;
        let router = towpath_registry::router(service.clone());
        Ok(Self { service, admin, secret, router, folder })
    }

    /// Stops the process, as far as a test can tell, and starts it on the same folder.
    pub async fn restart(self) -> Outcome<Self> {
        self.service.close().await;
        let service = open(&self.folder).await?;
        let router = towpath_registry::router(service.clone());
        Ok(Self { service, router, ..self })
    }

    /// Another token of the admin, scoped to a project or an integration.
    pub async fn token(&self, scope: &str, actions: &[Action]) -> Outcome<String> {
        token(&self.service, &self.admin, scope, actions).await
    }

    /// Sends a request as it is.
    pub async fn raw(&self, request: Request<Body>) -> Outcome<Answer> {
        let (parts, body) = self.router.clone().oneshot(request).await?.into_parts();
        Ok(Answer { status: parts.status, headers: parts.headers, body: body.collect().await?.to_bytes() })
    }

    /// Sends a request without headers of its own, signed in.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<Body>) -> Outcome<Answer> {
        self.raw(self.request(method, path).body(body.into())?).await
    }

    pub async fn get(&self, path: &str) -> Outcome<Answer> {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub async fn head(&self, path: &str) -> Outcome<Answer> {
        self.send(Method::HEAD, path, Body::empty()).await
    }

    pub async fn delete(&self, path: &str) -> Outcome<Answer> {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    /// A signed-in request to be completed.
    pub fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder().method(method).uri(path).header(header::AUTHORIZATION, basic(&self.secret))
    }

    /// Begins an upload and answers where it goes on.
    pub async fn begin(&self, name: &str) -> Outcome<String> {
        let begun = self.send(Method::POST, &format!("/v2/{name}/blobs/uploads/"), Body::empty()).await?;
        assert_eq!(begun.status, StatusCode::ACCEPTED, "{begun:?}");
        Ok(begun.header("location").to_owned())
    }

    /// Pushes a blob and answers its digest.
    pub async fn push_blob(&self, name: &str, content: &[u8]) -> Outcome<Digest> {
        let digest = Digest::of(Algorithm::Sha256, content);
        let path = format!("/v2/{name}/blobs/uploads/?digest={digest}");
        let pushed = self.send(Method::POST, &path, content.to_vec()).await?;
        assert_eq!(pushed.status, StatusCode::CREATED, "{pushed:?}");
        Ok(digest)
    }

    /// Pushes a manifest as it is.
    pub async fn put(&self, name: &str, reference: &str, manifest: &Value) -> Outcome<Answer> {
        let media_type = manifest["mediaType"].as_str().unwrap_or(OCI_MANIFEST).to_owned();
        let request = self
            .request(Method::PUT, &format!("/v2/{name}/manifests/{reference}"))
            .header(header::CONTENT_TYPE, media_type)
            .body(manifest.to_string().into())?;
        self.raw(request).await
    }

    /// Uploads what an image refers to, and answers its manifest. Other `content` makes another image.
    pub async fn image(&self, name: &str, content: &str) -> Outcome<Value> {
        let config = json!({
            "os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": []},
            "config": {"Labels": {"org.opencontainers.image.revision": content}},
        })
        .to_string();
        self.push_blob(name, config.as_bytes()).await?;
        self.push_blob(name, content.as_bytes()).await?;
        Ok(json!({
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor(OCI_CONFIG, config.as_bytes()),
            "layers": [descriptor(OCI_LAYER, content.as_bytes())],
        }))
    }

    /// Promotes a build of `shop/checkout`, which has to succeed at once.
    pub async fn promote(&self, digest: &Digest, from: &str, to: &str) -> Outcome {
        let request = promotions::Request {
            project: "shop".into(),
            integration: "checkout".into(),
            digest: digest.to_string(),
            from: from.into(),
            to: to.into(),
            reason: "tested".into(),
            ..Default::default()
        };
        promotions::request(&self.service, &self.admin, request).await?;
        Ok(())
    }

    /// Pushes an image under a tag, which has to succeed, and answers its digest.
    pub async fn push_image(&self, name: &str, tag: &str, content: &str) -> Outcome<Digest> {
        let manifest = self.image(name, content).await?;
        let pushed = self.put(name, tag, &manifest).await?;
        assert_eq!(pushed.status, StatusCode::CREATED, "{pushed:?}");
        Ok(digest(&manifest))
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The code of the first error.
    pub fn code(&self) -> String {
        self.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The status with the code of the error.
    pub fn refusal(&self) -> (u16, String) {
        (self.status.as_u16(), self.code())
    }

    pub fn message(&self) -> String {
        self.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}

/// The `Authorization` header for an API token.
pub fn basic(secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("token:{secret}")))
}

/// A refusal to compare with.
pub fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// The digest of a document as it is sent.
pub fn digest(document: &Value) -> Digest {
    Digest::of(Algorithm::Sha256, document.to_string().as_bytes())
}

pub fn descriptor(media_type: &str, content: &[u8]) -> Value {
    let digest = Digest::of(Algorithm::Sha256, content);
    json!({"mediaType": media_type, "digest": digest, "size": content.len()})
}

async fn open(folder: &TempDir) -> Outcome<Service> {
    let database = format!("sqlite:{}", folder.path().join("towpath.db").display());
    let settings = installation::Settings {
        database: &database,
        blobs: installation::Blobs::Folder(&folder.path().join("blobs")),
        public_url: "http://registry.example:3000",
        sign_in: SignIn::default(),
        second_person: Demanded::default(),
        sealing: SealingKey::new(&[7; 32]),
    };
    Ok(installation::open(settings, Sources::system()).await?)
}

async fn join(service: &Service) -> Outcome<Actor> {
    let link = links::issue_admin(service).await?;
    let secret = link.rsplit('/').next().unwrap_or_default();
    let form = JoinForm {
        name: "Ana".into(),
        email: "ana@example.org".into(),
        password: "correct horse battery staple".into(),
    };
    let person = links::join(service, secret, form, [127, 0, 0, 1].into()).await?;
    Ok(people::actor(service, person).await?.1)
}

async fn build_shop(service: &Service, admin: &Actor) -> Outcome {
    let shop = ProjectForm { slug: "shop".into(), title: "Shop".into() };
    projects::create(service, admin, shop).await?;
    for (slug, stream) in [("qa", "qa"), ("staging", "staging"), ("prod", "production")] {
        let form = EnvironmentForm { slug: slug.into(), title: slug.into(), stream: stream.into() };
        environments::create(service, admin, "shop", form).await?;
    }
    let stage = |bucket: &str| StageForm { bucket: bucket.into(), ..StageForm::default() };
    let release = WorkflowForm {
        slug: "release".into(),
        title: "Release".into(),
        kind: "environment".into(),
        stages: ["qa", "staging", "prod"].map(stage).into(),
        ..WorkflowForm::default()
    };
    workflows::create(service, admin, "shop", release).await?;
    for (slug, workflow) in [("checkout", "release"), ("tools", FOLLOW_NONE)] {
        let form = IntegrationForm {
            slug: slug.into(),
            title: slug.into(),
            kind: "environment".into(),
            workflow: workflow.into(),
        };
        integrations::create(service, admin, "shop", form).await?;
    }
    Ok(())
}

async fn token(service: &Service, admin: &Actor, scope: &str, actions: &[Action]) -> Outcome<String> {
    let form = TokenForm {
        title: "CI".into(),
        scope: scope.into(),
        actions: actions.iter().map(|action| action.name().to_owned()).collect(),
        days: "1".into(),
    };
    let (_, secret) = tokens::create(service, admin, form).await?;
    Ok(secret.reveal().to_owned())
}
