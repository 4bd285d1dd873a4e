//! Content digests, as the OCI image specification writes them (descriptor.md, “Digests”).

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha512};
use std::fmt;

/// A hash algorithm that contents may be named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    Sha256,
    Sha512,
}

/// The digest of a content, such as `sha256:` followed by 64 lowercase hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest {
    algorithm: Algorithm,
    hex: String,
}

/// Why a text is not a digest that Towpath accepts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    #[error("a digest is an algorithm, a colon and hexadecimal digits, such as sha256:…")]
    Shape,
    #[error("the digest algorithm “{0}” is not supported; use sha256 or sha512")]
    Algorithm(String),
    #[error("a {0} digest has {1} lowercase hexadecimal digits")]
    Digits(&'static str, usize),
}

impl Algorithm {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// How many hexadecimal digits a digest of this algorithm has.
    pub const fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

impl Digest {
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        let (name, digits) = text.split_once(':').ok_or(DigestError::Shape)?;
        let algorithm = match name {
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            _ => return Err(DigestError::Algorithm(name.to_owned())),
        };
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digits.len() != algorithm.digits() || !digits.bytes().all(hex) {
            return Err(DigestError::Digits(algorithm.name(), algorithm.digits()));
        }
        Ok(Self { algorithm, hex: digits.to_owned() })
    }

    /// The digest of `bytes`.
    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let hex = match algorithm {
            Algorithm::Sha256 => hex::encode(Sha256::digest(bytes)),
            Algorithm::Sha512 => hex::encode(Sha512::digest(bytes)),
        };
        Self { algorithm, hex }
    }

    /// Names a hash that was computed elsewhere, for example while streaming.
    ///
    /// # Errors
    /// When the length is not the algorithm's.
    pub fn from_hash(algorithm: Algorithm, hash: &[u8]) -> Result<Self, DigestError> {
        Self::parse(&format!("{}:{}", algorithm.name(), hex::encode(hash)))
    }

    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub fn hex(&self) -> &str {
        &self.hex
    }

    /// The first twelve digits, which people compare by eye.
    pub fn short(&self) -> &str {
        &self.hex[..12]
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl TryFrom<String> for Digest {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, DigestError> {
        Self::parse(&text)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_empty_content_has_its_known_digest() {
        assert_eq!(
            Digest::of(Algorithm::Sha256, b"").to_string(),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn uppercase_other_lengths_and_other_algorithms_are_refused() {
        assert_eq!(Digest::parse("sha256"), Err(DigestError::Shape));
        assert_eq!(Digest::parse("md5:00"), Err(DigestError::Algorithm("md5".into())));
        assert_eq!(Digest::parse("sha256:00"), Err(DigestError::Digits("sha256", 64)));
        let upper = format!("sha256:{}", "A".repeat(64));
        assert_eq!(Digest::parse(&upper), Err(DigestError::Digits("sha256", 64)));
    }

    proptest! {
        #[test]
        fn a_digest_survives_its_text(bytes: Vec<u8>) {
            for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
                let digest = Digest::of(algorithm, &bytes);
                prop_assert_eq!(Digest::parse(&digest.to_string()), Ok(digest));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,140}") {
            _ = Digest::parse(&text);
        }
    }
}
