//! Opening a database of either engine: pools, their settings, and the migrations.

use crate::Error;
use crate::queue::{Job, Queue, Tx};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool};
use std::str::FromStr;
use std::time::Duration;
use tokio::sync::watch;

pub(crate) static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
pub(crate) static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How many connections read at once.
const READERS: u32 = 8;
/// How long a request waits for one of them; then the database is down, or busier than anyone would wait for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A database: many connections that read, and one queue through which all writes go.
#[derive(Debug, Clone)]
pub struct Db {
    readers: Pool,
    queue: Queue,
}

/// Connections of one engine.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// One connection of either engine.
#[derive(Debug)]
pub enum Conn {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// An address as the configuration gives it.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    Sqlite(Box<SqliteConnectOptions>),
    Postgres(Box<PgConnectOptions>),
}

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…`, brings the schema up to date and starts the writer.
    /// `salt` yields fresh random bytes for commitments in the audit log.
    ///
    /// # Errors
    /// When the database is out of reach, or was written by a newer version.
    pub async fn open(url: &str, salt: impl FnMut() -> [u8; 16] + Send + 'static) -> Result<Self, Error> {
        let address = Address::parse(url)?;
        let queue = Queue::start(address.clone(), salt).await?;
        Ok(Self { readers: address.readers().await?, queue })
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Conn, Error> {
        self.readers.acquire().await
    }

    /// Runs a command inside a transaction; whether it commits is what the answer says.
    ///
    /// The command runs on the writer's own thread: a caller that goes away does not stop it. Commands
    /// that wait at the same time share one commit; each has a savepoint, so a failed one leaves no trace.
    ///
    /// # Errors
    /// The command's own; or the database's, when the commit fails.
    pub async fn write<T, E>(
        &self,
        command: impl AsyncFnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = Job::new(command);
        self.queue.send(job).await?;
        answer.await.unwrap_or_else(|_| Err(Error::Lost.into()))
    }

    /// The number of the newest committed event, as it grows; ends with the writer.
    pub fn heads(&self) -> watch::Receiver<i64> {
        self.queue.heads()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        let mut conn = self.read().await?;
        crate::query::execute!(&mut conn, "select 1").map(drop)
    }

    /// Lets the waiting writes finish, then closes every connection.
    pub async fn close(&self) {
        self.queue.stop().await;
        self.readers.close().await;
    }
}

impl Pool {
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    pub(crate) async fn acquire(&self) -> Result<Conn, Error> {
        Ok(match self {
            Self::Sqlite(pool) => Conn::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Conn::Postgres(pool.acquire().await?),
        })
    }
}

impl Address {
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?
                .application_name("towpath")
                .options([("idle_in_transaction_session_timeout", "10s"), ("statement_timeout", "30s")]);
            return Ok(Self::Postgres(Box::new(options)));
        }
        if !url.starts_with("sqlite:") {
            return Err(Error::Address(url.to_owned()));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .optimize_on_close(true, None);
        Ok(Self::Sqlite(Box::new(options)))
    }

    /// The one connection that writes; it also brings the schema up to date.
    pub(crate) async fn writer(self) -> Result<Pool, Error> {
        match self {
            Self::Sqlite(options) => {
                let pool = SqlitePoolOptions::new().max_connections(1).connect_with(*options).await?;
                migrated(SQLITE.run(&pool).await)?;
                Ok(Pool::Sqlite(pool))
            }
            Self::Postgres(options) => {
                let pool = PgPoolOptions::new()
                    .max_connections(1)
                    .max_lifetime(Duration::from_mins(10))
                    .connect_with(*options)
                    .await?;
                migrated(POSTGRES.run(&pool).await)?;
                Ok(Pool::Postgres(pool))
            }
        }
    }

    /// Connections that read and change nothing.
    pub(crate) async fn readers(self) -> Result<Pool, Error> {
        Ok(match self {
            Self::Sqlite(options) => {
                let options = (*options).read_only(true).create_if_missing(false).pragma("query_only", "on");
                Pool::Sqlite(
                    SqlitePoolOptions::new()
                        .max_connections(READERS)
                        .acquire_timeout(PATIENCE)
                        .connect_with(options)
                        .await?,
                )
            }
            Self::Postgres(options) => Pool::Postgres(
                PgPoolOptions::new()
                    .max_connections(READERS)
                    .acquire_timeout(PATIENCE)
                    .max_lifetime(Duration::from_mins(10))
                    .connect_with(*options)
                    .await?,
            ),
        })
    }
}

fn migrated(result: Result<(), MigrateError>) -> Result<(), Error> {
    result.map_err(|error| match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
            Error::Newer(version)
        }
        other => other.into(),
    })
}
