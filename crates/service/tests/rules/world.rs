//! An installation whose clock and randomness the rules decide, with people and a shop in it.

use crate::engines::{Database, Opens};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Deref;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use towpath_domain::access::{Actor, Binding, Grant, Identity, Place, Role};
use towpath_domain::boards::{Board, Column};
use towpath_domain::environments::EnvironmentForm;
use towpath_domain::ids::{EnvironmentId, PersonId, ProjectId};
use towpath_domain::integrations::{Integration, IntegrationForm};
use towpath_domain::people::{JoinForm, Person};
use towpath_domain::projects::{Project, ProjectForm};
use towpath_domain::promotions::{Choice, Promotion};
use towpath_domain::timeline::sentence::plain;
use towpath_domain::timeline::{Entry, Filter};
use towpath_domain::times::Time;
use towpath_domain::tokens::TokenForm;
use towpath_domain::words::{Email, PersonName};
use towpath_domain::workflows::{StageForm, Workflow, WorkflowForm};
use towpath_service::buckets::{BucketAddress, RollBack, roll_back};
use towpath_service::installation::{Settings, open};
use towpath_service::promotions::{Decide, Request, decide, request};
use towpath_service::{
    Error, Service, Sources, boards, environments, integrations, links, people, projects, timeline, tokens,
    workflows,
};
use towpath_store::{Db, access};
use uuid::Uuid;

/// An opened installation on an empty database.
pub struct World {
    pub service: Service,
    pub clock: Clock,
    database: String,
    folder: TempDir,
}

impl Opens for World {
    async fn open(database: &Database) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = Clock::default();
        let service = start(&database.url, &folder, &clock, 1).await;
        Self { service, clock, database: database.url.clone(), folder }
    }
}

impl Deref for World {
    type Target = Service;

    fn deref(&self) -> &Service {
        &self.service
    }
}

/// A clock that stands until it is moved.
#[derive(Debug, Clone)]
pub struct Clock(Arc<AtomicI64>);

impl Default for Clock {
    fn default() -> Self {
        let start = Time::parse("2026-11-23T09:00:00Z").expect("a time");
        Self(Arc::new(AtomicI64::new(start.micros())))
    }
}

impl Clock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    fn now(&self) -> Time {
        Time::from_micros(self.0.load(Ordering::SeqCst))
    }
}

async fn start(database: &str, folder: &TempDir, clock: &Clock, seed: u64) -> Service {
    let (clock, state) = (clock.clone(), Mutex::new(seed));
    let fill = move |bytes: &mut [u8]| {
        let mut state = state.lock().expect("no panic");
        bytes.fill_with(|| next(&mut state));
    };
    let settings = Settings { database, blobs: folder.path(), public_url: "http://localhost:3000" };
    open(settings, Sources::new(move || clock.now(), fill)).await.expect("opens")
}

/// The next byte of `SplitMix64` (Steele, Lea and Flood, 2014).
fn next(state: &mut u64) -> u8 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed.to_le_bytes()[7]
}

impl World {
    /// Another replica on the same database and the same blobs.
    pub async fn replica(&self) -> Service {
        start(&self.database, &self.folder, &self.clock, 2).await
    }

    /// Opens the store beside the service, for what no use case does that quickly.
    async fn store(&self) -> Db {
        Db::open(&self.database, || [0; 16]).await.expect("opens")
    }

    /// Someone who joined, with a role at a place.
    pub async fn person(&self, name: &str, role: Role, place: Place) -> Actor {
        self.crowd(&[name.to_owned()], &[Grant { role, place }]).await.remove(0)
    }

    /// Someone with an account and no role at all.
    pub async fn stranger(&self, name: &str) -> Actor {
        self.crowd(&[name.to_owned()], &[]).await.remove(0)
    }

    /// People who joined, all with the same roles.
    pub async fn crowd(&self, names: &[String], grants: &[Grant]) -> Vec<Actor> {
        let store = self.store().await;
        let actors: Vec<(Person, Actor)> = names.iter().map(|name| someone(name, grants)).collect();
        let saved = actors.clone();
        let write = async move |tx: &mut towpath_store::Tx| {
            for (person, actor) in &saved {
                towpath_store::people::insert(tx, person, "no password fits").await?;
                for (number, grant) in (0..).zip(&actor.grants) {
                    let id = Uuid::from_u128(person.id.uuid().as_u128() + number).into();
                    let binding = Binding { id, person: person.id, place: grant.place };
                    access::bind(tx, &binding, &grant.role.slug, person.joined_at).await?;
                }
            }
            Ok::<_, towpath_store::Error>(())
        };
        store.write(write).await.expect("they join");
        store.close().await;
        actors.into_iter().map(|(_, actor)| actor).collect()
    }

