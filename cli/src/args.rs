//! The command line. Help shows examples first: most people look for one to change.

mod audit;
mod buckets;
mod checks;
mod declarations;
mod deployments;
mod differences;
mod holds;
mod open;
mod pins;
mod promotions;
mod push;
mod resolve;
mod rights;
mod search;
mod sessions;
pub mod sets;
mod timeline;
mod wait;

pub use audit::{Audit, AuditExport, AuditVerify, AuditVerifyReceipt};
pub use buckets::{Resume, Rollback, Status};
pub use checks::{Check, Checks};
pub use declarations::{Belonging, Export, Plan};
pub use deployments::Report;
pub use differences::Diff;
pub use holds::{Hold, Holds, Release};
pub use open::Open;
pub use pins::{Pin, Pins, Unpin};
pub use promotions::{
    Applied, Apply, ApplyDocuments, Decide, Explain, Pass, Promote, Retry, Review, UntilEnd,
};
pub use push::{Destination, Push, ReportedCheck, Said};
pub use resolve::{Form, Missing, Resolve};
pub use rights::Rights;
pub use search::{Search, Where};
pub use sessions::Login;
pub use timeline::Timeline;
pub use wait::Wait;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  towpath login --server https://towpath.example.org
  towpath push app.tar --to shop/checkout
  towpath status shop/checkout
  towpath promote shop/checkout 1.4.2 --from qa --to staging --reason 'Release 1.4'
  towpath approve shop#2 --comment 'Looks good'
  towpath rollback shop/checkout/prod --to 1.4.1 --reason 'Errors since 1.4.2'
  towpath resolve shop prod --output json";

const CODES: &str = "\
Exit codes:
  0 done · 1 failed · 2 wrong use · 3 not signed in · 4 forbidden · 5 not found · 6 conflict
  7 blocked by a rule · 8 waiting for approval · 9 timed out · 10 plan: something differs · 75 try again";

