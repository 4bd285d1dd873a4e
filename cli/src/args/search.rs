//! Finding things by their names.

use clap::Args;

#[derive(Debug, Args)]
pub struct Search {
    /// A name, a tag, four or more digits of a commit or a digest, or a promotion as PROJECT#NUMBER.
    #[arg(value_name = "TERM", required = true)]
    pub term: Vec<String>,
    /// How many to list of each kind.
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
}

#[derive(Debug, Args)]
pub struct Where {
    /// A commit or a digest, from four digits on, or a tag.
    #[arg(value_name = "COMMIT|TAG|DIGEST")]
    pub build: String,
    /// Ask for one bucket: end with 5 where no such build is current in it.
    #[arg(long = "in", value_name = "BUCKET")]
    pub bucket: Option<String>,
}
