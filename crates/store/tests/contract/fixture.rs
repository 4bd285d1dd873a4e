//! What the rules of the contract write and read: an opened store, and values of every kind.

use crate::engines::{Database, Opens};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row, SqliteConnection};
use std::ops::Deref;
use std::str::FromStr;
use towpath_domain::access::{Action, Actor, Grant, Identity, Place, Role, Scope, Target};
use towpath_domain::buckets::{BucketKey, BucketKind, Slot};
use towpath_domain::builds::{Arrival, Build, Origin};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::environments::Environment;
use towpath_domain::gates::{Approvals, Gate};
use towpath_domain::ids::{EnvironmentId, IntegrationId, PersonId, ProjectId, StreamId};
use towpath_domain::integrations::{Follows, Integration};
use towpath_domain::people::Person;
use towpath_domain::placements::{Cause, Placement, Placer};
use towpath_domain::projects::Project;
use towpath_domain::promotions::{Asking, Move, Transition, request};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::streams::Stream;
use towpath_domain::timeline::{Change, Event, EventActor, Scene};
use towpath_domain::times::Time;
use towpath_domain::tokens::Token;
use towpath_domain::words::{Email, PersonName, Reason, Title};
use towpath_domain::workflows::{Graph, Stage, Workflow, WorkflowName};
use towpath_store::{
    Conn, Db, Error, Tx, builds, environments, integrations, people, projects, streams, tokens, workflows,
};
use uuid::Uuid;

/// An opened store, and the way around it.
#[derive(Debug)]
pub struct Store {
    pub db: Db,
    pub url: String,
}

impl Opens for Store {
    async fn open(database: &Database) -> Self {
        let url = database.url.clone();
        Self { db: open(&url).await.expect("opens"), url }
    }
}

impl Deref for Store {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

/// Opens a database, with commitments whose salts count up.
pub async fn open(url: &str) -> Result<Db, Error> {
    let mut count = 0_u128;
    let salt = move || {
        count += 1;
        count.to_be_bytes()
    };
    Db::open(url, salt).await
}

impl Store {
    /// A connection for reading.
    pub async fn conn(&self) -> Conn {
        self.db.read().await.expect("a connection")
    }

    /// Runs a write that is expected to go well.
    pub async fn save<T: Send + 'static>(
        &self,
        command: impl AsyncFnOnce(&mut Tx) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.db.write(command).await.expect("the write succeeds")
    }

    /// Runs a statement past the store; yields what the database says against it.
    pub async fn sql(&self, sql: &str) -> Result<(), sqlx::Error> {
        if self.is_postgres() {
            let mut conn = PgConnection::connect(&self.url).await?;
            sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await?;
            return conn.close().await;
        }
        let mut conn = SqliteConnection::connect(&self.url).await?;
        sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await?;
        conn.close().await
    }

    /// One number that a query past the store yields.
    pub async fn count(&self, sql: &str) -> i64 {
        if self.is_postgres() {
            let options = sqlx::postgres::PgConnectOptions::from_str(&self.url).expect("an address");
            let mut conn = options.connect().await.expect("connects");
            let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut conn).await.expect(sql);
            return row.get(0);
        }
        let mut conn = SqliteConnection::connect(&self.url).await.expect("connects");
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut conn).await.expect(sql);
        row.get(0)
    }

    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }
}

/// The id of a number; ids of higher numbers sort later.
pub fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

/// A moment, in seconds since the rule began.
pub const fn at(seconds: i64) -> Time {
    Time::from_micros(1_790_000_000_000_000).plus_seconds(seconds)
}

pub fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

pub fn title(text: &str) -> Title {
    Title::parse(text).expect("a title")
}

pub fn tag(text: &str) -> Tag {
    Tag::parse(text).expect("a tag")
}

pub fn digest(content: &str) -> Digest {
    Digest::of(Algorithm::Sha256, content.as_bytes())
}

pub fn reason(text: &str) -> Reason {
    Reason::parse(text).expect("a reason")
}

pub fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

pub fn person(number: u128, name: &str) -> Person {
    Person {
        id: id(number),
        name: PersonName::parse(name).expect("a name"),
        email: email(&format!("{name}@example.org")),
        joined_at: at(0),
    }
}

pub fn project(number: u128, name: &str) -> Project {
    Project { id: id(number), slug: slug(name), title: title("Ein Täst · ✓"), created_at: at(1) }
}

pub fn stream(number: u128, name: &str) -> Stream {
    Stream {
        id: StreamId(Uuid::from_u128(number)),
        slug: slug(name),
        title: title(name),
        production: name == "production",
        built_in: false,
    }
}

pub fn environment(number: u128, project: ProjectId, name: &str, stream: &Stream) -> Environment {
    Environment { id: id(number), project, slug: slug(name), title: title(name), stream: stream.clone() }
}

pub fn integration(number: u128, project: ProjectId, name: &str, workflow: Follows) -> Integration {
    Integration {
        id: id(number),
        project,
        slug: slug(name),
        title: title(name),
        kind: BucketKind::Environment,
        workflow,
        created_at: at(2),
    }
}

pub fn build(number: u128, integration: IntegrationId, version: &str) -> Build {
    Build {
        id: id(number),
        integration,
        digest: digest(version),
        external_id: String::new(),
        tag: tag(version),
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
        size: 5_000_000_000,
        platforms: vec!["linux/amd64".to_owned()],
        origin: Origin::from_labels([(
            "org.opencontainers.image.revision".to_owned(),
            "c0ffee “·” \"quoted\"".to_owned(),
        )]),
        received_at: at(3),
        received_via: Arrival::Push,
    }
}

