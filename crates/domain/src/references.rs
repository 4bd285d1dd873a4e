//! Image references and their parts, after the grammar of the OCI distribution specification
//! (“Pulling manifests”) and of the reference implementation for the host part.

use crate::digests::{Digest, DigestError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A tag: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

/// A repository name within a registry: lowercase components joined by `/`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryName(String);

/// Where an image is: `[HOST[:PORT]/]NAME[:TAG][@DIGEST]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageReference {
    /// Registry host with an optional port; absent where the reference names none.
    pub host: Option<String>,
    pub name: RepositoryName,
    pub tag: Option<Tag>,
    pub digest: Option<Digest>,
}

/// Why a text is not an image reference, or not a part of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    #[error("a tag has 1 to 128 letters, digits, “_”, “.” or “-”, and starts with a letter, digit or “_”")]
    Tag,
    #[error("a repository name has lowercase letters and digits, joined by “.”, “_”, “__”, “-” or “/”")]
    Name,
    #[error("a repository name has at most 255 characters")]
    NameTooLong,
    #[error("“{0}” is not a registry host")]
    Host(String),
    #[error(transparent)]
    Digest(#[from] DigestError),
}

impl Tag {
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let fits = text.len() <= 128
            && text.bytes().next().is_some_and(word)
            && text.bytes().all(|byte| word(byte) || byte == b'.' || byte == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(ReferenceError::Tag) }
    }

    /// The tag that always names what is current in a bucket.
    pub fn current() -> Self {
        Self(crate::slugs::CURRENT.to_owned())
    }

    pub fn is_current(&self) -> bool {
        self.0 == crate::slugs::CURRENT
    }

    /// Whether this is a tag under which clients keep referrers for registries without the referrers
    /// API: the subject's algorithm, a hyphen and its digits, possibly with a suffix such as `.sig`.
    pub fn is_referrers_fallback(&self) -> bool {
        self.0.split_once('-').is_some_and(|(algorithm, rest)| {
            matches!(algorithm, "sha256" | "sha512")
                && rest.split('.').next().is_some_and(|digits| {
                    digits.len() >= 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
                })
        })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl RepositoryName {
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        if text.len() > 255 {
            return Err(ReferenceError::NameTooLong);
        }
        if text.split('/').all(is_name_component) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ReferenceError::Name)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_name_component(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let edges = [text.bytes().next(), text.bytes().next_back()];
    let separators =
        text.split(|character: char| character.is_ascii_lowercase() || character.is_ascii_digit());
    edges.iter().all(|edge| edge.is_some_and(word))
        && separators
            .into_iter()
            .all(|run| matches!(run, "" | "." | "_" | "__") || run.bytes().all(|byte| byte == b'-'))
}

impl ImageReference {
    /// Reads a reference. The first component is a host only if it has a dot or a port, or is
    /// `localhost`; otherwise it belongs to the name.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(Digest::parse(digest)?)),
            None => (text, None),
        };
        let (host, rest) = match rest.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => {
                (Some(parse_host(first)?), rest)
            }
            _ => (None, rest),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) => (name, Some(Tag::parse(tag)?)),
            None => (rest, None),
        };
        Ok(Self { host, name: RepositoryName::parse(name)?, tag, digest })
    }
}

fn parse_host(text: &str) -> Result<String, ReferenceError> {
    let (name, port) = match text.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (text, None),
    };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let port_fits = port.is_none_or(|port| {
        !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok()
    });
    if name.split('.').all(label) && port_fits {
        Ok(text.to_owned())
    } else {
        Err(ReferenceError::Host(text.to_owned()))
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(host) = &self.host {
            write!(f, "{host}/")?;
        }
        write!(f, "{}", self.name)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

macro_rules! text_of {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = ReferenceError;

            fn try_from(text: String) -> Result<Self, ReferenceError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    )+};
}

text_of!(Tag, RepositoryName);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(text: &str) -> (Option<String>, String, Option<String>, bool) {
        let reference = ImageReference::parse(text).expect(text);
        let tag = reference.tag.map(String::from);
        (reference.host, reference.name.into(), tag, reference.digest.is_some())
    }

    #[test]
    fn a_port_is_not_a_tag() {
        let host = Some("localhost:5000".to_owned());
        assert_eq!(parts("localhost:5000/shop"), (host.clone(), "shop".into(), None, false));
        assert_eq!(parts("localhost:5000/shop:1"), (host, "shop".into(), Some("1".into()), false));
    }

    #[test]
    fn a_first_component_without_dot_or_port_belongs_to_the_name() {
        assert_eq!(parts("shop/checkout:1"), (None, "shop/checkout".into(), Some("1".into()), false));
        assert_eq!(parts("ubuntu"), (None, "ubuntu".into(), None, false));
    }

    #[test]
    fn a_digest_may_follow_a_tag() {
        let text = format!("ghcr.io/acme/shop:1.2@sha256:{}", "0".repeat(64));
        assert_eq!(parts(&text), (Some("ghcr.io".into()), "acme/shop".into(), Some("1.2".into()), true));
    }

    #[test]
    fn what_the_grammar_forbids_is_refused() {
        for text in ["", "Shop", "a//b", "a:", ":1", "a@", "a..b", "a___b", "-a", "host.:99999/a", "a/b:x/y"]
        {
            assert!(ImageReference::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_fallback_tag_is_known_by_its_digits() {
        let digits = "a".repeat(64);
        for (text, expected) in [
            (format!("sha256-{digits}"), true),
            (format!("sha256-{digits}.sig"), true),
            ("sha256-abc".to_owned(), false),
            ("1.4.2".to_owned(), false),
        ] {
            assert_eq!(Tag::parse(&text).expect("a tag").is_referrers_fallback(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_reference_survives_its_text(
            host in proptest::option::of("[a-z]{1,5}\\.[a-z]{2,3}(:[1-9][0-9]{0,3})?"),
            name in "[a-z0-9]{1,5}([._-][a-z0-9]{1,5}){0,2}(/[a-z0-9]{1,5}){0,2}",
            tag in proptest::option::of("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,10}"),
        ) {
            let first = name.split('/').next().unwrap_or_default();
            prop_assume!(host.is_some() || !name.contains('/') || !first.contains('.'));
            let text = [
                host.map(|host| host + "/").unwrap_or_default(),
                name,
                tag.map(|tag| format!(":{tag}")).unwrap_or_default(),
            ].concat();
            prop_assert_eq!(ImageReference::parse(&text).map(|reference| reference.to_string()), Ok(text));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,80}") {
            _ = ImageReference::parse(&text);
        }
    }
}
