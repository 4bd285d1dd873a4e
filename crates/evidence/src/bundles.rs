//! Sigstore bundles (sigstore/protobuf-specs, `sigstore_bundle.proto` as JSON) and the envelopes in them (DSSE,
//! secure-systems-lab/dsse, `protocol.md`).

use crate::base64;
use crate::log::{Entry, Promise, number};
use crate::reading::{About, Certificate, Read, Signed};
use crate::statements::Statement;
use rustls_pki_types::CertificateDer;
use serde::Deserialize;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::evidence::Said;

/// What an envelope has to hold: nothing else is taken for a statement.
const STATEMENT: &str = "application/vnd.in-toto+json";
/// How many signatures of one envelope are looked at.
const MOST: usize = 10;

/// What stands beside a signature: its certificate, those between it and the authority, and what the log promised.
type Beside = (Certificate, Vec<CertificateDer<'static>>, Option<Promise>);

/// A signed content in an envelope.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Deserialize)]
struct EnvelopeSignature {
    sig: String,
}

impl Envelope {
    pub(crate) fn read(self, (certificate, chain, promise): Beside) -> Option<Read> {
        if self.payload_type != STATEMENT {
            return None;
        }
        let payload = base64(&self.payload)?;
        let statement = Statement::read(&payload)?;
        let signatures = self.signatures.iter().take(MOST).filter_map(|one| base64(&one.sig)).collect();
        let said = statement.said(&payload);
        let signed = Signed {
            message: Some(encoded(&self.payload_type, &payload)),
            payload,
            about: About::Statement(statement),
            signatures,
            certificate,
            chain,
            promise,
        };
        Some(Read { said, signed: Some(signed) })
    }
}

/// What is signed of an envelope: its type stands in it, so that no content is taken for one of another kind.
fn encoded(kind: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    verification_material: Material,
    message_signature: Option<MessageSignature>,
    dsse_envelope: Option<Envelope>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    certificate: Option<Raw>,
    x509_certificate_chain: Option<Chain>,
    #[serde(default)]
    tlog_entries: Vec<LogEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    raw_bytes: String,
}

#[derive(Deserialize)]
struct Chain {
    certificates: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogEntry {
    #[serde(deserialize_with = "number")]
    log_index: i64,
    log_id: LogId,
    #[serde(default, deserialize_with = "number")]
    integrated_time: i64,
    inclusion_promise: Option<InclusionPromise>,
    canonicalized_body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogId {
    key_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InclusionPromise {
    signed_entry_timestamp: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageSignature {
    message_digest: Option<MessageDigest>,
    signature: String,
}

#[derive(Deserialize)]
struct MessageDigest {
    algorithm: String,
    digest: String,
}

pub(crate) fn read(content: &[u8]) -> Option<Read> {
    let Bundle { verification_material, message_signature, dsse_envelope } =
        serde_json::from_slice(content).ok()?;
    let beside = verification_material.read();
    match (dsse_envelope, message_signature) {
        (Some(envelope), None) => envelope.read(beside),
        (None, Some(signature)) => signature.read(beside),
        // Which of two was meant nobody can tell.
        _ => None,
    }
}

impl Material {
    fn read(self) -> Beside {
        let raw = |raw: Raw| base64(&raw.raw_bytes).map(CertificateDer::from);
        let mut chain: Vec<Option<CertificateDer<'static>>> =
            match (self.certificate, self.x509_certificate_chain) {
                (Some(certificate), _) => vec![raw(certificate)],
                (None, Some(chain)) => chain.certificates.into_iter().take(MOST).map(raw).collect(),
                (None, None) => Vec::new(),
            };
        let certificate = match (chain.is_empty(), chain.first_mut().and_then(Option::take)) {
            (true, _) => Certificate::None,
            (false, None) => Certificate::Unreadable,
            (false, Some(certificate)) => Certificate::Of(certificate),
        };
        let promise = self.tlog_entries.into_iter().take(MOST).find_map(LogEntry::read);
        (certificate, chain.into_iter().flatten().collect(), promise)
    }
}

impl LogEntry {
    fn read(self) -> Option<Promise> {
        let key = base64(&self.log_id.key_id)?;
        let entry = Entry {
            body: self.canonicalized_body,
            integrated_time: self.integrated_time,
            log_id: Digest::from_hash(Algorithm::Sha256, &key).ok()?.hex().to_owned(),
            log_index: self.log_index,
        };
        let signature = base64(&self.inclusion_promise?.signed_entry_timestamp)?;
        Some(Promise { signature, entry })
    }
}

impl MessageSignature {
    /// A signature on the image's own manifest.
    fn read(self, (certificate, chain, promise): Beside) -> Option<Read> {
        let digest = self.message_digest.filter(|digest| digest.algorithm == "SHA2_256")?;
        let digest = Digest::from_hash(Algorithm::Sha256, &base64(&digest.digest)?).ok()?;
        let signed = Signed {
            message: None,
            payload: Vec::new(),
            about: About::Image(digest.to_string()),
            signatures: base64(&self.signature).into_iter().collect(),
            certificate,
            chain,
            promise,
        };
        Some(Read { said: Said::Signature, signed: Some(signed) })
    }
}
