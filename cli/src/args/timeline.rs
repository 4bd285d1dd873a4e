//! Who did what, when and why.

use crate::names::IntegrationName;
use clap::Args;
use towpath_api::timeline::TimelineFilter;

/// Which events are meant.
#[derive(Debug, Args)]
pub struct Events {
    #[arg(long)]
    pub project: Option<String>,
    #[arg(long, value_name = "PROJECT/INTEGRATION")]
    pub integration: Option<IntegrationName>,
    /// A bucket, in any integration or in the given one.
    #[arg(long)]
    pub bucket: Option<String>,
    /// A person's id; `towpath whoami` tells yours.
    #[arg(long, value_name = "ID")]
    pub person: Option<String>,
    /// The kind of event, such as `promotion_applied`.
    #[arg(long)]
    pub kind: Option<String>,
}

impl From<Events> for TimelineFilter {
    fn from(events: Events) -> Self {
        let Events { project, integration, bucket, person, kind } = events;
        let integration = integration.map(|name| name.to_string());
        Self { project, integration, bucket, person, kind, ..Self::default() }
    }
}

#[derive(Debug, Args)]
pub struct Timeline {
    #[command(flatten)]
    pub events: Events,
    /// How many events to show.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=200))]
    pub limit: i64,
    /// Where to go on, as the page before said.
    #[arg(long)]
    pub cursor: Option<String>,
}
