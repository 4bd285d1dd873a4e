//! The doors, and how each is called.

mod files;
mod functions;
mod live;
mod others;
mod pages;
pub mod registry;
pub mod rest;

use crate::callers::Caller;
use crate::calls::Call;
use axum::body::Bytes;
use serde_json::Value;
use towpath_domain::digests::{Algorithm, Digest};

/// One way to call a door: a door has several where they lead to different things.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    pub kind: Kind,
    pub method: &'static str,
    /// The address, as the server's own list of its doors writes it.
    pub path: &'static str,
    /// What tells it apart from other ways to call the same door.
    pub note: &'static str,
    query: &'static str,
    bucket: &'static str,
    body: fn(&Subject, &Caller) -> Body,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Rest,
    Function,
    Registry,
    Page,
    Live,
    File,
    Other,
}

/// What a call is about: a project and what stands in it, by the names that addresses and bodies use.
#[derive(Debug, Clone)]
pub struct Subject {
    pub project: String,
    pub integration: String,
    /// A promotion that waits to enter `prod`.
    pub number: i64,
    /// The number of the promotion by which its build is pinned in `qa`.
    pub pin: i64,
    /// The number of a release set, whose build is current in `staging`.
    pub set: String,
    /// The build of that promotion.
    pub digest: String,
    /// A build that can go from `qa` to `staging`.
    pub newest: String,
    /// A build that can go from `staging` to `prod`.
    pub oldest: String,
    /// A build that came without a bucket's name.
    pub unnamed: String,
    /// Where `qa` can be rolled back to.
    pub placement: String,
    /// A blob of that build, and one of `qa` that nothing refers to.
    pub layer: String,
    pub loose: String,
    /// The manifest of that build.
    pub manifest: Bytes,
    /// A hold that marks one of its builds bad, by its number.
    pub hold: String,
    /// The number of the proposal to release it.
    pub proposal: String,
    /// Someone's role in the project.
    pub binding: String,
    /// What the group holds, by its id.
    pub crew_role: String,
    /// A publisher of the project, by its id.
    pub publisher: String,
    /// A service account of the project.
    pub account: String,
    /// Somebody with a role in the project.
    pub person: String,
    /// A token of somebody else.
    pub token: String,
    /// That somebody decides for somebody else, by its id.
    pub delegation: String,
    /// A saved view of somebody else, shared with the project.
    pub view: String,
    /// The secret of an open invitation.
    pub secret: String,
    /// An open invitation into the project, by its id.
    pub invitation: String,
    /// A session of the admin of the installation.
    pub session: String,
    /// The number of an event of the integration.
    pub event: String,
    /// A subscription of the project, and a test that was sent to it.
    pub subscription: String,
    pub delivery: String,
    /// A registry of the project.
    pub registry: String,
    /// A hook of the integration, and what came to it.
    pub hook: String,
    pub came: String,
}

/// The installation's own role, which nobody holds.
pub const ROLE: &str = "puller";
/// The installation's group: the viewer is in it, and sees `qa` of the shop by it.
pub const GROUP: &str = "crew";

impl Subject {
    /// Names like these that stand for nothing.
    pub fn nothing_like(&self) -> Self {
        let digest = Digest::of(Algorithm::Sha256, b"nothing").to_string();
        let id = "00000000-0000-7000-8000-000000000000".to_owned();
        Self {
            project: "nowhere".to_owned(),
            integration: "nothing".to_owned(),
            digest: digest.clone(),
            newest: digest.clone(),
            oldest: digest.clone(),
            unnamed: digest.clone(),
            layer: digest.clone(),
            loose: digest,
            placement: id.clone(),
            binding: id.clone(),
            crew_role: id.clone(),
            delegation: id.clone(),
            invitation: id.clone(),
            session: id.clone(),
            subscription: id.clone(),
            delivery: id.clone(),
            registry: id.clone(),
            hook: id.clone(),
            came: id.clone(),
            publisher: id.clone(),
            account: id.clone(),
            person: id.clone(),
            hold: "99".to_owned(),
            proposal: "99".to_owned(),
            event: "9999".to_owned(),
            view: id.clone(),
            token: id,
            ..self.clone()
        }
    }
}

