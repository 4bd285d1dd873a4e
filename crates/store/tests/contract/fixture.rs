//! What the rules of the contract write and read: an opened store, and values of every kind.

use crate::engines::{Database, Opens};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};
use std::ops::Deref;
use towpath_domain::buckets::BucketKind;
use towpath_domain::builds::{Arrival, Build, Origin};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::environments::Environment;
use towpath_domain::ids::{IntegrationId, ProjectId, StreamId, WorkflowId};
use towpath_domain::integrations::{Follows, Integration};
use towpath_domain::people::Person;
use towpath_domain::projects::Project;
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::streams::Stream;
use towpath_domain::timeline::{Change, Event, EventActor, Scene};
use towpath_domain::times::Time;
use towpath_domain::words::{Email, PersonName, Reason, Title};
use towpath_store::{Conn, Db, Error, Tx};
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
            let mut conn = PgConnection::connect(&self.url).await.expect("connects");
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
    Project {
        id: id(number),
        slug: slug(name),
        title: title("Ein Täst · ✓"),
        created_at: at(1),
        archived_at: None,
        sample: None,
    }
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

pub fn integration(
    number: u128,
    project: ProjectId,
    name: &str,
    workflow: Follows<WorkflowId>,
) -> Integration {
    Integration {
        id: id(number),
        project,
        slug: slug(name),
        title: title(name),
        kind: BucketKind::Environment,
        workflow,
        rule: Follows::Default,
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
