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
use crate::words::brief;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is in an image, as far as it is compared. Of an index, that of one platform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// All that the build has.
    pub platforms: Vec<String>,
    pub entrypoint: Vec<String>,
    pub command: Vec<String>,
    pub user: String,
    pub working_directory: String,
    /// The names of environment variables, each with a hash of its value; what has no name is left out.
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
    /// The platform of which images were compared, where both have one in common.
    pub platform: Option<String>,
    pub platforms: Names,
    /// What is run and how: entrypoint, command, user, working directory.
    pub settings: Vec<Changed>,
    /// Environment variables, by their names.
    pub environment: Names,
    pub ports: Names,
    pub labels: Vec<Changed>,
    pub layers: Layers,
    /// Whether only the first [`TOLD`] of something are told.
    pub shortened: bool,
}

/// How many names, labels and layers of each kind are told.
pub const TOLD: usize = 200;

/// What differs between the layers of two images. Sizes are bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layers {
    pub shared: usize,
    pub shared_size: i64,
    pub added: Vec<Layer>,
    pub added_count: usize,
    pub added_size: i64,
    pub removed: Vec<Layer>,
    pub removed_count: usize,
    /// Whether both have the same ones, in another order or number.
    pub reordered: bool,
}

/// What one image has and the other does not, and what both have with another value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
}

/// A text that is another one; absent where it is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub name: String,
    pub from: Option<String>,
    pub to: Option<String>,
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

/// Compares two images, in time that grows with what they have.
pub fn compare(from: &Contents, to: &Contents) -> Difference {
    let list = |list: &[String]| {
        (!list.is_empty()).then(|| list.iter().map(|one| word(one)).collect::<Vec<_>>().join(" "))
    };
    let text = |text: &String| (!text.is_empty()).then(|| text.clone());
    let settings = [
        ("entrypoint", list(&from.entrypoint), list(&to.entrypoint)),
        ("command", list(&from.command), list(&to.command)),
        ("user", text(&from.user), text(&to.user)),
        ("working directory", text(&from.working_directory), text(&to.working_directory)),
    ];
    let names: BTreeSet<&String> = from.labels.keys().chain(to.labels.keys()).collect();
    let labels = names
        .into_iter()
        .map(|name| (name.as_str(), from.labels.get(name).cloned(), to.labels.get(name).cloned()));
    Difference {
        platform: None,
        platforms: lists(&from.platforms, &to.platforms),
        settings: changed(settings),
        environment: maps(&from.environment, &to.environment),
        ports: lists(&from.ports, &to.ports),
        labels: changed(labels),
        layers: layers(&from.layers, &to.layers),
        shortened: false,
    }
    .shortened()
}

/// A word of a command, told apart from two.
fn word(text: &str) -> String {
    let plain = !text.is_empty() && !text.contains(|one: char| one.is_whitespace() || one == '"');
    if plain { text.to_owned() } else { format!("{text:?}") }
}

fn changed<'a>(all: impl IntoIterator<Item = (&'a str, Option<String>, Option<String>)>) -> Vec<Changed> {
    let differ = all.into_iter().filter(|(_, from, to)| from != to);
    differ.map(|(name, from, to)| Changed { name: name.to_owned(), from, to }).collect()
}

fn layers(from: &[Layer], to: &[Layer]) -> Layers {
    let sizes = |layers: &[Layer]| layers.iter().map(|layer| (layer.digest.clone(), layer.size)).collect();
    let (earlier, later): (BTreeMap<Digest, i64>, BTreeMap<Digest, i64>) = (sizes(from), sizes(to));
    let only = |these: &BTreeMap<Digest, i64>, others: &BTreeMap<Digest, i64>| -> Vec<Layer> {
        let only = these.iter().filter(|(digest, _)| !others.contains_key(*digest));
        only.map(|(digest, size)| Layer { digest: digest.clone(), size: *size }).collect()
    };
    let (added, removed) = (only(&later, &earlier), only(&earlier, &later));
    let shared = later.iter().filter(|(digest, _)| earlier.contains_key(*digest)).map(|(_, size)| *size);
    Layers {
        shared: later.len() - added.len(),
        shared_size: total(shared),
        added_count: added.len(),
        added_size: total(added.iter().map(|layer| layer.size)),
        removed_count: removed.len(),
        reordered: added.is_empty() && removed.is_empty() && from != to,
        added,
        removed,
    }
}

/// Sizes are what manifests claim.
fn total(sizes: impl Iterator<Item = i64>) -> i64 {
    sizes.fold(0, i64::saturating_add)
}

fn lists(from: &[String], to: &[String]) -> Names {
    let (earlier, later): (BTreeSet<&String>, BTreeSet<&String>) =
        (from.iter().collect(), to.iter().collect());
    let only = |these: &BTreeSet<&String>, others: &BTreeSet<&String>| {
        these.difference(others).map(|one| (*one).clone()).collect()
    };
    Names { added: only(&later, &earlier), removed: only(&earlier, &later), changed: Vec::new() }
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
        let Self { platforms, settings, environment, ports, labels, layers, .. } = self;
        let same = layers.added.is_empty() && layers.removed.is_empty() && !layers.reordered;
        same && platforms.is_empty()
            && settings.is_empty()
            && environment.is_empty()
            && ports.is_empty()
            && labels.is_empty()
    }

    /// The first of each list, in words that can be shown: images may say anything.
    fn shortened(mut self) -> Self {
        let mut cut = false;
        for names in [&mut self.platforms, &mut self.environment, &mut self.ports] {
            for list in [&mut names.added, &mut names.removed, &mut names.changed] {
                cut |= list.len() > TOLD;
                list.truncate(TOLD);
                for name in list.iter_mut() {
                    *name = brief(name, NAME);
                }
            }
        }
        for layers in [&mut self.layers.added, &mut self.layers.removed] {
            cut |= layers.len() > TOLD;
            layers.truncate(TOLD);
        }
        cut |= self.labels.len() > TOLD;
        self.labels.truncate(TOLD);
        for changed in self.settings.iter_mut().chain(&mut self.labels) {
            changed.name = brief(&changed.name, NAME);
            let (from, to) = (changed.from.clone(), changed.to.clone());
            let tell = |text: Option<String>| text.map(|text| brief(&text, VALUE));
            (changed.from, changed.to) = (tell(from), tell(to));
            if changed.from == changed.to {
                changed.to = changed.to.take().map(|text| format!("{text} (differs where it is not shown)"));
            }
        }
        Self { shortened: cut, ..self }
    }
}

/// How many characters of a name and of a value are told.
const NAME: usize = 100;
const VALUE: usize = 200;

/// Where what lies between the commits of two builds can be looked at: both have to claim the same source, which keeps its
/// web pages where it is.
pub fn commits_link(from: &Build, to: &Build) -> Option<String> {
    let source = |build: &Build| {
        let link = build.origin.repository.as_ref()?.link()?.trim_end_matches('/').to_owned();
        Some(link.strip_suffix(".git").map(str::to_owned).unwrap_or(link))
    };
    let commit = |build: &Build| {
        let commit = build.origin.commit.as_ref()?.value.to_ascii_lowercase();
        ((7..=64).contains(&commit.len()) && commit.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then_some(commit)
    };
    let source = source(from).filter(|one| !one.contains(['?', '#']) && source(to).as_ref() == Some(one))?;
    let (first, second) = commit(from).zip(commit(to))?;
    // One may be the other, cut short.
    let other = !first.starts_with(&second) && !second.starts_with(&first);
    other.then(|| format!("{source}/compare/{first}...{second}"))
}

#[cfg(test)]
mod tests;