/// Moves container images from environment to environment, and tells what runs where and why.
#[derive(Debug, Parser)]
#[command(
    name = "towpath",
    version,
    before_help = EXAMPLES,
    after_help = CODES,
    max_term_width = 100,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The server's address; by default the one that you signed in to.
    #[arg(long, global = true, value_name = "URL", env = "TOWPATH_SERVER")]
    pub server: Option<String>,
    /// How results are written to standard output.
    #[arg(long, short, global = true, value_enum, default_value_t)]
    pub output: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// JSON for programs, as the REST API answers it.
    Json,
    /// The same as YAML.
    Yaml,
    /// Only the first column: what a line is called.
    Name,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sign in, as a person or with a token.
    #[command(before_help = "Examples:
  towpath login --server https://towpath.example.org --email ana@example.org
  pass towpath | towpath login --email ana@example.org --password-stdin
  towpath login --token-stdin < token")]
    Login(Login),
    /// Sign out, and forget the session or token.
    Logout,
    /// Tell who you are to the server, and what you were granted.
    Whoami,
    /// Look whether the server is reached as it should, and what the credential can do.
    #[command(before_help = "Examples:
  towpath doctor
  towpath doctor --server https://towpath.example.org --output json")]
    Doctor,
    /// Push an image, and say where it comes from: detected in CI, or by git.
    #[command(before_help = "Examples:
  towpath push app.tar --to shop/checkout
  towpath push app:latest --to shop/checkout/qa --tag 1.4.2
  towpath push oci:layout --to shop/checkout --branch feature/x --check tests=success
  towpath push docker://ghcr.io/acme/checkout:1.4.2 --to shop/checkout --tag 1.4.2")]
    Push(Box<Push>),
    /// Move a build to a next stage, or ask for it.
    #[command(before_help = "Examples:
  towpath promote shop/checkout 1.4.2 --from qa --to staging --reason 'Release 1.4'
  towpath promote shop/checkout 1.4.2 --from staging --to prod --reason 'Release 1.4' --at 2026-12-01T06:00:00Z
  towpath promote shop/checkout 1.4.2 --from staging --to prod --reason 'Release 1.4' --wait
  towpath promote shop/checkout sha256:… --from staging --to prod --dry-run")]
    Promote(Promote),
    /// Apply a promotion that is ready, where its stage is entered by hand; or documents that declare what there is to be.
    #[command(before_help = "Examples:
  towpath apply shop#2
  towpath apply -f towpath/ --set platform
  towpath apply -f towpath/ --set platform --prune --yes")]
    Apply(Apply),
    /// Tell what documents would change.
    #[command(before_help = "Examples:
  towpath plan -f towpath/
  towpath plan -f shop.yaml --set platform --prune
  towpath export --project shop | towpath plan -f -")]
    Plan(Plan),
    /// Write what there is as documents, which apply takes.
    #[command(before_help = "Examples:
  towpath export > towpath.yaml
  towpath export --project shop
  towpath export workflow shop/release")]
    Export(Export),
    /// Let a promotion that has failed try again what it does in a registry elsewhere.
    #[command(before_help = "Example:
  towpath retry shop#2 --wait")]
    Retry(Retry),
    /// Approve a promotion that waits.
    #[command(before_help = "Examples:
  towpath approve shop#2
  towpath approve shop 2 --comment 'Looks good' --digest sha256:…")]
    Approve(Decide),
    /// Reject a promotion that waits.
    #[command(before_help = "Example:
  towpath reject shop#2 --comment 'Not before Monday'")]
    Reject(Decide),
    /// Apply a promotion that waits past its gates, in an emergency; a second person reviews it.
    #[command(before_help = "Example:
  towpath pass shop#2 --reason 'The shop is down; 1.4.3 mends it'")]
    Pass(Pass),
    /// Sign the review of an emergency that somebody else has passed.
    #[command(before_help = "Example:
  towpath review shop#2 --comment 'Right call; we add a canary'")]
    Review(Review),
    /// Report the result of a check on a build, as CI or a scanner.
    #[command(before_help = "Examples:
  towpath check shop/checkout sha256:… unit-tests success
  towpath check shop/checkout sha256:… smoke failure --in staging --link https://ci.example.org/runs/7")]
    Check(Check),
    /// List the checks of a build.
    #[command(before_help = "Example:
  towpath checks shop/checkout sha256:…")]
    Checks(Checks),
    /// Make an earlier build of a bucket current again.
    #[command(before_help = "Examples:
  towpath rollback shop/checkout/prod --to 1.4.1 --reason 'Errors since 1.4.2'
  towpath rollback shop/checkout/prod --to 0199f5a2-6c0e-7d53-9d0c-2f1f6f0f6a11 --reason 'Errors'")]
    Rollback(Rollback),
    /// Let builds enter a bucket by themselves again, where a rollback paused that.
    #[command(before_help = "Example:
  towpath resume shop/checkout/qa --reason 'Mended in 1.4.3'")]
    Resume(Resume),
    /// Stop what may enter a place, at once or from a date, or mark a build bad.
    #[command(before_help = "Examples:
  towpath hold stream:production --reason 'Year-end freeze' --from 2026-12-20T18:00:00Z --until 14d
  towpath hold bucket:shop/checkout/prod --reason 'Payments are down' --until 2h
  towpath hold build:shop/sha256:… --reason 'Loses orders'")]
    Hold(Hold),
    /// Let go of a hold before its time.
    #[command(before_help = "Example:
  towpath release 7 --reason 'Payments are back'")]
    Release(Release),
    /// List the holds in force and planned, or those that have ended.
    #[command(before_help = "Examples:
  towpath holds
  towpath holds --ended --output json")]
    Holds(Holds),
    /// Ask that an environment runs another build of a service than its bucket says, until a time.
    #[command(before_help = "Examples:
  towpath pin shop prod-eu checkout 1.4.1 --until 7d --reason 'Hold EU back until the fix'
  towpath pin shop prod-eu checkout sha256:… --until 2h --reason 'Canary' --dry-run")]
    Pin(Pin),
    /// Release a pin before its time.
    #[command(before_help = "Example:
  towpath unpin shop prod-eu checkout --reason 'The fix is out'")]
    Unpin(Unpin),
    /// List the pins in force in an environment, or those that have ended.
    #[command(before_help = "Examples:
  towpath pins shop prod-eu
  towpath pins shop prod-eu --ended --output json")]
    Pins(Pins),
    /// Compare stages across services, and move what differs as one: a release set.
    #[command(subcommand)]
    Sets(sets::Sets),
    /// Tell who may do something somewhere and through which roles, or what one person may do.
    #[command(before_help = "Examples:
  towpath rights approve environment:shop/prod
  towpath rights approve environment:shop/prod --at 2026-11-01
  towpath rights --person ana@example.org")]
    Rights(Rights),
    /// Find builds, promotions, services and whatever else you see, by any of its names.
    #[command(before_help = "Examples:
  towpath search c0ffee1
  towpath search shop#12
  towpath search sha256:3f1a --output json")]
    Search(Search),
    /// Show what is in each bucket of an integration.
    #[command(before_help = "Examples:
  towpath status shop/checkout
  towpath status shop/checkout --watch")]
    Status(Status),
    /// Tell where a commit, a tag or a digest is current: “is my commit in production?”
    #[command(before_help = "Examples:
  towpath where c0ffee1
  towpath where 1.4.2 --in prod")]
    Where(Where),
    /// Tell how the gates of a promotion stand, and what each still needs.
    #[command(before_help = "Example:
  towpath explain shop#2")]
    Explain(Explain),
    /// Wait until a promotion is applied, or a build is current in a bucket.
    #[command(before_help = "Examples:
  towpath wait shop#2
  towpath wait shop/checkout/prod --digest sha256:… --timeout 30m")]
    Wait(Wait),
    /// Print the address of a thing's page, and open it in a browser.
    #[command(before_help = "Examples:
  towpath open shop/checkout
  towpath open shop#2
  towpath open --print sha256:…")]
    Open(Open),
    /// Write completions for a shell.
    #[command(before_help = "Example:
  towpath completions bash > ~/.local/share/bash-completion/completions/towpath")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Tell which image each service should run in an environment, and what says so.
    #[command(before_help = "Examples:
  towpath resolve shop prod
  towpath resolve shop prod --output json | jq -r '.images[].reference'
  towpath resolve shop prod --as helm > images.yaml && helm upgrade shop ./chart -f images.yaml
  towpath resolve shop prod --as helm --watch -- helm upgrade shop ./chart -f -")]
    Resolve(Resolve),
    /// Tell what differs between two builds: commits, what is run, and layers.
    #[command(before_help = "Examples:
  towpath diff shop/checkout prod staging
  towpath diff shop/checkout prod@2026-11-01T00:00:00Z prod
  towpath diff shop/checkout sha256:… sha256:…")]
    Diff(Diff),
    /// Report what an environment runs, as a deployer.
    #[command(before_help = "Examples:
  towpath report shop prod checkout sha256:…
  towpath report shop prod checkout sha256:… --outcome failed --link https://ci.example.org/runs/7")]
    Report(Report),
    /// Tell who did what, when and why.
    #[command(before_help = "Examples:
  towpath timeline --integration shop/checkout --bucket prod
  towpath timeline --project shop --kind promotion_applied --limit 10 --output json")]
    Timeline(Timeline),
    /// Verify that the timeline is what happened, online or offline, and take receipts of its events.
    #[command(subcommand)]
    Audit(Audit),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use clap::error::ErrorKind;

    fn refused(line: &str) -> ErrorKind {
        Cli::try_parse_from(line.split(' ')).expect_err(line).kind()
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_promotion_needs_a_reason_unless_it_is_dry() {
        let line = "towpath promote shop/checkout 1.4.2 --from qa --to staging";
        assert_eq!(refused(line), ErrorKind::MissingRequiredArgument);
        assert!(Cli::try_parse_from(format!("{line} --dry-run").split(' ')).is_ok());
        assert!(Cli::try_parse_from(format!("{line} --reason Release").split(' ')).is_ok());
    }

    #[test]
    fn names_are_checked_before_anything_is_asked() {
        assert_eq!(refused("towpath status shop"), ErrorKind::ValueValidation);
        assert_eq!(refused("towpath rollback shop/checkout --to a --reason b"), ErrorKind::ValueValidation);
        assert_eq!(refused("towpath timeline --limit 0"), ErrorKind::ValueValidation);
        assert_eq!(refused("towpath hold production --reason a"), ErrorKind::ValueValidation);
        assert_eq!(refused("towpath release 0"), ErrorKind::ValueValidation);
    }

    #[test]
    fn a_token_and_a_password_exclude_each_other() {
        let line = "towpath login --token-stdin --email ana@example.org";
        assert_eq!(refused(line), ErrorKind::ArgumentConflict);
        assert_eq!(refused("towpath login --password-stdin"), ErrorKind::MissingRequiredArgument);
    }

    #[test]
    fn help_shows_examples_first() {
        let mut command = Cli::command();
        for command in command.get_subcommands_mut().filter(|command| command.has_positionals_or_flags()) {
            let help = command.render_help().to_string();
            assert!(help.starts_with("Example"), "{help}");
        }
    }

    trait Takes {
        fn has_positionals_or_flags(&self) -> bool;
    }

    impl Takes for clap::Command {
        fn has_positionals_or_flags(&self) -> bool {
            self.get_arguments().next().is_some()
        }
    }
}
