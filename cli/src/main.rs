//! `towpath`: the command for people and scripts, over the REST API.
//!
//! Results go to standard output, words about them to standard error, and the exit code says how it went.

mod args;
mod commands;
mod config;
mod documents;
mod exit;
mod failure;
mod jobs;
mod known_logs;
mod names;
mod origins;
mod output;
mod progress;
mod sources;
mod summaries;

use args::Cli;
use clap::Parser;
use exit::Exit;
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::say(&format!("error: {failure}"));
            failure.exit().into()
        }
    }
}

fn run(cli: Cli) -> Result<Exit, Failure> {
    // Fails only where one is installed already, which serves as well.
    _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(commands::run(cli))
}
