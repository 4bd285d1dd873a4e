//! The commands that prove the timeline.

use super::timeline::Events;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use towpath_proof::VerifyingKey;

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Hash all events again, and hold them against the newest checkpoint and earlier ones. Ends with 1 where they differ.
    #[command(before_help = "Examples:
  towpath audit verify
  towpath audit verify --checkpoint kept.txt --key towpath.example.org/log+1a2b3c4d+A…
  towpath audit verify --export timeline.ndjson --key towpath.example.org/log+1a2b3c4d+A…")]
    Verify(AuditVerify),
    /// Write the timeline to standard output, oldest first, with all that it takes to verify it.
    #[command(before_help = "Examples:
  towpath audit export > timeline.ndjson
  towpath audit export --csv --project shop > shop.csv")]
    Export(AuditExport),
    /// Write the newest checkpoint to standard output, to be kept elsewhere.
    Checkpoint,
    /// Write the receipt of an event to standard output.
    #[command(before_help = "Example:
  towpath audit receipt 1234 > receipt.json")]
    Receipt {
        /// The event's place in the log.
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        seq: i64,
    },
    /// Verify a receipt, without the server. Ends with 1 where it does not hold.
    #[command(before_help = "Example:
  towpath audit verify-receipt receipt.json --key towpath.example.org/log+1a2b3c4d+A…")]
    VerifyReceipt(AuditVerifyReceipt),
}

#[derive(Debug, Args)]
pub struct AuditVerify {
    /// A public key of the log; else those that are known since the first time.
    #[arg(long, value_name = "NAME+ID+KEY")]
    pub key: Vec<VerifyingKey>,
    /// A file of checkpoints that were kept, one or many; online, that of the last time counts as well.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Vec<PathBuf>,
    /// Verify a whole export instead, without the server.
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// Only let the server prove that its newest checkpoint continues the earlier ones, and read no events.
    #[arg(long, conflicts_with = "export")]
    pub heads: bool,
}

#[derive(Debug, Args)]
pub struct AuditExport {
    /// Write CSV for a spreadsheet, which cannot be verified.
    #[arg(long)]
    pub csv: bool,
    #[command(flatten)]
    pub events: Events,
}

#[derive(Debug, Args)]
pub struct AuditVerifyReceipt {
    /// What `towpath audit receipt` wrote, or the timeline's page.
    pub file: PathBuf,
    /// A public key of the log; else those that are known.
    #[arg(long, value_name = "NAME+ID+KEY")]
    pub key: Vec<VerifyingKey>,
}
