//! Measures the released server on this machine and prints what it found. It asserts nothing: figures depend on the
//! machine, so they are read beside their like (`benches/README.md`).
//!
//! Everything runs on loopback, on data folders of its own that are removed at the end. Counts are bounded, and so
//! is the time.

mod figures;
mod history;
mod http;
mod images;
mod installation;
mod moves;
mod pages;
mod peers;
mod rows;
mod server;
mod visits;

use anyhow::{Context, Result};
use clap::Parser;
use figures::{Table, say};
use history::History;
use installation::Installation;
use server::Database;
use std::path::PathBuf;

/// Measures Towpath on this machine.
#[derive(Debug, Parser)]
#[command(name = "towpath-bench", version)]
struct Arguments {
    /// The server's program, of a release build.
    #[arg(long, env = "TOWPATH_BENCH_SERVER", value_name = "FILE")]
    server: PathBuf,
    /// A Postgres server to make databases on; without one, SQLite alone is measured.
    #[arg(long, env = "TOWPATH_TEST_POSTGRES", value_name = "URL")]
    postgres: Option<String>,
    /// A tenth of the long history, and no image of 500 MB.
    #[arg(long)]
    quick: bool,
    /// The first visit, images and memory only.
    #[arg(long)]
    images: bool,
}

/// How many builds the short and the long history have.
const SHORT: usize = 1_000;
const LONG: usize = 1_000_000;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(&arguments))
}

async fn run(arguments: &Arguments) -> Result<()> {
    say(&figures::machine());
    let long = if arguments.quick { LONG / 10 } else { LONG };
    let mut databases = vec![Database::Sqlite];
    databases.extend(arguments.postgres.clone().map(Database::Postgres));
    for database in databases.iter().filter(|_| !arguments.images) {
        histories(arguments, database, long)
            .await
            .with_context(|| format!("measuring on {}", database.name()))?;
    }
    registries(arguments).await.context("measuring the registry")
}

/// The same pages and moves against a short and a long history.
async fn histories(arguments: &Arguments, database: &Database, long: usize) -> Result<()> {
    let short = measure(arguments, database, SHORT).await?;
    let long_figures = measure(arguments, database, long).await?;
    let columns = [format!("{SHORT} builds"), format!("{long} builds")];
    say(&Table::compare(&format!("On {}", database.name()), &columns, &short, &long_figures).to_string());
    Ok(())
}

async fn measure(arguments: &Arguments, database: &Database, builds: usize) -> Result<Vec<figures::Figure>> {
    let mut installation = Installation::make(&arguments.server, database).await?;
    installation.furnish().await?;
    installation.server.stop().await?;
    let history = History::write(&installation, builds).await?;
    let mut figures = installation.restart().await?;
    figures.extend(pages::measure(&installation, &history).await?);
    figures.extend(moves::measure(&installation, &history).await?);
    installation.remove().await?;
    Ok(figures)
}

/// Images of several sizes, beside another registry where there is one.
async fn registries(arguments: &Arguments) -> Result<()> {
    let installation = Installation::make(&arguments.server, &Database::Sqlite).await?;
    say(&Table::one("First visit", &visits::measure(&installation).await?).to_string());
    let target = installation.images().await?;
    let ours = images::measure(&target, arguments.quick).await?;
    let memory = installation.server.memory()?;
    installation.remove().await?;
    let peer = peers::Peer::start().await?;
    let theirs = match &peer {
        Some(peer) => images::measure(&peer.target(), arguments.quick).await?,
        None => Vec::new(),
    };
    let name = peer.as_ref().map_or("no other registry is installed", |_| "docker-registry");
    let columns = ["Towpath".to_owned(), name.to_owned()];
    say(&Table::compare("Images", &columns, &ours, &theirs).to_string());
    let mut memories = vec![("Towpath".to_owned(), memory)];
    if let Some(peer) = peer {
        memories.push(("docker-registry".to_owned(), peer.server.memory()?));
        peer.stop().await?;
    }
    say(&Table::memory("Memory at most, after all of these images", &memories).to_string());
    Ok(())
}