    /// Joins by a one-time link as a new person.
    pub async fn join(&self, link: &str, name: &str) -> Result<Actor, Error> {
        let form = JoinForm {
            name: name.to_owned(),
            email: format!("{name}@example.org"),
            password: PASSWORD.to_owned(),
        };
        let person = links::join(self, secret(link), form, [127, 0, 0, 1].into()).await?;
        Ok(self.actor(person).await)
    }

    /// A person with the roles that they hold by now.
    pub async fn actor(&self, person: PersonId) -> Actor {
        people::actor(self, person).await.expect("has an account").1
    }

    /// A token for pushing and pulling in the name of a person, as who acts by it.
    pub async fn token(&self, owner: &Actor, scope: &str, actions: &[&str]) -> (Actor, String) {
        let form = TokenForm {
            title: "CI".to_owned(),
            scope: scope.to_owned(),
            actions: actions.iter().map(ToString::to_string).collect(),
            days: "30".to_owned(),
        };
        let (_, secret) = tokens::create(self, owner, form).await.expect("a token");
        let (actor, _) = tokens::actor(self, secret.reveal()).await.expect("it works");
        (actor, secret.reveal().to_owned())
    }

    /// The timeline as plain lines, newest first.
    pub async fn timeline(&self, actor: &Actor, filter: Filter) -> Vec<Entry> {
        timeline::page(self, actor, &filter, None, 500).await.expect("reads").entries
    }

    /// How many events of a kind there are.
    pub async fn told(&self, actor: &Actor, kind: &str) -> usize {
        self.timeline(actor, Filter { kind: kind.to_owned(), ..Filter::default() }).await.len()
    }
}

/// Where requests come from.
pub const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The password of everyone who joins by a link.
pub const PASSWORD: &str = "correct horse battery";

/// The secret at the end of a link.
pub fn secret(link: &str) -> &str {
    link.rsplit_once("/join/").expect("a link").1
}

fn someone(name: &str, grants: &[Grant]) -> (Person, Actor) {
    // The id is of the name, so that the same person is the same in every run.
    let digest =
        towpath_domain::digests::Digest::of(towpath_domain::digests::Algorithm::Sha256, name.as_bytes());
    let id = PersonId(Uuid::from_u128(u128::from_str_radix(&digest.hex()[..31], 16).expect("digits")));
    let person = Person {
        id,
        name: PersonName::parse(name).expect("a name"),
        email: Email::parse(&format!("{name}@example.org")).expect("an address"),
        joined_at: Time::from_micros(0),
    };
    (person, Actor { identity: Identity::Person { person: id }, grants: grants.to_vec(), scope: None })
}

/// A sentence of the timeline with its number, the time of day, who and why.
pub fn line(entry: &Entry) -> String {
    let with = entry.with.as_ref().map(|title| format!(" ({title})")).unwrap_or_default();
    let why = entry.reason.as_ref().map(|reason| format!(" — “{reason}”")).unwrap_or_default();
    let at = entry.at.to_string();
    format!("{:>2} {} {}{with} {}{why}", entry.seq, &at[11..16], entry.who, plain(&entry.sentence))
}

/// The project `shop` in a world: environments `qa` → `staging` → `prod`, where `prod` takes one approval of a
/// release manager, and the integration `checkout` that follows this.
pub struct Shop {
    pub world: World,
    /// Its admin.
    pub ana: Actor,
    /// A release manager of the project.
    pub ben: Actor,
    /// A developer of the project.
    pub dora: Actor,
    pub project: Project,
}

