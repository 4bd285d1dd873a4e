//! Stopping what may enter.

use clap::Args;
use towpath_domain::holds::HoldAddress;

#[derive(Debug, Args)]
pub struct Hold {
    /// What it stops: installation, stream:STREAM, project:PROJECT, environment:PROJECT/ENVIRONMENT,
    /// bucket:PROJECT/INTEGRATION/BUCKET, build:DIGEST or build:PROJECT/DIGEST.
    #[arg(value_name = "WHAT", value_parser = HoldAddress::parse)]
    pub on: HoldAddress,
    /// Why; everyone who meets it reads this.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// When it begins; now, if not given.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// When it ends: a time, or a length of time such as 2h; until it is released, if not given.
    #[arg(long, value_name = "TIME|LENGTH")]
    pub until: Option<String>,
    /// Stop rollbacks, too.
    #[arg(long)]
    pub rollbacks: bool,
}

#[derive(Debug, Args)]
pub struct Release {
    /// The hold.
    #[arg(value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(1..))]
    pub number: i64,
    /// Why; it stays in the timeline.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
}

#[derive(Debug, Args)]
pub struct Holds {
    /// Those that have ended.
    #[arg(long)]
    pub ended: bool,
    /// Where to go on, as the page before said.
    #[arg(long)]
    pub cursor: Option<String>,
}
