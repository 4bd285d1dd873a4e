//! An installation whose clock and randomness the rules decide, with people in it.

use crate::engines::{Database, Opens};
use crate::stored::Stored;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Deref;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use towpath_domain::access::{Actor, Binding, Grant, Identity, Place, Role};
use towpath_domain::confirmations::{Decisions, Freshness};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::ids::PersonId;
use towpath_domain::people::{JoinForm, Person};
use towpath_domain::proposals::Demanded;
use towpath_domain::timeline::sentence::plain;
use towpath_domain::timeline::{Entry, Filter};
use towpath_domain::times::Time;
use towpath_domain::tokens::TokenForm;
use towpath_domain::words::{Email, PersonName};
use towpath_service::installation::{Settings, open};
use towpath_service::providers::{Allowed, SignIn};
use towpath_service::{Error, SealingKey, Service, Sources, links, people, timeline, tokens};
use towpath_store::{Db, access};
use uuid::Uuid;

/// An opened installation on an empty database.
pub struct World {
    pub service: Service,
    pub clock: Clock,
    database: String,
    stored: Stored,
}

impl Opens for World {
    async fn open(database: &Database) -> Self {
        let (stored, clock) = (Stored::fresh(), Clock::default());
        let service =
            start(&database.url, &stored, &clock, 1, (SignIn::default(), Demanded::default())).await;
        Self { service, clock, database: database.url.clone(), stored }
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

async fn start(
    database: &str,
    stored: &Stored,
    clock: &Clock,
    seed: u64,
    (sign_in, second_person): (SignIn, Demanded),
) -> Service {
    let (clock, state) = (clock.clone(), Mutex::new(seed));
    let fill = move |bytes: &mut [u8]| {
        let mut state = state.lock().expect("no panic");
        bytes.fill_with(|| next(&mut state));
    };
    let settings = Settings {
        database,
        blobs: stored.place(),
        public_url: "http://localhost:3000",
        // Receivers of the tests listen on this machine.
        sign_in: SignIn { outgoing: Allowed::parse("http://127.0.0.1").expect("a host"), ..sign_in },
        second_person,
        sealing: SealingKey::new(&[7; 32]),
    };
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
        start(&self.database, &self.stored, &self.clock, 2, (SignIn::default(), Demanded::default())).await
    }

    /// Another replica, on which tokens stop when their owner was not here for so many seconds.
    pub async fn lapsing(&self, seconds: i64) -> Service {
        start(
            &self.database,
            &self.stored,
            &self.clock,
            3,
            (SignIn { token_lapse: Some(seconds), ..SignIn::default() }, Demanded::default()),
        )
        .await
    }

    /// Another replica, on which a sign-in is fresh for so many minutes, also for approving into production.
    pub async fn demanding(&self, minutes: i64) -> Service {
        let freshness = Freshness { minutes: Some(minutes), decisions: Decisions::Production };
        start(
            &self.database,
            &self.stored,
            &self.clock,
            5,
            (SignIn { freshness, ..SignIn::default() }, Demanded::default()),
        )
        .await
    }

    /// Another replica, on which what touches production takes a second person.
    pub async fn cautious(&self) -> Service {
        let demanded = Demanded { gates: true, holds: true };
        start(&self.database, &self.stored, &self.clock, 6, (SignIn::default(), demanded)).await
    }

    pub fn database(&self) -> &str {
        &self.database
    }

    /// Another database of the same engine, in which nothing is; SQLite's lies in a folder.
    pub async fn empty_database(&self, folder: &std::path::Path) -> String {
        if !self.is_postgres() {
            return format!("sqlite:{}", folder.join("elsewhere.db").display());
        }
        let (server, name) = self.database.rsplit_once('/').expect("an address ends in /DATABASE");
        self.sql(&format!("create database {name}_elsewhere template template0")).await;
        format!("{server}/{name}_elsewhere")
    }

    /// Takes it away again.
    pub async fn drop_database(&self, url: &str) {
        if let Some((_, name)) = url.rsplit_once('/').filter(|_| self.is_postgres()) {
            self.sql(&format!("drop database {name} with (force)")).await;
        }
    }

    /// The same installation on another database.
    pub async fn opened_on(&self, database: &str, stored: &Stored) -> Service {
        start(database, stored, &self.clock, 4, (SignIn::default(), Demanded::default())).await
    }

    /// Where its blobs lie.
    pub fn stored(&self) -> &Stored {
        &self.stored
    }

    /// Opens the store beside the service, for what no use case does that quickly.
    async fn store(&self) -> Db {
        Db::open(&self.database, || [0; 16]).await.expect("opens")
    }

    /// Runs a statement past every rule, to bring about what only a crash leaves.
    pub async fn sql(&self, sql: &str) {
        if self.is_postgres() {
            let mut conn = PgConnection::connect(&self.database).await.expect("connects");
            sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.expect(sql);
            conn.close().await.expect("closes");
        } else {
            let mut conn = SqliteConnection::connect(&self.database).await.expect("connects");
            sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.expect(sql);
            conn.close().await.expect("closes");
        }
    }

    /// The one text that a query yields.
    pub async fn text(&self, sql: &str) -> String {
        let (text,): (String,) = if self.is_postgres() {
            let mut conn = PgConnection::connect(&self.database).await.expect("connects");
            sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut conn).await.expect(sql)
        } else {
            let mut conn = SqliteConnection::connect(&self.database).await.expect("connects");
            sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut conn).await.expect(sql)
        };
        text
    }

    pub fn is_postgres(&self) -> bool {
        self.database.starts_with("postgres")
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
                towpath_store::people::insert(tx, person, Some("no password fits")).await?;
                for (number, grant) in (0..).zip(&actor.grants) {
                    let id = Uuid::from_u128(person.id.uuid().as_u128() + number).into();
                    let binding = Binding { id, person: person.id, place: grant.place };
                    access::bind(tx, &binding, &grant.role.slug, None, person.joined_at).await?;
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
        let (actor, _) = tokens::actor(self, secret.reveal(), HOME).await.expect("it works");
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
    let digest = Digest::of(Algorithm::Sha256, name.as_bytes());
    let id = PersonId(Uuid::from_u128(u128::from_str_radix(&digest.hex()[..31], 16).expect("digits")));
    let person = Person {
        id,
        name: PersonName::parse(name).expect("a name"),
        email: Email::parse(&format!("{name}@example.org")).expect("an address"),
        joined_at: Time::from_micros(0),
    };
    (
        person,
        Actor {
            identity: Identity::Person { person: id },
            grants: grants.to_vec(),
            scope: None,
            proven_at: None,
        },
    )
}

/// A sentence of the timeline with its number, the time of day, who and why.
pub fn line(entry: &Entry) -> String {
    let with = entry.with.as_ref().map(|title| format!(" ({title})")).unwrap_or_default();
    let why = entry.reason.as_ref().map(|reason| format!(" — “{reason}”")).unwrap_or_default();
    let at = entry.at.to_string();
    format!("{:>2} {} {}{with} {}{why}", entry.seq, &at[11..16], entry.who, plain(&entry.sentence))
}
