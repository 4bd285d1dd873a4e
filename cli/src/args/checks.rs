//! Results of checks on builds.

use crate::names::IntegrationName;
use clap::Args;
use towpath_api::checks::CheckState;

#[derive(Debug, Args)]
pub struct Check {
    /// The integration.
    #[arg(value_name = "PROJECT/INTEGRATION")]
    pub integration: IntegrationName,
    /// The build.
    pub digest: String,
    /// The name of the check.
    pub name: String,
    /// How it stands: success, failure or pending.
    pub state: CheckState,
    /// The bucket in which it was made, where that matters.
    #[arg(long = "in", value_name = "BUCKET", default_value = "")]
    pub bucket: String,
    /// Where more is told of it.
    #[arg(long, value_name = "URL", default_value = "")]
    pub link: String,
    /// What there is to say about it, in a line.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub summary: String,
}

#[derive(Debug, Args)]
pub struct Checks {
    /// The integration.
    #[arg(value_name = "PROJECT/INTEGRATION")]
    pub integration: IntegrationName,
    /// The build.
    pub digest: String,
}
