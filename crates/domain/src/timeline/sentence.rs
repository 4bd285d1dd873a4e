//! How an event is told: a sentence in parts, so that a page can link what it names. Each noun tells of itself.

mod builds;
mod machines;
mod people;
mod projects;
mod promotions;
mod proposals;
mod telling;
mod workflows;

use super::{Change, Event};
use crate::access::Place;
use crate::digests::Digest;
use crate::ids::PersonId;
use crate::references::Tag;
use crate::slugs::Slug;
use serde::{Deserialize, Serialize};
use telling::Telling;

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum Part {
    Text {
        text: String,
    },
    /// A name that has no page.
    Name {
        text: String,
    },
    Build {
        digest: Digest,
        tag: Tag,
    },
    Project {
        project: Slug,
    },
    Integration {
        project: Slug,
        integration: Slug,
    },
    Bucket {
        bucket: Slug,
    },
    Promotion {
        project: Slug,
        number: i64,
    },
    ReleaseSet {
        project: Slug,
        number: i64,
    },
}

impl Part {
    /// The part in plain text.
    pub fn text(&self) -> String {
        match self {
            Self::Text { text } | Self::Name { text } => text.clone(),
            Self::Build { digest, tag } => format!("{tag} ({})", digest.short()),
            Self::Project { project } => project.to_string(),
            Self::Integration { project, integration } => format!("{project}/{integration}"),
            Self::Bucket { bucket } => bucket.to_string(),
            Self::Promotion { number, .. } => format!("#{number}"),
            Self::ReleaseSet { number, .. } => format!("release set {number}"),
        }
    }
}

/// The sentence in plain text.
pub fn plain(parts: &[Part]) -> String {
    parts.iter().map(Part::text).collect()
}

/// Tells an event after the name of who did it: “promoted 1.4.2 from qa to staging in shop/checkout”.
/// `name` finds a person's name, `place` the words for a place where a role is bound.
pub fn tell(event: &Event, name: impl Fn(PersonId) -> String, place: impl Fn(&Place) -> String) -> Vec<Part> {
    let mut told = Telling { event, names: &name, places: &place, parts: Vec::new() };
    let nouns: [fn(&mut Telling<'_>, &Change) -> bool; 7] = [
        builds::tell,
        promotions::tell,
        workflows::tell,
        projects::tell,
        machines::tell,
        people::tell,
        proposals::tell,
    ];
    if !nouns.iter().any(|tell| tell(&mut told, &event.change)) {
        told.text(&format!("made the change “{}”", event.change.words()));
    }
    told.parts
}

/// “no token”, “1 token” or “2 tokens”.
fn several(count: u64, what: &str) -> String {
    match count {
        0 => format!("no {what}"),
        1 => format!("1 {what}"),
        more => format!("{more} {what}s"),
    }
}
