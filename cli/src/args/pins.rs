//! What an environment runs in place of what its bucket says.

use super::promotions::Wish;
use clap::Args;

#[derive(Debug, Args)]
pub struct Pin {
    pub project: String,
    pub environment: String,
    pub service: String,
    /// The build, by its digest or tag; it is or was current in the bucket that feeds the environment, or in a stage before it.
    pub build: String,
    /// When it ends by itself: a time, or a length of time such as 7d; within 365 days.
    #[arg(long, value_name = "TIME|LENGTH")]
    pub until: String,
    /// The bucket where the build is or was; the nearest one, if not given.
    #[arg(long, value_name = "BUCKET")]
    pub from: Option<String>,
    #[command(flatten)]
    pub wish: Wish,
}

#[derive(Debug, Args)]
pub struct Unpin {
    pub project: String,
    pub environment: String,
    pub service: String,
    /// Why; it stays in the timeline.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

#[derive(Debug, Args)]
pub struct Pins {
    pub project: String,
    pub environment: String,
    /// Those that have ended.
    #[arg(long)]
    pub ended: bool,
    /// Where to go on, as the page before said.
    #[arg(long)]
    pub cursor: Option<String>,
}
