//! What a transparency log (Rekor) promised when it saw a signature: that at this time it took in this entry
//! (sigstore/rekor, `openapi.yaml`, “signedEntryTimestamp”).

use crate::base64;
use crate::certificates::from_pem;
use crate::roots::Key;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::times::Time;

/// An entry with the log's signature on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Promise {
    pub signature: Vec<u8>,
    pub entry: Entry,
}

/// What the log signs: these fields as canonical JSON (RFC 8785), which for these few is their order by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    /// The entry itself in base64.
    pub body: String,
    /// In seconds since 1970.
    #[serde(deserialize_with = "number")]
    pub integrated_time: i64,
    /// SHA-256 of the log's key, in hexadecimal digits.
    #[serde(rename = "logID")]
    pub log_id: String,
    #[serde(deserialize_with = "number")]
    pub log_index: i64,
}

/// A number, or a text of one, as Protobuf's JSON writes long ones.
pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    number.ok_or_else(|| serde::de::Error::custom("not a number"))
}

/// A signature as the log's entry has to name it.
pub(crate) struct Seen<'a> {
    /// What was signed, without what a format puts around it.
    pub payload: &'a [u8],
    pub signature: &'a [u8],
    /// Of the certificate that it came with.
    pub certificate: &'a [u8],
}

impl Promise {
    /// When the log saw something, if it is this log that says so.
    pub(crate) fn time(&self, log: &Key) -> Option<Time> {
        let message = serde_json::to_vec(&self.entry).ok()?;
        let at = self.entry.integrated_time.checked_mul(1_000_000)?;
        log.signed(&message, &self.signature).then(|| Time::from_micros(at))
    }

    /// Whether it was this signature: with these bytes, by this certificate, on this content. An entry about another one
    /// tells nothing of when this was made.
    pub(crate) fn is_of(&self, seen: &Seen) -> bool {
        let entry = base64(&self.entry.body).and_then(|body| serde_json::from_slice::<Value>(&body).ok());
        entry.is_some_and(|entry| match entry["kind"].as_str() {
            Some("hashedrekord") => signed_hash(&entry["spec"], seen),
            Some("dsse") => signed_envelope(&entry["spec"], seen),
            Some("intoto") => signed_statement(&entry["spec"]["content"], seen),
            _ => false,
        })
    }
}

/// `hashedrekord` 0.0.1: the hash of the payload, a signature and a key.
fn signed_hash(spec: &Value, seen: &Seen) -> bool {
    let hash = &spec["data"]["hash"];
    let signature = &spec["signature"];
    hash["algorithm"] == "sha256"
        && is_hash(&hash["value"], seen.payload)
        && is_signature(&signature["content"], seen.signature)
        && is_certificate(&signature["publicKey"]["content"], seen.certificate)
}

/// `dsse` 0.0.1: the hash of the payload, and signatures each with its key.
fn signed_envelope(spec: &Value, seen: &Seen) -> bool {
    let hash = &spec["payloadHash"];
    let of = |one: &Value| {
        is_signature(&one["signature"], seen.signature) && is_certificate(&one["verifier"], seen.certificate)
    };
    hash["algorithm"] == "sha256"
        && is_hash(&hash["value"], seen.payload)
        && spec["signatures"].as_array().is_some_and(|all| all.iter().any(of))
}

/// `intoto` 0.0.2: the same, with the signature in base64 once more.
fn signed_statement(content: &Value, seen: &Seen) -> bool {
    let hash = &content["payloadHash"];
    let of = |one: &Value| {
        let inner = one["sig"].as_str().and_then(base64).and_then(|bytes| String::from_utf8(bytes).ok());
        inner.and_then(|text| base64(&text)).is_some_and(|bytes| bytes == seen.signature)
            && is_certificate(&one["publicKey"], seen.certificate)
    };
    hash["algorithm"] == "sha256"
        && is_hash(&hash["value"], seen.payload)
        && content["envelope"]["signatures"].as_array().is_some_and(|all| all.iter().any(of))
}

fn is_hash(value: &Value, payload: &[u8]) -> bool {
    value.as_str() == Some(Digest::of(Algorithm::Sha256, payload).hex())
}

fn is_signature(value: &Value, signature: &[u8]) -> bool {
    value.as_str().and_then(base64).is_some_and(|bytes| bytes == signature)
}

/// Whether a value is a certificate: PEM in base64.
fn is_certificate(value: &Value, certificate: &[u8]) -> bool {
    let pem = value.as_str().and_then(base64).and_then(|bytes| String::from_utf8(bytes).ok());
    pem.and_then(|pem| from_pem(&pem)).is_some_and(|found| found.as_ref() == certificate)
}
