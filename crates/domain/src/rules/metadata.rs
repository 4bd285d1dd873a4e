//! What a build says of itself, as rules compare it.

use crate::builds::{Build, Claim, Origin};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// How full names of refs begin.
pub(super) const REFS: &str = "refs/";
/// How keys begin that look at what is vouched for alone.
const VERIFIED: &str = "verified:";
const HEADS: &str = "refs/heads/";
const TAGS: &str = "refs/tags/";

/// What a criterion looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Key {
    /// The git ref by its short name, whether a branch or a tag.
    Ref,
    Branch,
    /// A git tag.
    Tag,
    /// The tag that the image was pushed under.
    ImageTag,
    Commit,
    Repository,
    Version,
    Title,
    /// What made the CI run, such as `push` or `pull_request`.
    Event,
    /// One of these, where a CI's signed claim vouches for it.
    Verified(Vouched),
    /// What the CI said of the build by this name.
    Metadata(String),
    /// Any label or annotation of the image, by its name.
    Label(String),
}

/// What a CI's signed claims can vouch for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vouched {
    Ref,
    Branch,
    Tag,
    Commit,
    Repository,
    Event,
}

/// A text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "Use ref, branch, tag, image_tag, commit, repository, version, title, event, one of ref, branch, tag, commit, \
     repository and event after verified:, or label: or meta: with a name of up to 200 characters."
)]
pub struct KeyError;

/// A git ref, read: CI systems write `refs/heads/main`, or just `main`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GitRef<'a> {
    pub kind: RefKind,
    pub short: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefKind {
    Branch,
    Tag,
    /// Such as `refs/pull/7/merge`.
    Other,
    /// It does not say.
    Unknown,
}

/// What is compared of a build.
#[derive(Debug, Clone, Copy)]
pub struct Metadata<'a> {
    pub image_tag: &'a str,
    pub origin: &'a Origin,
}

impl<'a> GitRef<'a> {
    pub fn read(raw: &'a str) -> Self {
        let (kind, short) = if let Some(branch) = raw.strip_prefix(HEADS) {
            (RefKind::Branch, branch)
        } else if let Some(tag) = raw.strip_prefix(TAGS) {
            (RefKind::Tag, tag)
        } else if let Some(other) = raw.strip_prefix(REFS) {
            (RefKind::Other, other)
        } else {
            (RefKind::Unknown, raw)
        };
        Self { kind, short }
    }

    /// How it is called as one of these kinds, if it can be one. One that does not say what it is counts as a branch and as
    /// a tag.
    fn names(self, kinds: &[RefKind], full: bool) -> Vec<Cow<'a, str>> {
        let Self { kind, short } = self;
        let can_be = |one: RefKind| kind == one || (kind == RefKind::Unknown && one != RefKind::Other);
        let mut kinds = kinds.iter().copied().filter(|one| can_be(*one));
        if !full {
            return kinds.next().map(|_| Cow::Borrowed(short)).into_iter().collect();
        }
        let name = |kind: RefKind| match kind {
            RefKind::Branch => format!("{HEADS}{short}"),
            RefKind::Tag => format!("{TAGS}{short}"),
            RefKind::Other | RefKind::Unknown => format!("{REFS}{short}"),
        };
        kinds.map(|kind| Cow::Owned(name(kind))).collect()
    }
}

impl<'a> Metadata<'a> {
    pub fn of(build: &'a Build) -> Self {
        Self { image_tag: build.tag.as_str(), origin: &build.origin }
    }

