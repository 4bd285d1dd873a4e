//! `open`: the page of a thing.

use clap::Args;

#[derive(Debug, Args)]
pub struct Open {
    /// PROJECT, PROJECT/INTEGRATION, PROJECT/INTEGRATION/BUCKET, the promotion PROJECT#NUMBER, or a build's DIGEST; the
    /// first page, if not given.
    #[arg(value_name = "WHAT")]
    pub what: Option<String>,
    /// Only print the address.
    #[arg(long)]
    pub print: bool,
}
