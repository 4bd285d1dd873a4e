//! Reading a layer of what is kept beside an image.

use crate::bundles;
use crate::certificates::{chain_from_pem, from_pem};
use crate::log::{Entry, Promise};
use crate::{base64, statements};
use rustls_pki_types::CertificateDer;
use serde::Deserialize;
use std::collections::BTreeMap;
use towpath_domain::digests::Digest;
use towpath_domain::evidence::{ContentsFormat, Said};
use towpath_domain::words::brief;

/// A signature on an image (cosign, `specs/SIGNATURE_SPEC.md`), which signs the layer's own bytes.
const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// A signed statement in an envelope of its own (cosign, `specs/ATTESTATION_SPEC.md`).
const ENVELOPE: &str = "application/vnd.dsse.envelope.v1+json";
/// A signature, or a signed statement, with all that it takes to check it (sigstore/protobuf-specs).
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle";
/// What a signed image says of itself.
const SIGNED_IMAGE: &str = "cosign container image signature";

const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";
const CHAIN: &str = "dev.sigstore.cosign/chain";
const PROMISE: &str = "dev.sigstore.cosign/bundle";

/// A layer of a manifest.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'a> {
    pub media_type: &'a str,
    pub annotations: &'a BTreeMap<String, String>,
    pub content: &'a [u8],
}

/// What a layer says, and the signatures that it brings.
#[derive(Debug)]
pub struct Read {
    pub said: Said,
    pub(crate) signed: Option<Signed>,
}

/// A content with signatures on it.
#[derive(Debug)]
pub(crate) struct Signed {
    /// The bytes that are signed; absent where these are the image's own.
    pub message: Option<Vec<u8>>,
    /// What the message is about, without what a format puts around it: for the transparency log.
    pub payload: Vec<u8>,
    pub about: About,
    /// Each for itself: one is enough.
    pub signatures: Vec<Vec<u8>>,
    pub certificate: Certificate,
    pub chain: Vec<CertificateDer<'static>>,
    pub promise: Option<Promise>,
}

/// The certificate that a signature came with.
#[derive(Debug)]
pub(crate) enum Certificate {
    None,
    Unreadable,
    Of(CertificateDer<'static>),
}

/// Which image it is about.
#[derive(Debug)]
pub(crate) enum About {
    Image(String),
    Statement(statements::Statement),
}

/// Whether a layer of this media type may say something about an image.
pub fn is_evidence(media_type: &str) -> bool {
    matches!(media_type, SIMPLE_SIGNING | ENVELOPE)
        || media_type.starts_with(BUNDLE)
        || list(media_type).is_some()
}

/// Reads a layer. What it claims to be and is not is an artifact like any other, and vouched for by nobody.
pub fn read(layer: Layer) -> Read {
    let found = match layer.media_type {
        SIMPLE_SIGNING => simple_signing(layer),
        ENVELOPE => envelope(layer),
        bundle if bundle.starts_with(BUNDLE) => bundles::read(layer.content),
        other => list(other)
            .and_then(|format| statements::listed(format, layer.content))
            .map(|said| Read { said, signed: None }),
    };
    let media_type = brief(layer.media_type, 200);
    found.unwrap_or(Read { said: Said::Artifact { media_type }, signed: None })
}

impl Read {
    /// Whether it brings any signature.
    pub fn is_signed(&self) -> bool {
        self.signed.as_ref().is_some_and(|signed| !signed.signatures.is_empty())
    }
}

fn list(media_type: &str) -> Option<ContentsFormat> {
    match media_type {
        "application/spdx+json" | "text/spdx+json" => Some(ContentsFormat::Spdx),
        "application/vnd.cyclonedx+json" | "application/vnd.cyclonedx" => Some(ContentsFormat::CycloneDx),
        _ => None,
    }
}

/// “Simple signing” (containers/image, `docs/containers-signature.5.md`).
#[derive(Deserialize)]
struct Payload {
    critical: Critical,
}

#[derive(Deserialize)]
struct Critical {
    #[serde(rename = "type")]
    kind: String,
    image: Image,
}

#[derive(Deserialize)]
struct Image {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

fn simple_signing(layer: Layer) -> Option<Read> {
    let Payload { critical } = serde_json::from_slice(layer.content).ok()?;
    if critical.kind != SIGNED_IMAGE {
        return None;
    }
    let signature = layer.annotations.get(SIGNATURE).and_then(|text| base64(text));
    let signed = Signed {
        message: Some(layer.content.to_vec()),
        payload: layer.content.to_vec(),
        about: About::Image(brief(&critical.image.digest, 150)),
        signatures: signature.into_iter().collect(),
        certificate: certificate(layer.annotations),
        chain: chain(layer.annotations),
        promise: promise(layer.annotations),
    };
    Some(Read { said: Said::Signature, signed: Some(signed) })
}

fn envelope(layer: Layer) -> Option<Read> {
    let envelope: bundles::Envelope = serde_json::from_slice(layer.content).ok()?;
    let more = (certificate(layer.annotations), chain(layer.annotations), promise(layer.annotations));
    envelope.read(more)
}

fn certificate(annotations: &BTreeMap<String, String>) -> Certificate {
    match annotations.get(CERTIFICATE).map(|pem| from_pem(pem)) {
        None => Certificate::None,
        Some(None) => Certificate::Unreadable,
        Some(Some(certificate)) => Certificate::Of(certificate),
    }
}

fn chain(annotations: &BTreeMap<String, String>) -> Vec<CertificateDer<'static>> {
    annotations.get(CHAIN).map(|pem| chain_from_pem(pem)).unwrap_or_default()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Promised {
    signed_entry_timestamp: String,
    payload: Entry,
}

fn promise(annotations: &BTreeMap<String, String>) -> Option<Promise> {
    let promised: Promised = serde_json::from_str(annotations.get(PROMISE)?).ok()?;
    Some(Promise { signature: base64(&promised.signed_entry_timestamp)?, entry: promised.payload })
}

impl About {
    pub(crate) fn is(&self, image: &Digest) -> bool {
        match self {
            Self::Image(digest) => *digest == image.to_string(),
            Self::Statement(statement) => statement.is_about(image),
        }
    }

    pub(crate) fn words(&self) -> String {
        match self {
            Self::Image(digest) => digest.clone(),
            Self::Statement(statement) => statement.about(),
        }
    }
}
