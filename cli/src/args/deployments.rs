//! What an environment runs.

use clap::Args;
use towpath_api::deployments::Outcome;

#[derive(Debug, Args)]
pub struct Report {
    pub project: String,
    pub environment: String,
    pub service: String,
    /// The digest that was deployed: of the build, or of the image of one platform in it.
    pub digest: String,
    /// How far it came: started, succeeded or failed.
    #[arg(long, default_value = "succeeded")]
    pub outcome: Outcome,
    /// Where more is told of it.
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// When it happened; now, if not given.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}
