//! Preparing an installation, through the doors themselves.

use crate::callers::Caller;
use crate::calls::{Answer, Call};
use crate::doors::registry::MANIFEST;
use crate::doors::rest::{ADDRESS, REGISTRY};
use crate::doors::{Kind, Subject};
use crate::installation::{PASSWORD, email};
use crate::world::{URL, World};
use axum::body::Bytes;
use serde_json::{Value, json};
use towpath_domain::access::{Action, TOKEN_ACTIONS};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_service::audit::signing;
use towpath_service::links;

/// Of a key that nobody has.
pub const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESLnDhWczPVZFwk04T93ZjEAvQzI2
7otRX0+YcDdwR8yyr802YryXgQ5Ft9tog+Tm1Dsyt48Wc89MNJACmZf0OA==
-----END PUBLIC KEY-----
";

/// The admin of the installation, who makes all of it, through the same doors as everyone.
pub struct Maker {
    pub world: World,
    /// The session.
    pub root: String,
    /// A token for all that the admin may.
    token: String,
}

impl Maker {
    pub async fn begin(world: World) -> Self {
        let link = links::issue_admin(&world.service).await.expect("a link");
        let mut maker = Self { world, root: String::new(), token: String::new() };
        maker.follow(&link, "root").await;
        maker.root = maker.bearer("root").await;
        (_, maker.token) = maker.token(&TOKEN_ACTIONS.map(Action::name), "", 5).await;
        maker
    }

    /// Calls the API, which must answer so.
    pub async fn ask(&self, method: &'static str, path: &str, body: Value, status: u16) -> Answer {
        self.ask_as(&self.root, method, path, body, status).await
    }