impl Deref for Shop {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Opens for Shop {
    async fn open(database: &Database) -> Self {
        let world = World::open(database).await;
        let ana = world.person("Ana", Role::admin(), Place::Installation).await;
        let project = make_shop(&world, &ana).await;
        let place = Place::Project { project: project.id };
        let ben = world.person("Ben", Role::release_manager(), place).await;
        let dora = world.person("Dora", Role::developer(), place).await;
        Self { world, ana, ben, dora, project }
    }
}

/// Makes the shop by the use cases that its forms call.
pub async fn make_shop(world: &World, admin: &Actor) -> Project {
    let form = ProjectForm { slug: "shop".to_owned(), title: "The shop".to_owned() };
    let project = projects::create(world, admin, form).await.expect("a project");
    for (slug, stream) in [("qa", "qa"), ("staging", "staging"), ("prod", "production")] {
        make_environment(world, admin, "shop", slug, stream).await;
    }
    let stages = [stage("qa", ""), stage("staging", ""), stage("prod", "1")];
    make_workflow(world, admin, "shop", workflow("release", "environment", &stages))
        .await
        .expect("a workflow");
    make_integration(world, admin, "shop", integration("checkout", "environment", "release"))
        .await
        .expect("an integration");
    project
}

pub async fn make_environment(world: &World, admin: &Actor, project: &str, slug: &str, stream: &str) {
    let form = EnvironmentForm { slug: slug.to_owned(), title: slug.to_owned(), stream: stream.to_owned() };
    environments::create(world, admin, project, form).await.expect("an environment");
}

pub async fn make_workflow(
    world: &World,
    admin: &Actor,
    project: &str,
    form: WorkflowForm,
) -> Result<Workflow, Error> {
    workflows::create(world, admin, project, form).await
}

pub async fn make_integration(
    world: &World,
    admin: &Actor,
    project: &str,
    form: IntegrationForm,
) -> Result<Integration, Error> {
    integrations::create(world, admin, project, form).await
}

pub fn stage(bucket: &str, approvals: &str) -> StageForm {
    StageForm { bucket: bucket.to_owned(), approvals: approvals.to_owned(), ..StageForm::default() }
}

pub fn workflow(slug: &str, kind: &str, stages: &[StageForm]) -> WorkflowForm {
    WorkflowForm {
        slug: slug.to_owned(),
        title: slug.to_owned(),
        kind: kind.to_owned(),
        is_default: None,
        stages: stages.to_vec(),
    }
}

pub fn integration(slug: &str, kind: &str, workflow: &str) -> IntegrationForm {
    IntegrationForm {
        slug: slug.to_owned(),
        title: slug.to_owned(),
        kind: kind.to_owned(),
        workflow: workflow.to_owned(),
    }
}

impl Shop {
    /// Asks to promote a build of `checkout`.
    pub async fn promote(
        &self,
        actor: &Actor,
        digest: &str,
        from: &str,
        to: &str,
    ) -> Result<Promotion, Error> {
        request(self, actor, wish(digest, from, to)).await
    }

    /// Decides on a promotion, having looked at its build.
    pub async fn decide(
        &self,
        actor: &Actor,
        promotion: &Promotion,
        choice: Choice,
    ) -> Result<Promotion, Error> {
        decide(self, actor, decision(promotion, choice)).await
    }

    pub async fn approve(&self, actor: &Actor, promotion: &Promotion) -> Result<Promotion, Error> {
        self.decide(actor, promotion, Choice::Approve).await
    }

    /// Takes a build from `qa` to `prod`, asked by Ana and approved by Ben.
    pub async fn release(&self, digest: &str) {
        self.promote(&self.ana, digest, "qa", "staging").await.expect("goes to staging");
        let asked = self.promote(&self.ana, digest, "staging", "prod").await.expect("waits");
        self.approve(&self.ben, &asked).await.expect("goes to prod");
    }

    /// Rolls a bucket of `checkout` back to what was current before.
    pub async fn roll_back(&self, actor: &Actor, bucket: &str) -> Result<String, Error> {
        let column = self.column(bucket).await;
        let earlier = column.history.first().and_then(|card| card.placement).expect("an earlier build");
        let wish = RollBack {
            at: checkout(bucket),
            to: earlier,
            reason: "it fails".to_owned(),
            expected: Some(column.version),
        };
        roll_back(self, actor, wish).await.map(|digest| digest.to_string())
    }

    /// The board of `checkout` as Ana sees it.
    pub async fn board(&self) -> Board {
        boards::view(self, &self.ana, "shop", "checkout").await.expect("a board")
    }

    pub async fn column(&self, bucket: &str) -> Column {
        let columns = self.board().await.columns;
        columns.into_iter().find(|column| column.slot.slug.as_str() == bucket).expect("a bucket")
    }

    /// The tags of what is, and what was, current in a bucket of `checkout`, newest first.
    pub async fn history(&self, bucket: &str) -> Vec<String> {
        self.column(bucket).await.cards().map(|card| card.build.tag.to_string()).collect()
    }

    /// One environment of the shop as a place of roles.
    pub async fn environment(&self, slug: &str) -> (ProjectId, EnvironmentId) {
        let view = projects::view(self, &self.ana, "shop").await.expect("the shop");
        let found = view.environments.into_iter().find(|environment| environment.slug.as_str() == slug);
        (self.project.id, found.expect("an environment").id)
    }
}

pub fn wish(digest: &str, from: &str, to: &str) -> Request {
    Request {
        project: "shop".to_owned(),
        integration: "checkout".to_owned(),
        digest: digest.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        reason: "it works".to_owned(),
    }
}

pub fn decision(promotion: &Promotion, choice: Choice) -> Decide {
    Decide {
        project: "shop".to_owned(),
        number: promotion.number,
        choice,
        comment: "I looked".to_owned(),
        digest: promotion.digest.to_string(),
    }
}

/// A bucket of `shop/checkout`.
pub fn checkout(bucket: &str) -> BucketAddress {
    BucketAddress {
        project: "shop".to_owned(),
        integration: "checkout".to_owned(),
        bucket: bucket.to_owned(),
    }
}
