//! Builds: images pinned by digest, with where each came from.

pub mod life;
mod order;
mod statement;

pub use statement::{AnnounceForm, MESSAGE, Statement};

use crate::digests::Digest;
use crate::ids::{BuildId, IntegrationId};
use crate::references::Tag;
use crate::times::Time;
use crate::words::is_web_address;
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
    /// The tag it was first pushed under. In a bucket it goes by the one that it came there with, see
    /// [`Build::called`].
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

impl Build {
    /// The same build by the tag that it goes by in some bucket.
    #[must_use]
    pub fn called(self, tag: &Tag) -> Self {
        Self { tag: tag.clone(), ..self }
    }
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
    /// When the commit was made, by RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub committed_at: Option<Claim>,
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
    /// The commit's message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Claim>,
    /// Who wrote the commit: `NAME <ADDRESS>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Claim>,
    /// Who made the CI run, by the CI's name for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Claim>,
    /// What made the CI run, such as `push`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Claim>,
    /// The name of the CI system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci: Option<Claim>,
    /// The CI's id of the run, and where that can be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Claim>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_link: Option<Claim>,
    /// What the CI said beside these.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
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
    /// The label in which images name the git ref that they were made from.
    pub const GIT_REF: &'static str = "org.opencontainers.image.ref.name";

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
            ..Self::default()
        }
    }
}

impl Origin {
    /// The same with what a CI's signed claims say in place of what was said of it.
    #[must_use]
    pub fn vouched(self, by: Self) -> Self {
        Self {
            commit: by.commit.or(self.commit),
            repository: by.repository.or(self.repository),
            git_ref: by.git_ref.or(self.git_ref),
            actor: by.actor.or(self.actor),
            event: by.event.or(self.event),
            ci: by.ci.or(self.ci),
            run: by.run.or(self.run),
            run_link: by.run_link.or(self.run_link),
            ..self
        }
    }

    /// Whether signed claims of a CI say from which repository and commit it was built.
    pub fn is_verified(&self) -> bool {
        let verified = |claim: &Option<Claim>| claim.as_ref().is_some_and(|claim| claim.verified);
        verified(&self.repository) && verified(&self.commit)
    }
}

impl Claim {
    /// Where the claim leads, if it is an address that a browser may be sent to.
    pub fn link(&self) -> Option<&str> {
        is_web_address(&self.value).then_some(self.value.as_str())
    }
}

impl Origin {
    /// Where the commit can be looked at, if the claimed source is kept where its web pages are.
    pub fn commit_link(&self) -> Option<String> {
        let source = self.repository.as_ref()?.link()?.trim_end_matches('/');
        let commit = &self.commit.as_ref()?.value;
        let hash = commit.len() >= 7 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        hash.then(|| format!("{}/commit/{commit}", source.strip_suffix(".git").unwrap_or(source)))
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
    fn only_an_honest_address_of_the_web_is_a_link() {
        let link = |value: &str| Claim { value: value.to_owned(), verified: false }.link().map(str::to_owned);
        assert!(link("https://git.example/acme/shop").is_some());
        for value in [
            "javascript:alert(1)",
            "git@git.example:acme/shop",
            "https://",
            "http://a b",
            "https://bank@evil.example/",
            "ftp://x",
        ] {
            assert_eq!(link(value), None, "{value}");
        }
    }

    #[test]
    fn a_commit_leads_to_its_page_where_its_source_has_one() {
        let origin = |source: &str, revision: &str| {
            Origin::from_labels([
                ("org.opencontainers.image.source".to_owned(), source.to_owned()),
                ("org.opencontainers.image.revision".to_owned(), revision.to_owned()),
            ])
        };
        let link = origin("https://git.example/acme/shop.git", "c0ffee1").commit_link();
        assert_eq!(link.as_deref(), Some("https://git.example/acme/shop/commit/c0ffee1"));
        assert_eq!(origin("https://git.example/acme/shop", "../../evil").commit_link(), None);
        assert_eq!(origin("git@git.example:acme/shop", "c0ffee1").commit_link(), None);
    }

    #[test]
    fn a_label_beyond_the_bound_is_left_out() {
        let origin = Origin::from_labels([("a".to_owned(), "x".repeat(5_000))]);
        assert!(origin.labels.is_empty());
    }
}
