//! Asking for promotions, and what is done with those that wait.

use super::declarations::Belonging;
use crate::failure::Failure;
use crate::names::{IntegrationName, PromotionName};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

/// The promotion that a command is about, in one word or two.
#[derive(Debug, Args)]
pub struct Which {
    /// The promotion, as PROJECT#NUMBER, or its project with the number after it.
    #[arg(value_name = "PROJECT#NUMBER")]
    promotion: String,
    #[arg(hide = true)]
    number: Option<String>,
}

impl Which {
    pub fn name(&self) -> Result<PromotionName, Failure> {
        PromotionName::parse(&self.promotion, self.number.as_deref())
    }
}

/// What is asked of the engine with a promotion or a pin.
#[derive(Debug, Args)]
pub struct Wish {
    /// Why; it stays in the timeline, and everyone who meets it reads this.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    pub reason: Option<String>,
    /// What it refers to, such as a change ticket, where the stage asks for one.
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// Before when it shall not be applied: a time, or a length of time from now such as 2h.
    #[arg(long, value_name = "TIME|LENGTH")]
    pub at: Option<String>,
    /// Pass the gates in an emergency: marked for ever, and reviewed by a second person.
    #[arg(long, conflicts_with = "at")]
    pub emergency: bool,
    /// Only tell what it would meet.
    #[arg(long)]
    pub dry_run: bool,
}

/// Whether to wait for the end of a promotion.
#[derive(Debug, Args)]
pub struct UntilEnd {
    /// Wait until it is applied, or ends otherwise, instead of returning once it is asked for.
    #[arg(long)]
    pub wait: bool,
    /// How long to wait at most, such as 90s, 10m or 2h.
    #[arg(long, value_name = "LENGTH", default_value = "10m", value_parser = super::wait::length, requires = "wait")]
    pub timeout: Duration,
}

#[derive(Debug, Args)]
pub struct Promote {
    /// The integration.
    #[arg(value_name = "PROJECT/INTEGRATION")]
    pub integration: IntegrationName,
    /// The build: its digest, or a tag that it has in the stage it comes from.
    #[arg(value_name = "DIGEST|TAG")]
    pub build: String,
    /// The bucket where the build is.
    #[arg(long, value_name = "BUCKET")]
    pub from: String,
    /// The bucket where it shall become current.
    #[arg(long, value_name = "BUCKET")]
    pub to: String,
    /// Only if this is what is current there still: a digest, or “none” for nothing.
    #[arg(long, value_name = "DIGEST|none")]
    pub expect_current: Option<String>,
    #[command(flatten)]
    pub wish: Wish,
    #[command(flatten)]
    pub until: UntilEnd,
}

/// A promotion that is ready, or documents: whichever is named.
#[derive(Debug, Args)]
pub struct Apply {
    /// The promotion, as PROJECT#NUMBER, or its project with the number after it.
    #[arg(value_name = "PROJECT#NUMBER", required_unless_present = "files", conflicts_with = "files")]
    promotion: Option<String>,
    #[arg(hide = true)]
    number: Option<String>,
    /// Apply the promotion only if it is of this digest.
    #[arg(long, value_name = "DIGEST", conflicts_with = "files")]
    pub digest: Option<String>,
    #[command(flatten)]
    documents: ApplyDocuments,
}

/// Documents that are to be applied.
#[derive(Debug, Args)]
pub struct ApplyDocuments {
    /// A file of documents in YAML or JSON, a folder of such files, or - for standard input.
    #[arg(short, long = "file", value_name = "FILE|DIR|-")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub belonging: Belonging,
    /// Apply what they change without a question.
    #[arg(long, short, requires = "files")]
    pub yes: bool,
}

/// What is applied.
#[derive(Debug)]
pub enum Applied {
    Promotion { name: PromotionName, digest: Option<String> },
    Documents(ApplyDocuments),
}

impl Apply {
    pub fn what(self) -> Result<Applied, Failure> {
        Ok(match self.promotion {
            None => Applied::Documents(self.documents),
            Some(promotion) => Applied::Promotion {
                name: PromotionName::parse(&promotion, self.number.as_deref())?,
                digest: self.digest,
            },
        })
    }
}

#[derive(Debug, Args)]
pub struct Retry {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub until: UntilEnd,
}

#[derive(Debug, Args)]
pub struct Decide {
    #[command(flatten)]
    pub which: Which,
    /// Why; a rejection needs it.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub comment: String,
    /// Decide only if the promotion is of this digest.
    #[arg(long, value_name = "DIGEST")]
    pub digest: Option<String>,
    /// Decide in the name of this person, who handed you their decisions.
    #[arg(long = "for", value_name = "EMAIL", default_value = "")]
    pub in_name_of: String,
}

#[derive(Debug, Args)]
pub struct Pass {
    #[command(flatten)]
    pub which: Which,
    /// Why it cannot wait; it stays in the timeline.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Pass the gates only if the promotion is of this digest.
    #[arg(long, value_name = "DIGEST")]
    pub digest: Option<String>,
}

#[derive(Debug, Args)]
pub struct Review {
    #[command(flatten)]
    pub which: Which,
    /// What you found; it stays in the timeline.
    #[arg(long, value_name = "TEXT")]
    pub comment: String,
}

#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    pub which: Which,
}