    /// What there is to compare under a key; `full` asks for refs by their full names, `refs/…`.
    pub(super) fn values(&self, key: &Key, full: bool) -> Vec<Cow<'a, str>> {
        let vouched = match key {
            Key::Verified(vouched) => Some(vouched.key()),
            _ => None,
        };
        let (key, verified) = (vouched.as_ref().unwrap_or(key), vouched.is_some());
        let claim = |claim: &'a Option<Claim>| {
            let counts = claim.as_ref().filter(|claim| claim.verified || !verified);
            counts.map(|claim| claim.value.as_str())
        };
        let git_ref = claim(&self.origin.git_ref).map(GitRef::read);
        let names = |kinds: &[RefKind]| git_ref.map(|of| of.names(kinds, full)).unwrap_or_default();
        let value = match key {
            Key::Ref => return names(&[RefKind::Branch, RefKind::Tag, RefKind::Other]),
            Key::Branch => return names(&[RefKind::Branch]),
            Key::Tag => return names(&[RefKind::Tag]),
            Key::ImageTag => Some(self.image_tag),
            Key::Commit => claim(&self.origin.commit),
            Key::Repository => claim(&self.origin.repository),
            Key::Version => claim(&self.origin.version),
            Key::Title => claim(&self.origin.title),
            // The key of what is vouched for is never of this kind itself.
            Key::Verified(_) => None,
            Key::Event => claim(&self.origin.event),
            Key::Metadata(name) => self.origin.metadata.get(name).map(String::as_str),
            Key::Label(name) => self.origin.labels.get(name).map(String::as_str),
        };
        value.into_iter().map(Cow::Borrowed).collect()
    }
}

impl Key {
    /// The keys that have a name of their own.
    pub const NAMED: [Self; 9] = [
        Self::Ref,
        Self::Branch,
        Self::Tag,
        Self::ImageTag,
        Self::Commit,
        Self::Repository,
        Self::Version,
        Self::Title,
        Self::Event,
    ];

    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let named = |name: &str| {
            let name = name.trim();
            let right = (1..=200).contains(&name.chars().count()) && crate::words::is_plain(name);
            if right { Ok(name.to_owned()) } else { Err(KeyError) }
        };
        if let Some(name) = text.strip_prefix("label:") {
            return named(name).map(Self::Label);
        }
        if let Some(name) = text.strip_prefix("meta:") {
            return named(name).map(Self::Metadata);
        }
        if let Some(name) = text.strip_prefix(VERIFIED) {
            let vouched = Vouched::ALL.into_iter().find(|vouched| vouched.key().to_string() == name);
            return vouched.map(Self::Verified).ok_or(KeyError);
        }
        Self::NAMED.into_iter().find(|key| key.to_string() == text).ok_or(KeyError)
    }

    /// As people read it.
    pub fn words(&self) -> String {
        match self {
            Self::Ref => "git ref".to_owned(),
            Self::Tag => "git tag".to_owned(),
            Self::ImageTag => "image tag".to_owned(),
            Self::Verified(vouched) => format!("verified {}", vouched.key().words()),
            Self::Label(name) => format!("label {name}"),
            Self::Metadata(name) => format!("metadata {name}"),
            other => other.to_string(),
        }
    }
}

impl Vouched {
    pub const ALL: [Self; 6] =
        [Self::Ref, Self::Branch, Self::Tag, Self::Commit, Self::Repository, Self::Event];

    /// The key of the same, whether or not it is vouched for.
    const fn key(self) -> Key {
        match self {
            Self::Ref => Key::Ref,
            Self::Branch => Key::Branch,
            Self::Tag => Key::Tag,
            Self::Commit => Key::Commit,
            Self::Repository => Key::Repository,
            Self::Event => Key::Event,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ref => f.write_str("ref"),
            Self::Branch => f.write_str("branch"),
            Self::Tag => f.write_str("tag"),
            Self::ImageTag => f.write_str("image_tag"),
            Self::Commit => f.write_str("commit"),
            Self::Repository => f.write_str("repository"),
            Self::Version => f.write_str("version"),
            Self::Title => f.write_str("title"),
            Self::Event => f.write_str("event"),
            Self::Verified(vouched) => write!(f, "{VERIFIED}{}", vouched.key()),
            Self::Label(name) => write!(f, "label:{name}"),
            Self::Metadata(name) => write!(f, "meta:{name}"),
        }
    }
}

impl TryFrom<String> for Key {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        Self::parse(&text)
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}
