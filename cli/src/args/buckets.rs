//! What is in an integration's buckets.

use crate::names::{BucketName, IntegrationName};
use clap::Args;

#[derive(Debug, Args)]
pub struct Status {
    /// The integration.
    #[arg(value_name = "PROJECT/INTEGRATION")]
    pub integration: IntegrationName,
    /// Show it again whenever it has changed, until you stop it.
    #[arg(long)]
    pub watch: bool,
}

#[derive(Debug, Args)]
pub struct Rollback {
    /// The bucket.
    #[arg(value_name = "PROJECT/INTEGRATION/BUCKET")]
    pub bucket: BucketName,
    /// What it goes back to: a placement's id, or the tag or digest of the newest such build in its history.
    #[arg(long, value_name = "PLACEMENT|TAG|DIGEST")]
    pub to: String,
    /// Why; it stays in the timeline.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    pub reason: Option<String>,
    /// Only tell what it would meet.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct Resume {
    /// The bucket.
    #[arg(value_name = "PROJECT/INTEGRATION/BUCKET")]
    pub bucket: BucketName,
    /// Why; it stays in the timeline.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
}
