//! Runs a rule on both engines, each time on a database of its own that is gone afterwards.
//!
//! SQLite databases lie in a temporary folder. Postgres is the server that `TOWPATH_TEST_POSTGRES` names, which
//! `scripts/postgres run` starts; without one a rule is shown on SQLite alone and says so, unless
//! `TOWPATH_REQUIRE_POSTGRES` or `CI` is set: then it fails.

use futures::FutureExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::env;
use std::io::Write;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_store::Db;

/// What a rule is given: something that opens on an empty database.
pub trait Opens {
    async fn open(database: &Database) -> Self;
}

/// An empty database with the newest schema.
#[derive(Debug)]
pub struct Database {
    /// As the configuration gives it: `sqlite:PATH` or `postgres://…`.
    pub url: String,
    home: Home,
}

/// Where a database is, so that it can be removed.
#[derive(Debug)]
enum Home {
    Folder(TempDir),
    Server { url: String, database: String },
}

/// Checks a rule on SQLite and on Postgres.
pub fn on_both_engines<T: Opens>(rule: impl AsyncFn(T)) {
    on_sqlite(&rule);
    on_postgres(rule);
}

/// Checks a rule that would take too long on both.
pub fn on_sqlite<T: Opens>(rule: impl AsyncFn(T)) {
    run("SQLite", &rule, async || Some(Database::sqlite()));
}

/// Checks a rule that is about Postgres alone.
pub fn on_postgres<T: Opens>(rule: impl AsyncFn(T)) {
    run("Postgres", &rule, Database::postgres);
}

fn run<T: Opens>(engine: &str, rule: &impl AsyncFn(T), create: impl AsyncFnOnce() -> Option<Database>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let Some(database) = create().await else { return };
        let checked = AssertUnwindSafe(async { rule(T::open(&database).await).await }).catch_unwind().await;
        database.remove().await;
        if let Err(panic) = checked {
            note(&format!("the rule failed on {engine}"));
            resume_unwind(panic);
        }
    });
}

impl Database {
    fn sqlite() -> Self {
        // In memory where there is such a folder: nothing here has to outlast the machine.
        let memory = Path::new("/dev/shm");
        let folder = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir());
        let folder = folder.expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("towpath.db").display());
        Self { url, home: Home::Folder(folder) }
    }

    async fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let Ok(url) = env::var("TOWPATH_TEST_POSTGRES") else {
            let required = ["CI", "TOWPATH_REQUIRE_POSTGRES"].iter().any(|name| env::var_os(name).is_some());
            assert!(!required, "TOWPATH_TEST_POSTGRES is not set; run this by `scripts/postgres run`");
            note("TOWPATH_TEST_POSTGRES is not set, so this rule was NOT checked on Postgres");
            return None;
        };
        let template = TEMPLATE.get_or_init(|| template(&url)).await;
        let database = format!("towpath_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        execute(&url, &format!("drop database if exists {database} with (force)")).await;
        execute(&url, &format!("create database {database} template {template}")).await;
        Some(Self { url: beside(&url, &database), home: Home::Server { url, database } })
    }

    async fn remove(self) {
        match self.home {
            Home::Folder(folder) => folder.close().expect("removes the folder"),
            Home::Server { url, database } => {
                execute(&url, &format!("drop database {database} with (force)")).await;
            }
        }
    }
}

/// The name of a database with the newest schema, which is quicker to copy than to make.
async fn template(url: &str) -> String {
    let migrations = sqlx::migrate!("../../migrations/postgres");
    let checksums: Vec<&[u8]> = migrations.iter().map(|migration| &*migration.checksum).collect();
    let sum = Digest::of(Algorithm::Sha256, &checksums.concat());
    let (name, unfinished) =
        (format!("towpath_template_{}", sum.short()), format!("towpath_unfinished_{}", sum.short()));
    let mut server = PgConnection::connect(url).await.expect("the server of TOWPATH_TEST_POSTGRES answers");
    // Another test program may want the same at this moment.
    sqlx::query("select pg_advisory_lock(7061774)").execute(&mut server).await.expect("locks");
    let known = sqlx::query("select 1 from pg_database where datname = $1").bind(&name);
    if known.fetch_optional(&mut server).await.expect("looks").is_none() {
        execute(url, &format!("drop database if exists {unfinished} with (force)")).await;
        // A language sorts otherwise than bytes do; what depends on that must not go unseen.
        let locale = "locale_provider icu icu_locale 'en-US' template template0";
        execute(url, &format!("create database {unfinished} {locale}")).await;
        let db = Db::open(&beside(url, &unfinished), || [0; 16]).await.expect("the schema is made");
        db.close().await;
        execute(url, &format!("alter database {unfinished} rename to {name}")).await;
    }
    server.close().await.expect("closes");
    name
}

/// The address of another database of the same server.
fn beside(url: &str, database: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("an address ends in /DATABASE");
    format!("{server}/{database}")
}

async fn execute(url: &str, sql: &str) {
    let mut server = PgConnection::connect(url).await.expect("the server of TOWPATH_TEST_POSTGRES answers");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut server).await.expect(sql);
    server.close().await.expect("closes");
}

/// Writes past the harness, which shows what passing tests print to nobody.
fn note(text: &str) {
    let rule = std::thread::current().name().unwrap_or_default().to_owned();
    _ = writeln!(std::io::stderr(), "note: {rule}: {text}");
}
