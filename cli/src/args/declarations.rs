//! Comparing documents with what there is, and writing what there is as documents.

use clap::{Args, ValueEnum};
use std::path::PathBuf;
use towpath_domain::slugs::Slug;

#[derive(Debug, Args)]
pub struct Plan {
    /// A file of documents in YAML or JSON, a folder of such files, or - for standard input.
    #[arg(short, long = "file", value_name = "FILE|DIR|-", required = true)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub belonging: Belonging,
}

/// Whose documents they are.
#[derive(Debug, Clone, Args)]
pub struct Belonging {
    /// The name of the set that these documents are: what they declare is the set's from then on.
    #[arg(long, value_name = "NAME")]
    pub set: Option<Slug>,
    /// Delete what the set declared before in the projects of these documents, and does not declare any more.
    #[arg(long, requires = "set")]
    pub prune: bool,
    /// Make it this set's also where another set declares it.
    #[arg(long, requires = "set")]
    pub take_over: bool,
}

#[derive(Debug, Args)]
pub struct Export {
    /// What to write; without it, all that you see.
    #[arg(value_enum, requires = "name")]
    pub kind: Option<Kind>,
    /// Its name: PROJECT/NAME, or NAME for a project, a stream or a role.
    #[arg(value_name = "NAME", conflicts_with = "project")]
    pub name: Option<String>,
    /// Only a project, with all that it has.
    #[arg(long, value_name = "PROJECT")]
    pub project: Option<Slug>,
}

/// What documents declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Stream,
    Role,
    Project,
    Environment,
    #[value(name = "trust_root")]
    TrustRoot,
    Workflow,
    Rule,
    Integration,
}
