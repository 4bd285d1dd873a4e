//! The difference between two builds: where they came from, what they run, and the layers that they share.
//!
//! [`compare`] is pure. The values of environment variables never come here: they may be secrets.

mod side;

pub use side::{SideAddress, SideError};

use crate::builds::Build;
use crate::digests::Digest;
use crate::integrations::Integration;
use crate::projects::Project;
use crate::times::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is in an image, as far as it is compared. Of an index, that of one platform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// All that the build has.
    pub platforms: Vec<String>,
    pub entrypoint: Vec<String>,
    pub command: Vec<String>,
    pub user: String,
    pub working_directory: String,
    /// The names of environment variables, each with a hash of its value.
    pub environment: BTreeMap<String, String>,
    pub ports: Vec<String>,
    pub labels: BTreeMap<String, String>,
    pub layers: Vec<Layer>,
}

/// A layer of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    pub digest: Digest,
    /// Bytes as it is stored and sent.
    pub size: i64,
}

/// What differs between two images.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub platforms: Names,
    /// What is run and how: entrypoint, command, user, working directory.
    pub settings: Vec<Changed>,
    /// Environment variables, by their names.
    pub environment: Names,
    pub ports: Names,
    pub labels: Vec<Changed>,
    /// The bytes of the layers that both have.
    pub shared: i64,
    pub shared_layers: usize,
    pub added: Vec<Layer>,
    pub removed: Vec<Layer>,
}

/// What one image has and the other does not, and what both have with another value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
}

/// A text that is another one; empty where it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub name: String,
    pub from: String,
    pub to: String,
}

/// Two builds of an integration, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    pub project: Project,
    pub integration: Integration,
    /// Absent where nothing was there.
    pub from: Option<Build>,
    pub to: Build,
    /// Where what lies between their commits can be looked at.
    pub commits_link: Option<String>,
    /// Absent where there is nothing to compare with, or an image could not be read.
    pub difference: Option<Difference>,
    pub now: Time,
}

/// Compares two images.
pub fn compare(from: &Contents, to: &Contents) -> Difference {
    let setting = |name: &str, from: String, to: String| {
        (from != to).then(|| Changed { name: name.to_owned(), from, to })
    };
    let settings = [
        setting("entrypoint", from.entrypoint.join(" "), to.entrypoint.join(" ")),
        setting("command", from.command.join(" "), to.command.join(" ")),
        setting("user", from.user.clone(), to.user.clone()),
        setting("working directory", from.working_directory.clone(), to.working_directory.clone()),
    ];
    let names: std::collections::BTreeSet<&String> = from.labels.keys().chain(to.labels.keys()).collect();
    let text =
        |labels: &BTreeMap<String, String>, name: &String| labels.get(name).cloned().unwrap_or_default();
    let labels =
        names.into_iter().filter_map(|name| setting(name, text(&from.labels, name), text(&to.labels, name)));
    let has = |layers: &[Layer], one: &Layer| layers.iter().any(|layer| layer.digest == one.digest);
    let (shared, added): (Vec<&Layer>, Vec<&Layer>) =
        to.layers.iter().partition(|layer| has(&from.layers, layer));
    Difference {
        platforms: lists(&from.platforms, &to.platforms),
        settings: settings.into_iter().flatten().collect(),
        environment: maps(&from.environment, &to.environment),
        ports: lists(&from.ports, &to.ports),
        labels: labels.collect(),
        shared: shared.iter().map(|layer| layer.size).sum(),
        shared_layers: shared.len(),
        added: added.into_iter().cloned().collect(),
        removed: from.layers.iter().filter(|layer| !has(&to.layers, layer)).cloned().collect(),
    }
}

fn lists(from: &[String], to: &[String]) -> Names {
    Names {
        added: to.iter().filter(|one| !from.contains(one)).cloned().collect(),
        removed: from.iter().filter(|one| !to.contains(one)).cloned().collect(),
        changed: Vec::new(),
    }
}

fn maps(from: &BTreeMap<String, String>, to: &BTreeMap<String, String>) -> Names {
    let names = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| {
        one.keys().filter(|name| !other.contains_key(*name)).cloned().collect()
    };
    let other = |(name, value): (&String, &String)| {
        to.get(name).is_some_and(|now| now != value).then(|| name.clone())
    };
    Names {
        added: names(to, from),
        removed: names(from, to),
        changed: from.iter().filter_map(other).collect(),
    }
}

impl Names {
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

impl Difference {
    /// Whether the images have all in common that is compared, their bytes included.
    pub fn is_empty(&self) -> bool {
        *self == Self { shared: self.shared, shared_layers: self.shared_layers, ..Self::default() }
    }

    /// The bytes of the layers that have to be fetched by whoever has the first image.
    pub fn added_size(&self) -> i64 {
        self.added.iter().map(|layer| layer.size).sum()
    }
}

/// Where what lies between the commits of two builds can be looked at: both have to claim the same source, which keeps its
/// web pages where it is.
pub fn commits_link(from: &Build, to: &Build) -> Option<String> {
    let source = |build: &Build| {
        let link = build.origin.repository.as_ref()?.link()?.trim_end_matches('/').to_owned();
        Some(link.strip_suffix(".git").map(str::to_owned).unwrap_or(link))
    };
    let commit = |build: &Build| {
        let commit = build.origin.commit.as_ref()?.value.clone();
        (commit.len() >= 7 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(commit)
    };
    let source = source(from).filter(|one| source(to).as_ref() == Some(one))?;
    let (first, second) = commit(from).zip(commit(to))?;
    (first != second).then(|| format!("{source}/compare/{first}...{second}"))
}

#[cfg(test)]
mod tests;
