//! Builds: images pinned by digest, with where each came from.

use crate::digests::Digest;
use crate::ids::{BuildId, IntegrationId};
use crate::references::Tag;
use crate::slugs::Slug;
use crate::times::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One image of an integration. Immutable: the same digest pushed again is the same build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    pub id: BuildId,
    pub integration: IntegrationId,
    pub digest: Digest,
    /// Distinguishes builds of one digest where a CI wants them apart; mostly empty.
    pub external_id: String,
    /// The tag it was first pushed under.
    pub tag: Tag,
    pub media_type: String,
    /// Bytes of the manifest and all it refers to, as the manifests state them.
    pub size: i64,
    /// For example `linux/amd64`.
    pub platforms: Vec<String>,
    pub origin: Origin,
    pub received_at: Time,
    pub received_via: Arrival,
}

/// By which door a build came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    Push,
}

/// Where a build came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<Claim>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<Claim>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<Claim>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Claim>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Claim>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authors: Option<Claim>,
    /// Every label and annotation as it was pushed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// One field of a build's origin, and whether a signed claim of a CI vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub value: String,
    pub verified: bool,
}

/// The most labels that a build keeps, and the most bytes of one; the image itself keeps all.
const LABELS: usize = 128;
const LABEL_BYTES: usize = 4_096;

impl Origin {
    /// Reads the predefined annotation keys of the OCI image specification (annotations.md) from labels.
    pub fn from_labels(labels: impl IntoIterator<Item = (String, String)>) -> Self {
        let labels: BTreeMap<String, String> = labels
            .into_iter()
            .filter(|(key, value)| key.len() + value.len() <= LABEL_BYTES)
            .take(LABELS)
            .collect();
        let claimed = |key: &str| {
            let value = labels.get(&format!("org.opencontainers.image.{key}"))?;
            (!value.is_empty()).then(|| Claim { value: value.clone(), verified: false })
        };
        Self {
            commit: claimed("revision"),
            repository: claimed("source"),
            git_ref: claimed("ref.name"),
            version: claimed("version"),
            title: claimed("title"),
            authors: claimed("authors"),
            labels,
        }
    }
}

impl Arrival {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Push => "push",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predefined_keys_become_claims_and_all_labels_are_kept() {
        let origin = Origin::from_labels([
            ("org.opencontainers.image.revision".to_owned(), "abc123".to_owned()),
            ("org.opencontainers.image.source".to_owned(), String::new()),
            ("team".to_owned(), "payments".to_owned()),
        ]);
        assert_eq!(origin.commit, Some(Claim { value: "abc123".into(), verified: false }));
        assert_eq!(origin.repository, None);
        assert_eq!(origin.labels.len(), 3);
    }

    #[test]
    fn a_label_beyond_the_bound_is_left_out() {
        let origin = Origin::from_labels([("a".to_owned(), "x".repeat(5_000))]);
        assert!(origin.labels.is_empty());
    }
}

/// A build by its digest, wherever it is known, with its life across buckets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildView {
    pub digest: Digest,
    /// One for each integration that has it and that who looks may see.
    pub lives: Vec<Life>,
    pub now: Time,
}

/// A build in one integration, and everywhere it was ever current, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    pub project: Slug,
    pub integration: Slug,
    pub build: Build,
    pub pushed_by: String,
    pub placements: Vec<LifeLine>,
}

/// One placement in a build's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifeLine {
    pub bucket: Slug,
    pub cause: String,
    pub by: String,
    pub at: Time,
    pub reason: Option<String>,
    /// Whether it is current there now.
    pub current: bool,
}
