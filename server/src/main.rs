//! The program `towpath-server`.

use anyhow::ensure;
use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use std::path::PathBuf;
use std::process::ExitCode;
use towpath_domain::spans::Span;
use towpath_proof::VerifyingKey;
use towpath_server::config::{Config, Given};
use towpath_server::doctor::{self, Verdict};
use towpath_server::{audit, backup, folder, garbage, readiness, running, telemetry};
use towpath_service::{Service, Sources, links};

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
    /// Verify the audit log, or the key by which it is signed.
    #[command(subcommand)]
    Audit(Audit),
    /// Take away stored contents that nothing needs, and say how much that was; while a server runs, or while none does.
    Gc {
        /// Change nothing and say what would go.
        #[arg(long)]
        dry_run: bool,
        /// What is younger is kept. A push that takes longer than this has to start again.
        #[arg(long, value_name = "SPAN", default_value = "1d", value_parser = Span::parse)]
        older_than: Span,
    },
    /// Read all stored contents again and hold them against their digests. Ends with 1 where some are damaged.
    Scrub,
    /// Make a backup in a folder, or bring the one in it up to date; beside a running server. It holds rows and images, and
    /// none of the keys that lie in files.
    Backup { folder: PathBuf },
    /// Look whether a backup can be restored, and whether all of it is whole. Ends with 1 where it is not.
    Verify { folder: PathBuf },
    /// Restore a backup into the database, and the folder or bucket, that are configured; these have to be empty.
    Restore { folder: PathBuf },
    /// Print the configuration in force, without its secrets; or only check it.
    Config {
        #[command(subcommand)]
        command: Option<ConfigCommand>,
    },
    /// Look at configuration, folders, keys, database, disk and clock, and say what to do. Ends with 1 where something is
    /// wrong. It changes nothing; a server may run beside it or not.
    Doctor,
    /// Ask the server that runs here whether it is ready, as the health check of a container. Ends with 1 where it is not.
    Ready,
    /// Serve with a sample project and three people, on an empty data folder. Prints how to sign in as each.
    Demo,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Say whether it is sound, and what may have been meant otherwise. Ends with 1 where a server would not start on it, or
    /// could not use its bucket.
    Check,
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Hash the whole log again, and hold it against what was signed. Ends with 1 where it differs.
    Verify {
        /// A file of checkpoints that were kept elsewhere, one or many.
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
        /// The key that must have signed those, instead of any that the database names.
        #[arg(long, value_name = "NAME+ID+KEY")]
        key: Vec<VerifyingKey>,
    },
    /// Print the public key by which the log is signed now.
    Key,
    /// Sign by a new key from now on; the public key of the old one stays known.
    RotateKey,
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
    match &arguments.command {
        Some(Command::Config { command: None }) => {
            say(given.to_text().trim_end());
            Ok(())
        }
        Some(Command::Config { command: Some(ConfigCommand::Check) }) => work(async {
            say(&check(&config).await?);
            Ok(())
        }),
        Some(Command::Doctor) => work(examine(&config)),
        Some(Command::Ready) => {
            readiness::ask(config.listen)?;
            say("ready");
            Ok(())
        }
        Some(Command::AdminLink) => work(on_installation(&config, async |service| {
            say(&links::issue_admin(&service).await?);
            Ok(())
        })),
        Some(Command::Audit(command)) => work(on_installation(&config, async |service| {
            say(&audit(&service, &audit::Places::of(&config), command).await?);
            Ok(())
        })),
        Some(Command::Gc { dry_run, older_than }) => work(on_installation(&config, async |service| {
            say(&garbage::collect(&service, *dry_run, *older_than).await?);
            Ok(())
        })),
        Some(Command::Scrub) => work(on_installation(&config, async |service| {
            say(&garbage::scrub(&service).await?);
            Ok(())
        })),
        Some(Command::Backup { folder }) => {
            work(async { backup::make(&config, &Sources::system(), folder).await.map(|told| say(&told)) })
        }
        Some(Command::Verify { folder }) => {
            work(async { backup::verify(&Sources::system(), folder).await.map(|told| say(&told)) })
        }
        Some(Command::Restore { folder }) => {
            work(async { backup::restore(&config, &Sources::system(), folder).await.map(|told| say(&told)) })
        }
        Some(Command::Demo) => {
            telemetry::start(&config);
            work(async {
                Box::pin(running::demonstrate(config, running::stop_on_signals()?, |lines| say(&lines))).await
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

/// Runs a command on an installation that exists, beside its server or while that is stopped.
async fn on_installation(
    config: &Config,
    command: impl AsyncFnOnce(Service) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    folder::expect_installation(config)?;
    let service = running::open(config, Sources::system()).await?;
    let done = command(service.clone()).await;
    service.close().await;
    done
}

/// What there is to say of a configuration on which a server starts.
async fn check(config: &Config) -> anyhow::Result<String> {
    if let Some(bucket) = &config.bucket {
        doctor::try_bucket(bucket, &Sources::system()).await?;
    }
    let hints = doctor::hints(config);
    let first = "The configuration is sound.".to_owned();
    Ok([first].into_iter().chain(hints).collect::<Vec<_>>().join("\n"))
}

async fn examine(config: &Config) -> anyhow::Result<()> {
    let findings = doctor::examine(config, &Sources::system()).await;
    let wrong = findings.iter().filter(|finding| finding.verdict == Verdict::Wrong).count();
    for finding in &findings {
        say(&finding.to_string());
    }
    ensure!(wrong == 0, "{wrong} of these {} to be mended", if wrong == 1 { "has" } else { "have" });
    Ok(())
}

async fn audit(service: &Service, places: &audit::Places, command: &Audit) -> anyhow::Result<String> {
    match command {
        Audit::Verify { checkpoint, key } => audit::verify(service, checkpoint, key).await,
        Audit::Key => audit::key(service).await,
        Audit::RotateKey => audit::rotate(service, places).await,
    }
}

#[expect(clippy::print_stdout, reason = "what the program was asked for goes to standard output")]
fn say(line: &str) {
    println!("{line}");
}
