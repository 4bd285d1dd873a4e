//! Makes keys, certificates and signatures as cosign and Fulcio make them, and what Rekor promises.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    SanType,
};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::times::Time;
use towpath_domain::trust_roots::{Identity, Trusts};

pub const ISSUER: &str = "https://token.actions.githubusercontent.com";
pub const WORKFLOW: &str = "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main";
pub const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
pub const ENVELOPE: &str = "application/vnd.dsse.envelope.v1+json";
pub const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// Somebody with a key on P-256.
pub struct Signer {
    key: KeyPair,
    ring: EcdsaKeyPair,
}

impl Signer {
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let random = SystemRandom::new();
        let ring = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key.serialize_der(), &random);
        Self { ring: ring.expect("the same key"), key }
    }

    /// The public key, as `cosign.pub` has it.
    pub fn pem(&self) -> String {
        self.key.public_key_pem()
    }

    pub fn trusted(&self) -> Trusts {
        Trusts::Key { pem: self.pem() }
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.ring.sign(&SystemRandom::new(), message).expect("signs").as_ref().to_vec()
    }
}

/// Who issues certificates, such as Fulcio.
pub struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key.
pub struct Certified {
    pub signer: Signer,
    pub pem: String,
    pub der: Vec<u8>,
}

/// What a certificate says.
#[derive(Clone)]
pub struct Says {
    pub subject: SanType,
    pub issuer: &'static str,
    pub from: Time,
    pub seconds: i64,
    pub usage: ExtendedKeyUsagePurpose,
}

pub fn workflow(at: Time) -> Says {
    let subject = SanType::URI(WORKFLOW.try_into().expect("an address"));
    Says { subject, issuer: ISSUER, from: at, seconds: 600, usage: ExtendedKeyUsagePurpose::CodeSigning }
}

fn moment(at: Time) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.micros() / 1_000_000).expect("a time")
}

impl Authority {
    pub fn new(from: Time) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params.not_before, params.not_after) =
            (moment(from.plus_seconds(-86_400)), moment(from.plus_seconds(86_400 * 3_650)));
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    pub fn issue(&self, says: &Says) -> Certified {
        let signer = Signer::new();
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![says.subject.clone()];
        params.extended_key_usages = vec![says.usage.clone()];
        (params.not_before, params.not_after) =
            (moment(says.from), moment(says.from.plus_seconds(says.seconds)));
        // A UTF-8 string in DER.
        let length = u8::try_from(says.issuer.len()).expect("short");
        let content = [&[0x0c, length], says.issuer.as_bytes()].concat();
        let oid = [1, 3, 6, 1, 4, 1, 57264, 1, 8];
        params.custom_extensions = vec![CustomExtension::from_oid_content(&oid, content)];
        let certificate = params.signed_by(&signer.key, &self.issuer).expect("a certificate");
        Certified { signer, pem: certificate.pem(), der: certificate.der().to_vec() }
    }

    /// Trusts those whom its certificates name.
    pub fn trusted(&self, subject: &str, log: Option<&Signer>) -> Trusts {
        Trusts::Identity(Identity {
            issuer: ISSUER.to_owned(),
            subject: subject.to_owned(),
            certificates: self.pem.clone(),
            log_key: log.map(Signer::pem),
        })
    }
}

/// What cosign signs of an image.
pub fn payload(image: &Digest) -> String {
    json!({"critical": {"identity": {"docker-reference": ""}, "image": {"docker-manifest-digest": image.to_string()},
                        "type": "cosign container image signature"}, "optional": null})
    .to_string()
}

/// A statement about an image.
pub fn statement(image: &Digest, predicate_type: &str, predicate: &Value) -> String {
    json!({"_type": "https://in-toto.io/Statement/v1", "predicateType": predicate_type, "predicate": predicate,
           "subject": [{"name": "image", "digest": {"sha256": image.hex()}}]})
    .to_string()
}

/// SLSA provenance of a workflow's build.
pub fn provenance(image: &Digest, builder: &str, repository: &str) -> String {
    let workflow = json!({"repository": repository, "ref": "refs/heads/main"});
    let predicate = json!({
        "buildDefinition": {"buildType": "https://actions.github.io/buildtypes/workflow/v1",
                            "externalParameters": {"workflow": workflow},
                            "resolvedDependencies": [{"uri": repository, "digest": {"gitCommit": "c0ffee"}}]},
        "runDetails": {"builder": {"id": builder}}});
    statement(image, "https://slsa.dev/provenance/v1", &predicate)
}

/// A signed envelope, as DSSE has it.
pub fn envelope(signer: &Signer, kind: &str, payload: &str) -> Value {
    let message = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
    let signature = base64(signer.sign(message.as_bytes()));
    json!({"payload": base64(payload), "payloadType": kind, "signatures": [{"sig": signature}]})
}

/// What the log promises of an entry, as an annotation has it.
pub fn promise(log: &Signer, body: &Value, at: Time) -> Value {
    let (body, log_id) = (base64(body.to_string()), "00".repeat(32));
    let entry =
        json!({"body": body, "integratedTime": at.micros() / 1_000_000, "logID": log_id, "logIndex": 7});
    json!({"SignedEntryTimestamp": base64(log.sign(entry.to_string().as_bytes())), "Payload": entry})
}

/// The entry of a signature by a certificate.
pub fn entry(payload: &str, signature: &[u8], certificate: &str) -> Value {
    let hash = Digest::of(Algorithm::Sha256, payload.as_bytes());
    json!({"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": {
        "data": {"hash": {"algorithm": "sha256", "value": hash.hex()}},
        "signature": {"content": base64(signature), "publicKey": {"content": base64(certificate)}}}})
}

/// A bundle of an envelope with the certificate that signed it.
pub fn bundle(certified: &Certified, payload: &str) -> Value {
    let envelope = envelope(&certified.signer, IN_TOTO, payload);
    json!({"mediaType": BUNDLE, "dsseEnvelope": envelope,
           "verificationMaterial": {"certificate": {"rawBytes": base64(&certified.der)}, "tlogEntries": []}})
}

/// The annotations of a layer that cosign signed.
pub fn annotations(signature: &[u8], certificate: Option<&str>) -> BTreeMap<String, String> {
    let signature = ("dev.cosignproject.cosign/signature".to_owned(), base64(signature));
    let certificate = certificate.map(|pem| ("dev.sigstore.cosign/certificate".to_owned(), pem.to_owned()));
    [signature].into_iter().chain(certificate).collect()
}
