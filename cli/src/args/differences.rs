//! What differs between two builds.

use crate::names::IntegrationName;
use clap::Args;

#[derive(Debug, Args)]
pub struct Diff {
    /// The integration.
    #[arg(value_name = "PROJECT/INTEGRATION")]
    pub integration: IntegrationName,
    /// A bucket, a bucket at a time, or a digest.
    #[arg(value_name = "FROM")]
    pub from: String,
    /// The same for the build that it is compared with.
    #[arg(value_name = "TO")]
    pub to: String,
}