/// An event of the system that names a project only by its title.
pub fn event(number: u128) -> Event {
    Event {
        id: id(number),
        at: at(0),
        actor: EventActor::System,
        scene: Scene::default(),
        change: Change::ProjectCreated { title: format!("Project {number}") },
    }
}

/// Ana's project `shop`: environments `qa` → `prod`, where `prod` takes one approval, the integration
/// `checkout` that follows this workflow, and its build `1.0`.
#[derive(Debug, Clone)]
pub struct Shop {
    pub ana: Person,
    pub project: Project,
    pub qa: Environment,
    pub prod: Environment,
    pub workflow: Workflow,
    pub integration: Integration,
    pub build: Build,
}

impl Shop {
    pub async fn open(store: &Store) -> Self {
        let shop = Self::new();
        let saved = shop.clone();
        store
            .save(async move |tx| {
                people::insert(tx, &saved.ana, "a hash").await?;
                projects::insert(tx, &saved.project).await?;
                for environment in [&saved.qa, &saved.prod] {
                    streams::insert(tx, &environment.stream).await?;
                    environments::insert(tx, environment).await?;
                }
                workflows::insert(tx, &saved.workflow, at(0)).await?;
                integrations::insert(tx, &saved.integration).await?;
                builds::insert(tx, &saved.build, saved.by()).await
            })
            .await;
        shop
    }

    fn new() -> Self {
        let project = project(10, "shop");
        let qa = environment(20, project.id, "qa", &stream(30, "qa"));
        let prod = environment(21, project.id, "prod", &stream(31, "production"));
        let workflow = workflow(40, project.id, "release", &[&qa, &prod]);
        let integration = integration(50, project.id, "checkout", Follows::Own(workflow.name.id));
        let build = build(60, integration.id, "1.0");
        Self { ana: person(1, "Ana"), project, qa, prod, workflow, integration, build }
    }

    /// Who pushes and places.
    pub fn by(&self) -> Placer {
        Placer { person: self.ana.id, token: None }
    }

    /// Saves another build of `checkout`.
    pub async fn push(&self, store: &Store, number: u128, version: &str) -> Build {
        let build = build(number, self.integration.id, version);
        let (saved, by) = (build.clone(), self.by());
        store.save(async move |tx| builds::insert(tx, &saved, by).await).await;
        build
    }

    /// A placement of a build by Ana.
    pub fn placement(&self, number: u128, build: &Build) -> Placement {
        Placement { id: id(number), build: build.id, cause: Cause::Push, by: self.by(), at: at(4) }
    }

    /// Ana's token, saved.
    pub async fn token(&self, store: &Store, number: u128) -> Token {
        let token = Token {
            id: id(number),
            owner: self.ana.id,
            title: title("CI"),
            actions: vec![Action::Push],
            scope: "shop".to_owned(),
            created_at: at(0),
            expires_at: at(100),
            last_used_at: None,
            revoked_at: None,
        };
        let scope =
            Scope { actions: token.actions.clone(), project: Some(self.project.id), integration: None };
        let (saved, hash) = (token.clone(), number.to_be_bytes());
        store.save(async move |tx| tokens::insert(tx, &saved, &scope, &hash).await).await;
        token
    }

    /// Ana's request to promote a build from `qa` to `prod`, as the domain makes it.
    pub fn request(&self, number: i64, build: &Build) -> Transition {
        let actor = manager(self.ana.id);
        let wish = Move {
            actor: &actor,
            workflow: Some(&self.workflow),
            from: &slot(&self.qa),
            to: &slot(&self.prod),
            place: &self.place(),
            build: build.id,
            pushed_by: self.ana.id,
            was_current: true,
            current: None,
            open: None,
        };
        let asking = Asking {
            id: id(70 + u128::try_from(number).expect("a number")),
            number,
            placement: id(80),
            reason: reason("release"),
            now: at(5),
        };
        request(&wish, build, asking).expect("may ask")
    }

    /// `prod` as a place of permission.
    pub fn place(&self) -> Target {
        slot(&self.prod).target(self.project.id, self.integration.id)
    }

    pub fn prod_key(&self) -> BucketKey {
        BucketKey::Environment(self.prod.id)
    }

    pub fn qa_key(&self) -> BucketKey {
        BucketKey::Environment(self.qa.id)
    }
}

pub fn slot(environment: &Environment) -> Slot {
    Slot {
        key: BucketKey::Environment(environment.id),
        slug: environment.slug.clone(),
        title: environment.title.clone(),
        stream: environment.stream.clone(),
    }
}

/// A release manager of the whole installation.
pub fn manager(person: PersonId) -> Actor {
    Actor {
        identity: Identity::Person { person },
        grants: vec![Grant { role: Role::release_manager(), place: Place::Installation }],
        scope: None,
    }
}

/// Environments one after the other, with one approval on the last.
pub fn workflow(number: u128, project: ProjectId, name: &str, stages: &[&Environment]) -> Workflow {
    let approval =
        Gate::Approvals(Approvals { count: 1, role: Role::release_manager().slug, bar_pusher: false });
    let stage = |(position, environment): (usize, &&Environment)| Stage {
        bucket: BucketKey::Environment(EnvironmentId(environment.id.uuid())),
        arrivals: None,
        gates: if position + 1 == stages.len() { vec![approval.clone()] } else { Vec::new() },
    };
    Workflow {
        name: WorkflowName {
            id: id(number),
            slug: slug(name),
            title: title(name),
            kind: BucketKind::Environment,
        },
        project,
        is_default: false,
        version: 1,
        graph: Graph::linear(stages.iter().enumerate().map(stage).collect()).expect("sound"),
    }
}
