//! A database of its own for each server.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::env;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

pub struct Database {
    pub url: String,
}

impl Database {
    /// A file in `folder`; or a fresh database of the Postgres that the environment names, which goes with that
    /// server.
    pub async fn create(folder: &Path) -> Self {
        let Ok(server) = env::var("TOWPATH_TEST_POSTGRES") else {
            return Self { url: format!("sqlite:{}", folder.join("towpath.db").display()) };
        };
        let name = format!("towpath_server_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&server).await.expect("Postgres answers");
        let create = format!("create database {name}");
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut connection).await.expect("a database");
        let (server, _) = server.rsplit_once('/').expect("an address ends in /DATABASE");
        Self { url: format!("{server}/{name}") }
    }
}