    async fn ask_as(
        &self,
        bearer: &str,
        method: &'static str,
        path: &str,
        body: Value,
        status: u16,
    ) -> Answer {
        let call = Call::new(method, format!("/api/v1{path}"));
        let call = call.with("authorization", format!("Bearer {bearer}"));
        let call = if body.is_null() { call } else { call.body("application/json", body.to_string()) };
        let answer = self.world.send(call).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        answer
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.ask("POST", path, body, 201).await.json()
    }

    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let call = Call::new("POST", path).with("origin", URL);
        let answer = self.world.send(call.body("application/x-www-form-urlencoded", body)).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer
    }

    async fn push_to(&self, method: &'static str, path: String, kind: &str, body: Bytes) -> Answer {
        let caller = Caller::by_token("root", &self.token);
        let call = caller.sign(Kind::Registry, Call::new(method, path).body(kind, body));
        let answer = self.world.send(call).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer
    }

    pub async fn project(&self, slug: &str) {
        self.post("/projects", json!({"slug": slug, "title": slug})).await;
        for (bucket, stream) in [("qa", "qa"), ("staging", "staging"), ("prod", "production")] {
            let new = json!({"slug": bucket, "title": bucket, "stream": stream});
            self.post(&format!("/projects/{slug}/environments"), new).await;
        }
        let stages = json!([
            {"bucket": "qa"},
            {"bucket": "staging", "arrivals": "any"},
            {"bucket": "prod", "gates": [{"gate": "approvals", "count": 1}]},
        ]);
        let new = json!({"slug": "release", "title": "Release", "kind": "environment", "is_default": true,
                         "stages": stages});
        self.post(&format!("/projects/{slug}/workflows"), new).await;
        let criteria = json!([{"key": "branch", "operator": "equals", "value": "main", "bucket": "qa"}]);
        let new = json!({"slug": "branches", "title": "Branches", "kind": "environment", "is_default": true,
                         "criteria": criteria});
        self.post(&format!("/projects/{slug}/rules"), new).await;
        let root = json!({"name": "release-key", "kind": "key", "key": PUBLIC_KEY});
        self.post(&format!("/projects/{slug}/trust-roots"), root).await;
        self.retired(slug).await;
    }

    /// A role of the installation's own.
    pub async fn role(&self, slug: &str) {
        self.post("/roles", json!({"slug": slug, "title": slug, "from": "viewer"})).await;
    }

    /// A group with someone in it, and the role that it holds, by its id.
    pub async fn group(&self, slug: &str, member: &str) -> String {
        self.post("/groups", json!({"slug": slug, "title": slug})).await;
        let path = format!("/groups/{slug}");
        self.ask("POST", &format!("{path}/members"), json!({"email": email(member)}), 204).await;
        let role = json!({"role": "viewer", "place": "environment:shop/qa"});
        self.ask("POST", &format!("{path}/roles"), role, 204).await;
        let group = self.ask("GET", &path, Value::Null, 200).await.json();
        text(&group["roles"][0]["binding"])
    }

    /// An integration that was deleted and can be restored.
    async fn retired(&self, project: &str) {
        let new = json!({"slug": "retired", "title": "Retired", "kind": "environment"});
        self.post(&format!("/projects/{project}/integrations"), new).await;
        let path = format!("/projects/{project}/integrations/retired");
        self.ask("DELETE", &path, Value::Null, 200).await;
    }

    /// An integration with three builds: 0.9 and 1.0 went to staging, which a release set returned to 0.9, so that arrivals
    /// are paused; 1.0 waits to enter prod; 1.1 is current in qa, whose environment is pinned to 1.0.
    pub async fn integration(&self, project: &str, slug: &str) -> Subject {
        let new = json!({"slug": slug, "title": slug, "kind": "environment"});
        self.post(&format!("/projects/{project}/integrations"), new).await;
        let (at, name) = (format!("/projects/{project}/integrations/{slug}"), format!("{project}/{slug}"));
        let repository = format!("{name}/qa");
        let oldest = self.push(&repository, "0.9").await;
        self.promote(&at, &oldest.digest, "qa", "staging").await;
        let placements = format!("{at}/buckets/staging/placements");
        let then = text(&self.ask("GET", &placements, Value::Null, 200).await.json()["items"][0]["at"]);
        let build = self.push(&repository, "1.0").await;
        self.promote(&at, &build.digest, "qa", "staging").await;
        let number = self.promote(&at, &build.digest, "staging", "prod").await;
        self.attach(&repository, &build).await;
        let newest = self.push(&repository, "1.1").await;
        let pin = json!({"service": slug, "digest": build.digest, "until": "30d", "reason": "1.1 is slow."});
        let pin = self.post(&format!("/projects/{project}/environments/qa/pins"), pin).await;
        let nightly = self.push(&name, "nightly").await;
        let unnamed = self.push(&name, "unnamed").await.digest;
        let mark = json!({"on": format!("build:{project}/{}", nightly.digest), "reason": "It loses orders."});
        let loose = self.blob(&repository, format!("loose in {repository}")).await;
        let back =
            json!({"title": "Back", "to": "staging", "at": then, "parts": [name], "reason": "It broke."});
        let set = self.post(&format!("/projects/{project}/release-sets"), back).await["number"].to_string();
        let (subscription, delivery) = self.subscription(project, slug).await;
        let (hook, came) = self.hook(&at).await;
        let view = json!({"title": name, "project": project, "share_with": project});
        let view = text(&self.post("/saved-views", view).await["id"]);
        let hold = self.post("/holds", mark).await["number"].to_string();
        let release = self.ask("POST", &format!("/holds/{hold}/release"), json!({}), 202).await.json();
        Subject {
            view,
            hold,
            proposal: release["number"].to_string(),
            project: project.to_owned(),
            integration: slug.to_owned(),
            number,
            set,
            pin: pin["number"].as_i64().expect("a number"),
            placement: self.placement(&at, "qa", "1.0").await,
            digest: build.digest,
            unnamed,
            newest: newest.digest,
            oldest: oldest.digest,
            layer: build.layer,
            loose,
            manifest: build.manifest,
            publisher: self.publisher(project).await,
            account: self.account(project, number).await,
            person: String::new(),
            binding: String::new(),
            crew_role: String::new(),
            delegation: String::new(),
            token: String::new(),
            secret: String::new(),
            invitation: String::new(),
            session: String::new(),
            event: self.newest_event(&name).await,
            subscription,
            delivery,
            registry: self.registry(project, slug).await,
            hook,
            came,
        }
    }

    /// A subscription of the project, by the name of the integration, and a test that was sent to it.
    async fn subscription(&self, project: &str, slug: &str) -> (String, String) {
        let new = json!({"project": project, "title": slug, "address": ADDRESS, "format": "standard"});
        let made = self.post("/subscriptions", new).await;
        let subscription = text(&made["subscription"]["id"]);
        let path = format!("/subscriptions/{subscription}/test");
        let delivery = text(&self.ask("POST", &path, Value::Null, 200).await.json()["id"]);
        (subscription, delivery)
    }

    /// A registry of the project, by the name of the integration, and a step of qa that does nothing there.
    async fn registry(&self, project: &str, slug: &str) -> String {
        let new = json!({"project": project, "name": slug, "address": REGISTRY});
        let step = json!({"bucket": "qa", "does": "record"});
        let steps = format!("/projects/{project}/integrations/{slug}/outside-steps");
        self.ask("PUT", &steps, step, 200).await;
        text(&self.post("/registries", new).await["id"])
    }

    /// A hook of an integration, and a webhook that came to it.
    async fn hook(&self, at: &str) -> (String, String) {
        let new = json!({"title": "Registry", "source": "distribution"});
        let made = self.post(&format!("{at}/hooks"), new).await;
        let (hook, secret) = (text(&made["hook"]["id"]), text(&made["secret"]));
        let call =
            Call::new("POST", format!("/hooks/{hook}")).with("authorization", format!("Bearer {secret}"));
        let answer = self.world.send(call.body("application/json", json!({"events": []}).to_string())).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        (hook, text(&answer.json()["delivery"]))
    }

    /// The CI jobs of somebody, which may push wherever the rule leads.
    async fn publisher(&self, project: &str) -> String {
        let claims = json!({"sub": "a job"});
        let new = json!({"title": "CI", "system": "other", "issuer": "https://issuer.example", "claims": claims,
                         "by_rule": true});
        text(&self.post(&format!("/projects/{project}/publishers"), new).await["id"])
    }

    /// A service account that may see the project.
    async fn account(&self, project: &str, number: i64) -> String {
        let name = format!("Deployer {number}");
        let made = self.post("/service-accounts", json!({"name": name, "project": project})).await;
        let account = text(&made["id"]);
        let role = json!({"role": "viewer", "place": format!("project:{project}")});
        self.ask("POST", &format!("/service-accounts/{account}/roles"), role, 204).await;
        account
    }

    /// The number of the newest event of an integration.
    async fn newest_event(&self, name: &str) -> String {
        let path = format!("/timeline?integration={name}&limit=1");
        self.ask("GET", &path, Value::Null, 200).await.json()["items"][0]["seq"].to_string()
    }

    /// Signs the audit log.
    pub async fn sign(&self) {
        let service = &self.world.service;
        let key = signing::make_key(service).await.expect("a key");
        assert!(signing::adopt(service, &key).await.expect("is adopted"));
        signing::sign(service, key, None).await.expect("signs");
    }

    async fn blob(&self, repository: &str, content: String) -> String {
        let digest = Digest::of(Algorithm::Sha256, content.as_bytes()).to_string();
        let path = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
        self.push_to("POST", path, "application/octet-stream", content.into()).await;
        digest
    }

    async fn push(&self, repository: &str, tag: &str) -> Pushed {
        let config = json!({"os": "linux", "architecture": "amd64"}).to_string();
        let layer = format!("a layer of {repository}:{tag}");
        let (config_size, layer_size) = (config.len(), layer.len());
        let (config, layer) = (self.blob(repository, config).await, self.blob(repository, layer).await);
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": config,
                       "size": config_size},
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": layer,
                        "size": layer_size}],
        });
        let manifest = Bytes::from(manifest.to_string());
        let path = format!("/v2/{repository}/manifests/{tag}");
        self.push_to("PUT", path, MANIFEST, manifest.clone()).await;
        Pushed { digest: Digest::of(Algorithm::Sha256, &manifest).to_string(), layer, layer_size, manifest }
    }

    /// Says something about an image: that its layer is worth reading.
    async fn attach(&self, repository: &str, image: &Pushed) {
        let layer = json!({"mediaType": "text/plain", "digest": image.layer, "size": image.layer_size});
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": layer, "layers": [layer],
            "subject": {"mediaType": MANIFEST, "digest": image.digest, "size": image.manifest.len()},
        });
        let manifest = Bytes::from(manifest.to_string());
        let digest = Digest::of(Algorithm::Sha256, &manifest);
        self.push_to("PUT", format!("/v2/{repository}/manifests/{digest}"), MANIFEST, manifest).await;
    }

    async fn promote(&self, at: &str, digest: &str, from: &str, to: &str) -> i64 {
        let new = json!({"digest": digest, "from": from, "to": to, "reason": "Tested."});
        self.post(&format!("{at}/promotions"), new).await["number"].as_i64().expect("a number")
    }

    /// The placement of a tag that was current in a bucket.
    async fn placement(&self, at: &str, bucket: &str, tag: &str) -> String {
        let board = self.ask("GET", at, Value::Null, 200).await.json();
        let buckets = board["buckets"].as_array().expect("buckets");
        let bucket = buckets.iter().find(|known| known["slug"] == bucket).expect("the bucket");
        let history = bucket["history"].as_array().expect("a history");
        let card = history.iter().find(|card| card["build"]["tag"] == tag).expect("the build");
        text(&card["placement"])
    }

    /// Invites someone, and gives the secret of their link.
    pub async fn invite(&self, name: &str, role: &str, place: &str) -> String {
        let new = json!({"email": email(name), "role": role, "place": place});
        let link = text(&self.post("/invitations", new).await["link"]);
        link.rsplit('/').next().unwrap_or_default().to_owned()
    }

    pub async fn join(&self, name: &str, role: &str, place: &str) {
        let secret = self.invite(name, role, place).await;
        self.follow(&secret, name).await;
    }

    async fn follow(&self, link: &str, name: &str) {
        let secret = link.rsplit('/').next().unwrap_or_default();
        let email = email(name);
        let fields =
            [("secret", secret), ("form[name]", name), ("form[email]", &email), ("form[password]", PASSWORD)];
        self.submit("/fn/join", &fields).await;
    }

    /// Someone's only role.
    pub async fn binding(&self, name: &str) -> String {
        let people = self.ask("GET", "/people", Value::Null, 200).await.json();
        let people = people["items"].as_array().expect("people");
        let person = people.iter().find(|person| person["name"] == name).expect("the person");
        text(&person["roles"][0]["binding"])
    }

    /// The id of someone.
    pub async fn person(&self, name: &str) -> String {
        let people = self.ask("GET", "/people", Value::Null, 200).await.json();
        let people = people["items"].as_array().expect("people");
        text(&people.iter().find(|person| person["name"] == name).expect("the person")["id"])
    }

    /// The id of someone's open invitation.
    pub async fn invitation(&self, name: &str) -> String {
        let people = self.ask("GET", "/people", Value::Null, 200).await.json();
        let invitations = people["invitations"].as_array().expect("invitations");
        let open = invitations.iter().find(|open| open["email"] == email(name)).expect("the invitation");
        text(&open["id"])
    }

    /// The session by which the admin makes all this.
    pub async fn session(&self) -> String {
        text(&self.ask("GET", "/me/sessions", Value::Null, 200).await.json()["items"][0]["id"])
    }

    /// Takes someone's only role away.
    pub async fn expel(&self, name: &str) {
        let binding = self.binding(name).await;
        self.ask("DELETE", &format!("/bindings/{binding}"), Value::Null, 204).await;
    }

    /// A session of someone outside a browser.
    pub async fn bearer(&self, name: &str) -> String {
        let new = json!({"email": email(name), "password": PASSWORD});
        text(&self.post("/sessions", new).await["session"])
    }

    /// The id and the secret of a token of the admin.
    pub async fn token(&self, actions: &[&str], scope: &str, days: i64) -> (String, String) {
        self.token_of(&self.root, actions, scope, days).await
    }

    /// The id and the secret of a token of someone with this session.
    pub async fn token_of(&self, bearer: &str, actions: &[&str], scope: &str, days: i64) -> (String, String) {
        let new = json!({"title": "CI", "actions": actions, "scope": scope, "days": days});
        let created = self.ask_as(bearer, "POST", "/tokens", new, 201).await.json();
        (text(&created["token"]["id"]), text(&created["secret"]))
    }

    /// The secret of a read token of an environment.
    pub async fn read_token(&self, project: &str, environment: &str) -> String {
        let path = format!("/projects/{project}/environments/{environment}/read-tokens");
        text(&self.post(&path, json!({"title": "Cluster", "days": 5})).await["secret"])
    }

    /// The id of a delegation to somebody by who has this session.
    pub async fn delegation(&self, bearer: &str, to: &str) -> String {
        let new = json!({"delegate": email(to), "until": "14d", "reason": "On holiday."});
        text(&self.ask_as(bearer, "POST", "/delegations", new, 201).await.json()["id"])
    }

    /// Signs someone in at every kind of door.
    pub async fn caller(&self, name: &'static str) -> Caller {
        let email = email(name);
        let fields = [("email", email.as_str()), ("password", PASSWORD), ("next", "/")];
        let cookie = self.submit("/fn/sign_in", &fields).await.cookie.expect("a session");
        let bearer = self.bearer(name).await;
        let (_, token) = self.token_of(&bearer, &TOKEN_ACTIONS.map(Action::name), "", 5).await;
        Caller {
            name,
            cookie: cookie.split(';').next().map(str::to_owned),
            bearer: Some(bearer),
            token: Some(token),
            ..Caller::nobody()
        }
    }

    pub async fn begin_upload(&self, caller: &mut Caller) {
        let call = Call::new("POST", "/v2/shop/checkout/qa/blobs/uploads/");
        let answer = self.world.send(caller.sign(Kind::Registry, call)).await;
        if let Some(upload) = answer.location.as_deref().and_then(|location| location.rsplit('/').next()) {
            upload.clone_into(&mut caller.upload);
        }
    }
}

/// An image that was pushed.
struct Pushed {
    digest: String,
    layer: String,
    layer_size: usize,
    manifest: Bytes,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
