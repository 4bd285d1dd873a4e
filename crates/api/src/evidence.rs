//! Evidence: what is said about builds, and what trust roots make of it.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::evidence as domain;
use utoipa::ToSchema;

/// One thing that is said about a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// The manifest that it lies in, and the layer itself.
    pub manifest: String,
    pub content: String,
    /// Bytes of the layer.
    pub size: i64,
    #[serde(flatten)]
    pub said: Said,
    pub signed: bool,
    /// Whether any trust root vouches for it.
    pub counts: bool,
    pub judged: Vec<JudgedEvidence>,
    pub received_at: Timestamp,
}

/// What it says, by its own word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Said {
    Signature,
    /// How it was built (SLSA); empty where it does not tell.
    Provenance {
        builder: String,
        source: String,
        revision: String,
    },
    /// What is in it (SBOM), in the format `spdx` or `cyclonedx`.
    Contents {
        format: String,
        packages: u64,
    },
    Attestation {
        predicate: String,
    },
    Artifact {
        media_type: String,
    },
}

/// What one trust root makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JudgedEvidence {
    pub trust_root: String,
    pub counts: bool,
    /// The key, or the name in the certificate; absent where it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it was signed, where a transparency log tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
    /// Why it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl From<domain::EvidenceLine> for Evidence {
    fn from(line: domain::EvidenceLine) -> Self {
        let counts = line.counts();
        let domain::EvidenceLine { statement, judged } = line;
        Self {
            manifest: statement.manifest.to_string(),
            content: statement.content.to_string(),
            size: statement.size,
            said: statement.said.into(),
            signed: statement.signed,
            counts,
            judged: judged.into_iter().map(JudgedEvidence::from).collect(),
            received_at: statement.at.into(),
        }
    }
}

impl From<domain::Said> for Said {
    fn from(said: domain::Said) -> Self {
        match said {
            domain::Said::Signature => Self::Signature,
            domain::Said::Provenance { builder, source, revision } => {
                Self::Provenance { builder, source, revision }
            }
            domain::Said::Contents { format, packages } => {
                Self::Contents { format: format.title().to_lowercase(), packages }
            }
            domain::Said::Attestation { predicate } => Self::Attestation { predicate },
            domain::Said::Artifact { media_type } => Self::Artifact { media_type },
        }
    }
}

impl From<domain::Judged> for JudgedEvidence {
    fn from(domain::Judged { root, finding }: domain::Judged) -> Self {
        let trust_root = root.into();
        match finding {
            domain::Finding::Counts { by, at } => Self {
                trust_root,
                counts: true,
                by: Some(by),
                signed_at: at.map(Timestamp::from),
                reason: None,
            },
            domain::Finding::Fails(flaw) => {
                Self { trust_root, counts: false, by: None, signed_at: None, reason: Some(flaw.to_string()) }
            }
        }
    }
}