pub enum Body {
    None,
    Json(Value),
    Form(Vec<(&'static str, String)>),
    Manifest(Bytes),
    Bytes(Bytes),
}

/// The whole table.
pub fn all() -> Vec<Door> {
    let doors = [
        rest::doors(),
        functions::doors(),
        registry::doors(),
        pages::doors(),
        live::doors(),
        files::doors(),
        others::doors(),
    ];
    doors.concat()
}

pub fn of(kind: Kind) -> impl Iterator<Item = Door> {
    all().into_iter().filter(move |door| door.kind == kind)
}

impl Door {
    fn new(kind: Kind, method: &'static str, path: &'static str) -> Self {
        Self { kind, method, path, note: "", query: "", bucket: "qa", body: |_, _| Body::None }
    }

    fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// Query parameters, in which names are filled in as in the path.
    fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    /// The bucket that the path names, where it is not `qa`.
    fn bucket(self, bucket: &'static str) -> Self {
        Self { bucket, ..self }
    }

    fn body(self, body: fn(&Subject, &Caller) -> Body) -> Self {
        Self { body, ..self }
    }

    /// What stands in the table.
    pub fn label(&self) -> String {
        let Self { method, path, note, .. } = self;
        if note.is_empty() { format!("{method} {path}") } else { format!("{method} {path} ({note})") }
    }

    /// Whether an answer leaves everything as it was.
    pub fn reads(&self) -> bool {
        let looks = ["/fn/view_", "/fn/who_am_i", "/fn/shown_once"];
        matches!(self.method, "GET" | "HEAD") || looks.iter().any(|start| self.path.starts_with(start))
    }

    /// Whether the door is about the subject at all.
    pub fn names(&self, subject: &Subject, other: &Subject) -> bool {
        self.unsigned(subject, &Caller::nobody()) != self.unsigned(other, &Caller::nobody())
    }

    /// The request of a caller.
    pub fn call(&self, subject: &Subject, caller: &Caller) -> Call {
        caller.sign(self.kind, self.unsigned(subject, caller))
    }

    fn unsigned(&self, subject: &Subject, caller: &Caller) -> Call {
        let mut path = self.fill(self.path, subject, caller);
        if !self.query.is_empty() {
            path = format!("{path}?{}", self.fill(self.query, subject, caller));
        }
        let call = Call::new(self.method, path).with("x-request-id", "a-request");
        let call = match self.kind {
            Kind::Function => call.with("sec-fetch-site", "same-origin").with("accept", "application/json"),
            Kind::Page => call.with("accept", "text/html"),
            Kind::Live => call.with("accept", "text/event-stream"),
            Kind::Rest | Kind::Registry | Kind::File | Kind::Other => call,
        };
        match (self.body)(subject, caller) {
            Body::None => call,
            Body::Json(body) => call.body("application/json", body.to_string()),
            Body::Form(fields) => {
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                call.body("application/x-www-form-urlencoded", body)
            }
            Body::Manifest(body) => call.body(registry::MANIFEST, body),
            Body::Bytes(body) => call.body("application/octet-stream", body),
        }
    }

    fn fill(&self, template: &str, subject: &Subject, caller: &Caller) -> String {
        let number = subject.number.to_string();
        let names = [
            ("/bindings/{id}", &*format!("/bindings/{}", subject.binding)),
            ("/publishers/{id}", &format!("/publishers/{}", subject.publisher)),
            ("/people/{id}", &format!("/people/{}", subject.person)),
            ("/delegations/{id}", &format!("/delegations/{}", subject.delegation)),
            ("/tokens/{id}", &format!("/tokens/{}", subject.token)),
            ("/saved-views/{id}", &format!("/saved-views/{}", subject.view)),
            ("/invitations/{id}", &format!("/invitations/{}", subject.invitation)),
            ("/sessions/{id}", &format!("/sessions/{}", subject.session)),
            ("/subscriptions/{id}", &format!("/subscriptions/{}", subject.subscription)),
            (
                "/hooks/{id}/deliveries/{delivery}",
                &format!("/hooks/{}/deliveries/{}", subject.hook, subject.came),
            ),
            ("/hooks/{id}", &format!("/hooks/{}", subject.hook)),
            ("/hooks/{hook}", &format!("/hooks/{}", subject.hook)),
            ("/registries/{id}", &format!("/registries/{}", subject.registry)),
            ("{registry}", &subject.registry),
            ("{subscription}", &subject.subscription),
            ("{delivery}", &subject.delivery),
            ("/holds/{number}", &format!("/holds/{}", subject.hold)),
            ("/proposals/{number}", &format!("/proposals/{}", subject.proposal)),
            ("/release-sets/{number}", &format!("/release-sets/{}", subject.set)),
            // Every project has one that was deleted.
            ("/deleted-integrations/{integration}", "/deleted-integrations/retired"),
            ("/service-accounts/{id}", &format!("/service-accounts/{}", subject.account)),
            ("/service-accounts/{account}", &format!("/service-accounts/{}", subject.account)),
            ("/people/{person}/", &format!("/people/{}/", subject.person)),
            ("{seq}", &subject.event),
            ("{project}", &subject.project),
            ("{integration}", &subject.integration),
            ("{role}", ROLE),
            ("{group}", GROUP),
            ("/members/{person}", &format!("/members/{}", subject.person)),
            ("/roles/{binding}", &format!("/roles/{}", subject.crew_role)),
            // Every project of the installation has one of this name.
            ("{workflow}", "release"),
            ("{rule}", "branches"),
            // Built in.
            ("{stream}", "qa"),
            ("{service}", &subject.integration),
            ("{environment}", self.bucket),
            ("{bucket}", self.bucket),
            ("{number}", &number),
            ("{digest}", &subject.digest),
            ("{placement}", &subject.placement),
            // Every project has one of this name.
            ("{root}", "release-key"),
            // What is said about that build is what lies in it.
            ("{content}", &subject.layer),
            ("{layer}", &subject.layer),
            ("{loose}", &subject.loose),
            ("{secret}", &subject.secret),
            ("{page}", "first-steps"),
            ("{upload}", &caller.upload),
        ];
        let filled = names.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value));
        assert!(!filled.contains('{'), "{template} names what is not known");
        filled
    }
}
