//! The program `towpath-server`.

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use std::path::PathBuf;
use std::process::ExitCode;
use towpath_server::config::{Config, Given};
use towpath_server::{folder, running, telemetry};
use towpath_service::{Sources, links};

/// The C library's keeps what many threads gave back: after some large pushes, several times what is in use.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The central repository for a service's container images. Without a command it serves.
#[derive(Debug, Parser)]
#[command(name = "towpath-server", version)]
struct Arguments {
    /// A TOML file with the configuration; TOWPATH_… environment variables stand over it.
    #[arg(long, value_name = "FILE", env = "TOWPATH_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print a new one-time link that makes an admin, or gives an admin a new password.
    AdminLink,
    /// Print the configuration in force, without its secrets.
    Config,
    /// Serve with a sample project and three people, on an empty data folder. Prints how to sign in as each.
    Demo,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("towpath-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let given = Given::read(arguments.config.as_deref(), environment())?;
    let config = given.check()?;
    match arguments.command {
        Some(Command::Config) => {
            say(given.to_text().trim_end());
            Ok(())
        }
        Some(Command::AdminLink) => work(admin_link(config)),
        Some(Command::Demo) => {
            telemetry::start(&config);
            work(async {
                running::demonstrate(config, running::stop_on_signals()?, |lines| say(&lines)).await
            })
        }
        None => {
            telemetry::start(&config);
            work(async { running::serve(config, running::stop_on_signals()?, |line| say(&line)).await })
        }
    }
}

/// The variables whose name and value are text; what is not cannot be ours.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn work(task: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(task)
}

async fn admin_link(config: Config) -> anyhow::Result<()> {
    folder::expect_installation(&config)?;
    let service = running::open(&config, Sources::system()).await?;
    let link = links::issue_admin(&service).await?;
    service.close().await;
    say(&link);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "what the program was asked for goes to standard output")]
fn say(line: &str) {
    println!("{line}");
}
