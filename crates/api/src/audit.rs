//! Proof of the audit log. Hashes, roots and signatures are in the formats of RFC 6962 and <https://c2sp.org>.

use crate::timeline::TimelineEntry;
use crate::times::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use towpath_domain::timeline::canonical::PersonalText;
use utoipa::ToSchema;

/// An event, with the proof that it is in the log. It is verified offline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditReceipt {
    /// The event's place in the log, from 1.
    pub seq: i64,
    /// The event as it was logged. SHA-256 of a zero byte and these bytes, as UTF-8, is its leaf in the tree.
    pub bytes: String,
    pub openings: Vec<AuditOpening>,
    /// The way from the leaf to a signed checkpoint, as <https://c2sp.org/tlog-proof> writes it.
    pub proof: String,
}

/// A text to which the bytes commit by `{"$sealed": …}` in its stead. Absent where it was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditOpening {
    /// SHA-256 of the salt and the text, in hexadecimal.
    pub sealed: String,
    /// 16 bytes in hexadecimal.
    pub salt: String,
    pub text: String,
}

/// That a log begins with a smaller one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditConsistency {
    pub from: i64,
    pub to: i64,
    /// Hashes in base64, as RFC 6962 §2.1.2 lists them.
    pub proof: Vec<String>,
}

/// A key by which the log is signed, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditKey {
    /// The public key, as `NAME+ID+KEY`.
    pub key: String,
    pub made_at: Timestamp,
    /// A checkpoint that was signed by this key and by the one before it; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<String>,
}

/// A line of an export of the timeline: an event, or before the first one the newest checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum TimelineLine {
    Event(Box<LoggedEvent>),
    Signed { checkpoint: String },
}

/// An event of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoggedEvent {
    #[serde(flatten)]
    pub entry: TimelineEntry,
    /// The event as it was logged.
    pub bytes: String,
    /// The hash that the log's tree holds for it, in hexadecimal; absent where it is not in the tree yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaf: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub openings: Vec<AuditOpening>,
}

impl AuditOpening {
    /// Those of some texts that were not erased.
    pub fn list(personal: Vec<PersonalText>) -> Vec<Self> {
        let opening = |PersonalText { commitment, salt, text }: PersonalText| {
            Some(Self { sealed: commitment, salt: hex::encode(salt), text: text? })
        };
        personal.into_iter().filter_map(opening).collect()
    }

    /// The text with its salt, if that is one.
    pub fn personal(&self) -> Option<PersonalText> {
        let salt = hex::decode(&self.salt).ok()?.try_into().ok()?;
        Some(PersonalText { commitment: self.sealed.clone(), salt, text: Some(self.text.clone()) })
    }
}

impl AuditConsistency {
    pub fn new(from: i64, to: i64, proof: &[[u8; 32]]) -> Self {
        Self { from, to, proof: proof.iter().map(|hash| STANDARD.encode(hash)).collect() }
    }

    /// The proof's hashes, if they are some.
    pub fn hashes(&self) -> Option<Vec<[u8; 32]>> {
        self.proof.iter().map(|hash| STANDARD.decode(hash).ok()?.try_into().ok()).collect()
    }
}
