//! Trust roots, read from what was uploaded.

use crate::certificates::Authority;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{SignatureVerificationAlgorithm, SubjectPublicKeyInfoDer};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::trust_roots::{Identity, Trusts};
use webpki::{RawPublicKeyEntity, ring};
use x509_cert::der::{Decode, oid::ObjectIdentifier};
use x509_cert::spki::SubjectPublicKeyInfoRef;

/// Every way of signing that is known. Which of them a key can be used for, its own kind says.
pub(crate) const ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 8] = [
    ring::ECDSA_P256_SHA256,
    ring::ECDSA_P256_SHA384,
    ring::ECDSA_P384_SHA256,
    ring::ECDSA_P384_SHA384,
    ring::ED25519,
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::RSA_PKCS1_2048_8192_SHA384,
    ring::RSA_PKCS1_2048_8192_SHA512,
];

/// Someone whose signatures count.
#[derive(Debug)]
pub struct Root(pub(crate) Kind);

#[derive(Debug)]
pub(crate) enum Kind {
    Key(Key),
    Identity {
        issuer: String,
        /// A pattern.
        subject: String,
        authority: Authority,
        log: Option<Key>,
    },
}

/// A public key (RFC 5280 §4.1.2.7).
#[derive(Debug)]
pub(crate) struct Key(SubjectPublicKeyInfoDer<'static>);

/// A field of a trust root that cannot be read, and what it should hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub field: &'static str,
    pub message: &'static str,
}

const NO_KEY: &str = "This is no public key that can be used: paste one in PEM (-----BEGIN PUBLIC KEY-----), ECDSA on P-256 or P-384, \
                      Ed25519, or RSA of 2048 bits or more.";
const NO_CERTIFICATES: &str = "These are no certificates of an authority: paste up to ten of them in PEM (-----BEGIN CERTIFICATE-----).";

impl Root {
    /// Reads what was uploaded.
    ///
    /// # Errors
    /// Every field that cannot be read.
    pub fn parse(trusts: &Trusts) -> Result<Self, Vec<Mistake>> {
        let key = |field, pem: &str| Key::parse(pem).ok_or(Mistake { field, message: NO_KEY });
        Ok(Self(match trusts {
            Trusts::Key { pem } => Kind::Key(key("key", pem).map_err(|mistake| vec![mistake])?),
            Trusts::Identity(Identity { issuer, subject, certificates, log_key }) => {
                let none = Mistake { field: "certificates", message: NO_CERTIFICATES };
                let authority = Authority::parse(certificates).ok_or(none);
                let log = log_key.as_deref().map(|pem| key("log_key", pem)).transpose();
                let (issuer, subject) = (issuer.clone(), subject.clone());
                match (authority, log) {
                    (Ok(authority), Ok(log)) => Kind::Identity { issuer, subject, authority, log },
                    (authority, log) => return Err(authority.err().into_iter().chain(log.err()).collect()),
                }
            }
        }))
    }

    /// What it is, for people to compare: “an ECDSA key, SHA-256 1f2e…”.
    pub fn about(&self) -> String {
        match &self.0 {
            Kind::Key(key) => format!("{} key, SHA-256 {}", key.kind(), key.fingerprint()),
            Kind::Identity { subject, issuer, log, .. } => {
                let log = if log.is_some() { ", seen by a transparency log" } else { "" };
                format!("{subject}, as {issuer} says{log}")
            }
        }
    }
}

impl Key {
    fn parse(pem: &str) -> Option<Self> {
        let key = Self(SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).ok()?);
        key.is_usable().then_some(key)
    }

    /// A key is found out to be too short, or of another curve, only when it is used: by what goes wrong then.
    fn is_usable(&self) -> bool {
        let Ok(entity) = RawPublicKeyEntity::try_from(&self.0) else { return false };
        !self.kind().is_empty()
            && self.is_long_enough()
            && ALGORITHMS.iter().any(|algorithm| {
                !matches!(
                    entity.verify_signature(*algorithm, b"", b""),
                    Err(webpki::Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_))
                )
            })
    }

    /// Whether it signed the message, in whichever of the ways that suit it.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(entity) = RawPublicKeyEntity::try_from(&self.0) else { return false };
        ALGORITHMS.iter().any(|algorithm| entity.verify_signature(*algorithm, message, signature).is_ok())
    }

    pub(crate) fn fingerprint(&self) -> String {
        Digest::of(Algorithm::Sha256, self.0.as_ref()).hex().to_owned()
    }

    /// An RSA key of fewer than 2048 bits can be broken; what is taken as its length here is that of all of its encoding.
    fn is_long_enough(&self) -> bool {
        self.kind() != "RSA" || self.0.as_ref().len() * 8 > 2048
    }

    /// By the object identifiers of RFC 5480 §2.1.1, RFC 8410 §3 and RFC 8017 appendix C; empty for any other.
    fn kind(&self) -> &'static str {
        const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
        const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
        const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
        match SubjectPublicKeyInfoRef::from_der(self.0.as_ref()).map(|info| info.algorithm.oid) {
            Ok(EC) => "ECDSA",
            Ok(ED25519) => "Ed25519",
            Ok(RSA) => "RSA",
            _ => "",
        }
    }
}
