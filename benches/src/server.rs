//! A server's process: started on a free port of loopback, watched, and told to end.

use anyhow::{Context, Result, bail, ensure};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than any start takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where an installation keeps its rows.
#[derive(Debug, Clone)]
pub enum Database {
    Sqlite,
    /// A server on which a database is made.
    Postgres(String),
}

impl Database {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "a Postgres that does not wait for its disk",
        }
    }

    /// An empty one, and its address.
    pub async fn create(&self, folder: &TempDir) -> Result<String> {
        match self {
            Self::Sqlite => Ok(format!("sqlite:{}", folder.path().join("towpath.db").display())),
            Self::Postgres(server) => {
                let name = format!("towpath_bench_{}", std::process::id());
                execute(server, &format!("drop database if exists {name} with (force)")).await?;
                execute(server, &format!("create database {name}")).await?;
                let (server, _) = server.rsplit_once('/').context("the address ends in /DATABASE")?;
                Ok(format!("{server}/{name}"))
            }
        }
    }

    pub async fn remove(&self, address: &str) -> Result<()> {
        let Self::Postgres(server) = self else { return Ok(()) };
        let (_, name) = address.rsplit_once('/').context("the address ends in /DATABASE")?;
        execute(server, &format!("drop database {name} with (force)")).await
    }
}

async fn execute(server: &str, sql: &str) -> Result<()> {
    let mut conn = PgConnection::connect(server).await.context("connecting to Postgres")?;
    sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await?;
    Ok(conn.close().await?)
}

/// A process that answers on loopback.
pub struct Server {
    child: Child,
    pub port: u16,
    /// Its first line on standard output, where it says one.
    pub greeting: String,
    /// From the call of the program to its first answer.
    pub started: Duration,
}

impl Server {
    /// Starts a program that listens on `port`, and waits until `ready` is answered.
    pub async fn start(command: &mut Command, port: u16, greets: bool, ready: &str) -> Result<Self> {
        let start = Instant::now();
        let out = if greets { Stdio::piped() } else { Stdio::null() };
        let command = command.stdin(Stdio::null()).stdout(out);
        let child = command.spawn().with_context(|| format!("starting {command:?}"))?;
        let mut server = Self { child, port, greeting: String::new(), started: Duration::ZERO };
        let client = crate::http::Client::new(&format!("http://127.0.0.1:{port}"));
        loop {
            if client.get(ready, &[]).await.is_ok() {
                break;
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("{command:?} ended with {status}");
            }
            ensure!(start.elapsed() < PATIENCE, "{command:?} does not answer");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        server.started = start.elapsed();
        if let Some(out) = server.child.stdout.take() {
            // It was written before the first answer, so this does not wait.
            BufReader::new(out).read_line(&mut server.greeting)?;
        }
        Ok(server)
    }

    /// The most memory that it has had resident, in millions of bytes.
    pub fn memory(&self) -> Result<f64> {
        self.status("VmHWM")
    }

    /// The memory that it has resident now, in millions of bytes.
    pub fn resident(&self) -> Result<f64> {
        self.status("VmRSS")
    }

    fn status(&self, field: &str) -> Result<f64> {
        let pid = self.child.id();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status.lines().find(|line| line.starts_with(field));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)).context("no such field")?;
        Ok(kib.parse::<f64>()? * 1.024 / 1_000.0)
    }

    /// Tells it to end, and waits until it has.
    pub async fn stop(&mut self) -> Result<()> {
        let start = Instant::now();
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        while self.child.try_wait()?.is_none() {
            ensure!(start.elapsed() < PATIENCE, "the server does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

/// Whatever went wrong, no server outlives the bench.
impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Starts Towpath on a data folder and a database.
pub async fn towpath(program: &Path, folder: &TempDir, database: &str) -> Result<Server> {
    let port = free_port()?;
    let mut command = Command::new(program);
    command
        .env("TOWPATH_LISTEN", format!("127.0.0.1:{port}"))
        .env("TOWPATH_PUBLIC_URL", format!("http://localhost:{port}"))
        .env("TOWPATH_DATA", folder.path())
        .env("TOWPATH_DATABASE_URL", database)
        .env("TOWPATH_LOG_LEVEL", "error")
        // What is meant for the bench, or for another server, is not for this one.
        .env_remove("TOWPATH_BENCH_SERVER")
        .env_remove("TOWPATH_CONFIG");
    Server::start(&mut command, port, true, "/readyz").await
}
