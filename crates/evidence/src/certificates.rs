//! Certificates that name who signed, as Fulcio issues them for minutes (sigstore/fulcio, `docs/oid-info.md` and
//! `docs/certificate-specification.md`).

use crate::roots::ALGORITHMS;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use std::time::Duration;
use towpath_domain::times::Time;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_cert::Certificate;
use x509_cert::der::asn1::Utf8StringRef;
use x509_cert::der::{Decode, oid::ObjectIdentifier};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// “Code signing” (RFC 5280 §4.2.1.12), as the bytes of its object identifier.
const CODE_SIGNING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03];
/// Who issued the identity: as a UTF-8 string, and, in older certificates, as bare bytes.
const ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.8");
const OLD_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.1");

/// How many certificates an authority has at most, and how many may lie between it and a signer's.
const MOST: usize = 10;

/// Those who issue certificates that are trusted, each by itself.
#[derive(Debug)]
pub(crate) struct Authority(Vec<TrustAnchor<'static>>);

/// Whom a certificate names, and by whose word.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub subject: String,
    pub issuer: String,
}

/// Why a certificate does not vouch for a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    NotValidThen,
    Other,
}

impl Authority {
    pub(crate) fn parse(pem: &str) -> Option<Self> {
        let certificates: Result<Vec<CertificateDer<'static>>, _> =
            CertificateDer::pem_slice_iter(pem.as_bytes()).take(MOST + 1).collect();
        let certificates = certificates.ok()?;
        let anchor =
            |certificate: &CertificateDer| Some(anchor_from_trusted_cert(certificate).ok()?.to_owned());
        let anchors: Option<Vec<_>> = certificates.iter().map(anchor).collect();
        anchors.filter(|anchors| (1..=MOST).contains(&anchors.len())).map(Self)
    }

    /// Whether it issued a certificate for signing, over others if need be, that was valid at a time.
    pub(crate) fn issued(
        &self,
        certificate: &CertificateDer,
        between: &[CertificateDer],
        at: Time,
    ) -> Result<(), Unfit> {
        let entity = EndEntityCert::try_from(certificate).map_err(|_| Unfit::Other)?;
        let seconds = u64::try_from(at.micros() / 1_000_000).map_err(|_| Unfit::NotValidThen)?;
        let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let between = &between[..between.len().min(MOST)];
        let usage = KeyUsage::required(CODE_SIGNING);
        let path = entity.verify_for_usage(&ALGORITHMS, &self.0, between, at, usage, None, None);
        match path {
            Ok(_) => Ok(()),
            Err(webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. }) => {
                Err(Unfit::NotValidThen)
            }
            Err(_) => Err(Unfit::Other),
        }
    }
}

/// Whether the key of a certificate signed a message.
pub(crate) fn signed(certificate: &CertificateDer, message: &[u8], signature: &[u8]) -> bool {
    let Ok(entity) = EndEntityCert::try_from(certificate) else { return false };
    ALGORITHMS.iter().any(|algorithm| entity.verify_signature(*algorithm, message, signature).is_ok())
}

/// Whom a certificate names: it has to name exactly one, so that none is taken for another.
pub(crate) fn named(certificate: &CertificateDer) -> Option<Named> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let parsed = certificate.tbs_certificate();
    let (_, SubjectAltName(names)) = parsed.get_extension::<SubjectAltName>().ok()??;
    let [name] = names.as_slice() else { return None };
    let subject = match name {
        GeneralName::Rfc822Name(name)
        | GeneralName::DnsName(name)
        | GeneralName::UniformResourceIdentifier(name) => name.as_str(),
        _ => return None,
    };
    let of = |oid: ObjectIdentifier| {
        let mut found = parsed.extensions()?.iter().filter(move |extension| extension.extn_id == oid);
        // One that stands there twice could be read in two ways.
        found.next().filter(|_| found.next().is_none()).map(|extension| extension.extn_value.as_bytes())
    };
    let issuer = match (of(ISSUER), of(OLD_ISSUER)) {
        (Some(bytes), _) => Utf8StringRef::from_der(bytes).ok()?.as_str().to_owned(),
        (None, Some(bytes)) => std::str::from_utf8(bytes).ok()?.to_owned(),
        (None, None) => return None,
    };
    Some(Named { subject: subject.to_owned(), issuer })
}

/// The first certificate in PEM.
pub(crate) fn from_pem(pem: &str) -> Option<CertificateDer<'static>> {
    CertificateDer::from_pem_slice(pem.as_bytes()).ok()
}

/// Certificates in PEM, up to the first that is none.
pub(crate) fn chain_from_pem(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).take(MOST).map_while(Result::ok).collect()
}
