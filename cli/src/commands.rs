//! The commands, grouped as the routes are.

mod audit;
mod buckets;
mod checks;
mod declarations;
mod deployments;
mod differences;
mod doctor;
mod holds;
mod images;
mod pages;
mod pins;
mod promotions;
pub mod pushing;
mod release_sets;
mod rights;
mod search;
mod sessions;
mod timeline;
mod waiting;

use crate::args::{Applied, Cli, Command};
use crate::config::client;
use crate::exit::Exit;
use crate::failure::Failure;
use clap::CommandFactory;
use towpath_api::promotions::Choice;

pub async fn run(Cli { common, command }: Cli) -> Result<Exit, Failure> {
    let format = common.output;
    match command {
        Command::Login(login) => sessions::login(&common, login).await,
        Command::Logout => sessions::logout(&common).await,
        Command::Whoami => sessions::whoami(&client(&common)?, format).await,
        Command::Doctor => doctor::run(&common, format).await,
        Command::Push(push) => pushing::run(&common, *push, format).await,
        Command::Promote(promote) => promotions::promote(&client(&common)?, promote, format).await,
        Command::Apply(apply) => match apply.what()? {
            Applied::Promotion { name, digest } => {
                promotions::apply(&client(&common)?, name, digest, format).await
            }
            Applied::Documents(apply) => declarations::apply(&client(&common)?, apply, format).await,
        },
        Command::Plan(plan) => declarations::plan(&client(&common)?, plan, format).await,
        Command::Export(export) => declarations::export(&client(&common)?, export, format).await,
        Command::Retry(retry) => promotions::retry(&client(&common)?, retry, format).await,
        Command::Approve(decide) => {
            promotions::decide(&client(&common)?, decide, Choice::Approve, format).await
        }
        Command::Reject(decide) => {
            promotions::decide(&client(&common)?, decide, Choice::Reject, format).await
        }
        Command::Pass(pass) => promotions::pass(&client(&common)?, pass, format).await,
        Command::Review(review) => promotions::review(&client(&common)?, review, format).await,
        Command::Check(check) => checks::report(&client(&common)?, check, format).await,
        Command::Checks(checks) => checks::list(&client(&common)?, checks, format).await,
        Command::Rollback(rollback) => buckets::roll_back(&client(&common)?, rollback, format).await,
        Command::Resume(args) => buckets::resume(&client(&common)?, args).await,
        Command::Hold(hold) => holds::place(&client(&common)?, hold, format).await,
        Command::Release(release) => holds::release(&client(&common)?, release, format).await,
        Command::Holds(filter) => holds::list(&client(&common)?, filter, format).await,
        Command::Pin(pin) => pins::ask(&client(&common)?, pin, format).await,
        Command::Unpin(unpin) => pins::release(&client(&common)?, unpin).await,
        Command::Pins(filter) => pins::list(&client(&common)?, filter, format).await,
        Command::Sets(sets) => release_sets::run(&client(&common)?, sets, format).await,
        Command::Rights(rights) => rights::run(&client(&common)?, rights, format).await,
        Command::Search(search) => search::find(&client(&common)?, search, format).await,
        Command::Status(status) => buckets::status(&client(&common)?, status, format).await,
        Command::Where(asked) => search::locate(&client(&common)?, asked, format).await,
        Command::Explain(explain) => promotions::explain(&client(&common)?, explain, format).await,
        Command::Wait(wait) => waiting::run(&client(&common)?, wait, format).await,
        Command::Open(open) => pages::open(&common, &open, format),
        Command::Completions { shell } => {
            let mut command = Cli::command();
            clap_complete::generate(shell, &mut command, "towpath", &mut std::io::stdout());
            Ok(Exit::Success)
        }
        Command::Resolve(resolve) => images::resolve(&client(&common)?, resolve, format).await,
        Command::Diff(diff) => differences::diff(&client(&common)?, diff, format).await,
        Command::Report(report) => deployments::report(&client(&common)?, report, format).await,
        Command::Audit(command) => audit::run(&common, command).await,
        Command::Timeline(filter) => timeline::list(&client(&common)?, filter, format).await,
    }
}
