//! Evidence: what is kept beside images and says something about them, such as signatures, provenance and lists of contents,
//! and whether a project's trust roots vouch for it.

use crate::digests::Digest;
use crate::ids::TrustRootId;
use crate::slugs::Slug;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// What a piece of evidence says, by its own word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// Somebody signed the image.
    Signature,
    /// How it was built (SLSA). Texts are empty where it does not tell.
    Provenance { builder: String, source: String, revision: String },
    /// What is in it.
    Contents { format: ContentsFormat, packages: u64 },
    /// Something else, by the address of its kind (in-toto).
    Attestation { predicate: String },
    /// Something of which only the media type is known.
    Artifact { media_type: String },
}

/// How a list of contents (SBOM) is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentsFormat {
    Spdx,
    CycloneDx,
}

/// One thing that is said about an image: a layer of a manifest that is kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The manifest that it lies in, and the layer's place there.
    pub manifest: Digest,
    pub part: i64,
    /// The layer itself, and its bytes.
    pub content: Digest,
    pub size: i64,
    pub said: Said,
    /// Whether it is signed at all, by whomsoever.
    pub signed: bool,
    pub at: Time,
}

/// What came of holding a statement against a trust root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    Counts {
        /// The key, or the name in the certificate.
        by: String,
        /// When it was signed, where a transparency log tells.
        at: Option<Time>,
    },
    Fails(Flaw),
}

/// Why a signature does not count for a trust root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "flaw", rename_all = "snake_case")]
pub enum Flaw {
    #[error("it is about {named}, not about this image")]
    OtherImage { named: String },
    #[error("it was made with another key")]
    OtherKey,
    #[error("it was made with a key, and no certificate tells whose that is")]
    NoCertificate,
    #[error("its certificate cannot be read")]
    Certificate,
    #[error("its certificate is not of this root's authority, or not for signing")]
    OtherAuthority,
    #[error("its certificate was not valid when it was signed, {at}")]
    NotValidThen { at: Time },
    #[error("its certificate was issued to {got}")]
    OtherSubject { got: String },
    #[error("its certificate names “{got}” as the issuer of the identity")]
    OtherIssuer { got: String },
    #[error("it does not show that the transparency log of this root has seen it")]
    NotInLog,
    #[error("what it shows of the transparency log is about another signature")]
    OtherEntry,
    #[error("the image that it signs is not stored here")]
    NoContent,
}

/// A finding, by the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    pub root: Slug,
    pub finding: Finding,
}

/// A statement with what the project's trust roots make of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceLine {
    pub statement: Statement,
    pub judged: Vec<Judged>,
}

/// A statement about a build beside one trust root, as gates look at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    pub root: TrustRootId,
    pub said: Said,
    pub finding: Finding,
}

impl Said {
    /// What it is, for a line of a list.
    pub fn title(&self) -> String {
        match self {
            Self::Signature => "Signature".to_owned(),
            Self::Provenance { .. } => "Provenance".to_owned(),
            Self::Contents { format, .. } => format!("Contents ({})", format.title()),
            Self::Attestation { .. } => "Attestation".to_owned(),
            Self::Artifact { .. } => "Artifact".to_owned(),
        }
    }

    /// What it tells, in a line; empty where the title says it all.
    pub fn words(&self) -> String {
        match self {
            Self::Signature => String::new(),
            Self::Provenance { builder, source, revision } => {
                let parts = [("built by ", builder), ("from ", source), ("at ", revision)];
                let told = parts.iter().filter(|(_, text)| !text.is_empty());
                told.map(|(word, text)| format!("{word}{text}")).collect::<Vec<_>>().join(" ")
            }
            Self::Contents { packages: 1, .. } => "1 package".to_owned(),
            Self::Contents { packages, .. } => format!("{packages} packages"),
            Self::Attestation { predicate } => predicate.clone(),
            Self::Artifact { media_type } => media_type.clone(),
        }
    }
}

impl ContentsFormat {
    pub const fn title(self) -> &'static str {
        match self {
            Self::Spdx => "SPDX",
            Self::CycloneDx => "CycloneDX",
        }
    }
}

impl Finding {
    pub const fn counts(&self) -> bool {
        matches!(self, Self::Counts { .. })
    }
}

impl EvidenceLine {
    /// Whether any trust root vouches for it.
    pub fn counts(&self) -> bool {
        self.judged.iter().any(|judged| judged.finding.counts())
    }
}
