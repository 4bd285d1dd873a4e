//! `sets`: builds of several services that go together.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Sets {
    /// Compare two stages across services: what one has, and another has not. Changes nothing.
    #[command(before_help = "Examples:
  towpath sets compare shop --from staging --to prod
  towpath sets compare shop --from staging --to prod --also payments --output json
  towpath sets compare shop --to prod --at 2026-01-31T09:30:00Z")]
    Compare(Compare),
    /// Make a set of what differs, and promote it as one; or return a stage to how it was.
    #[command(before_help = "Examples:
  towpath sets make shop --title 'Spring release' --from staging --to prod --reason 'Release 1.4'
  towpath sets make shop shop/checkout shop/search --title 'Search' --from staging --to prod --reason 'New index'
  towpath sets make shop --title 'Back' --to prod --at 2026-01-31T09:30:00Z --reason 'Errors since noon'")]
    Make(Make),
    /// List the sets of a project, the newest first.
    #[command(before_help = "Example:
  towpath sets list shop")]
    List(List),
    /// Show the builds of a set, where they are, and what was done with them.
    #[command(before_help = "Example:
  towpath sets show shop#3")]
    Show(Show),
    /// Carry a set on: promote its builds to another stage, whatever came after them.
    #[command(before_help = "Examples:
  towpath sets promote shop#3 --from staging --to prod --reason 'Release 1.4'
  towpath sets promote shop#3 --from staging --to prod --dry-run")]
    Promote(Carry),
    /// Take a set back out of a stage: each service goes back to what was there before.
    #[command(before_help = "Examples:
  towpath sets take-back shop#3 --out-of prod --reason 'Errors since 1.4'
  towpath sets take-back shop#3 --out-of prod --dry-run")]
    TakeBack(TakeBack),
    /// Approve all promotions of a set that wait for you.
    #[command(before_help = "Example:
  towpath sets approve shop#3 --comment 'Looks good'")]
    Approve(Decide),
    /// Reject all promotions of a set that wait for you.
    #[command(before_help = "Example:
  towpath sets reject shop#3 --comment 'Not before Monday'")]
    Reject(Decide),
}

/// Which stages of which projects.
#[derive(Debug, Args)]
pub struct Compare {
    pub project: String,
    /// The bucket whose builds would go; each integration has its own of this name.
    #[arg(long, value_name = "BUCKET", required_unless_present = "at", conflicts_with = "at")]
    pub from: Option<String>,
    /// The bucket where they would become current.
    #[arg(long, value_name = "BUCKET")]
    pub to: String,
    /// Instead of --from: the time whose builds the bucket shall have again.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Another project that takes part.
    #[arg(long, value_name = "PROJECT")]
    pub also: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Make {
    #[command(flatten)]
    pub compare: Compare,
    /// What goes; all that can, if none is named. With @DIGEST behind it, only if that build would go.
    #[arg(value_name = "PROJECT/INTEGRATION")]
    pub parts: Vec<String>,
    /// What people call the set.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    pub title: Option<String>,
    #[command(flatten)]
    pub act: Act,
}

#[derive(Debug, Args)]
pub struct List {
    pub project: String,
    /// Where to go on, as the page before said.
    #[arg(long)]
    pub cursor: Option<String>,
}

#[derive(Debug, Args)]
pub struct Show {
    /// The set.
    #[arg(value_name = "PROJECT#NUMBER")]
    pub set: String,
}

#[derive(Debug, Args)]
pub struct Carry {
    /// The set.
    #[arg(value_name = "PROJECT#NUMBER")]
    pub set: String,
    /// What goes; all that can, if none is named. With @DIGEST behind it, only if that build would go.
    #[arg(value_name = "PROJECT/INTEGRATION")]
    pub parts: Vec<String>,
    /// The bucket where the builds are.
    #[arg(long, value_name = "BUCKET")]
    pub from: String,
    /// The bucket where they shall become current.
    #[arg(long, value_name = "BUCKET")]
    pub to: String,
    #[command(flatten)]
    pub act: Act,
}

#[derive(Debug, Args)]
pub struct TakeBack {
    /// The set.
    #[arg(value_name = "PROJECT#NUMBER")]
    pub set: String,
    /// What goes back; all that can, if none is named. With @DIGEST behind it, only if that build would come back.
    #[arg(value_name = "PROJECT/INTEGRATION")]
    pub parts: Vec<String>,
    /// The bucket.
    #[arg(long, value_name = "BUCKET")]
    pub out_of: String,
    #[command(flatten)]
    pub act: Act,
}

/// What every act says of itself.
#[derive(Debug, Args)]
pub struct Act {
    /// Why; it stays in the timeline.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    pub reason: Option<String>,
    /// What it refers to, such as a change ticket, where a stage asks for one.
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// Only tell what it would do.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct Decide {
    /// The set.
    #[arg(value_name = "PROJECT#NUMBER")]
    pub set: String,
    /// What you have to say; a rejection needs it.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub comment: String,
}
