//! Holding what a layer says against a trust root.

use crate::certificates::{Authority, Named, Unfit, named, signed};
use crate::log::Seen;
use crate::reading::{Certificate, Read, Signed};
use crate::roots::{Key, Kind, Root};
use rustls_pki_types::CertificateDer;
use towpath_domain::digests::Digest;
use towpath_domain::evidence::{Finding, Flaw};
use towpath_domain::publishers::like;
use towpath_domain::times::Time;
use towpath_domain::words::brief;

/// The image that something is kept beside.
#[derive(Debug, Clone, Copy)]
pub struct Image<'a> {
    pub digest: &'a Digest,
    /// Its manifest, where it is stored here.
    pub content: Option<&'a [u8]>,
}

/// The bytes that were signed, and those that a transparency log goes by.
struct Message<'a> {
    bytes: &'a [u8],
    payload: &'a [u8],
}

impl Read {
    /// Whether a trust root vouches for it, being about this image. `arrived_at` is when it came here, which counts as when
    /// it was signed where the root goes by no transparency log. Absent for what nobody signed.
    pub fn verify(&self, root: &Root, image: Image, arrived_at: Time) -> Option<Finding> {
        let signed = self.signed.as_ref()?;
        Some(match signed.check(root, image, arrived_at) {
            Ok((by, at)) => Finding::Counts { by: brief(&by, 300), at },
            Err(flaw) => Finding::Fails(flaw),
        })
    }
}

impl Signed {
    fn check(&self, root: &Root, image: Image, arrived_at: Time) -> Result<(String, Option<Time>), Flaw> {
        if !self.about.is(image.digest) {
            return Err(Flaw::OtherImage { named: self.about.words() });
        }
        let message = match (&self.message, image.content) {
            (Some(bytes), _) => Message { bytes, payload: &self.payload },
            (None, Some(content)) if Digest::of(image.digest.algorithm(), content) == *image.digest => {
                Message { bytes: content, payload: content }
            }
            (None, _) => return Err(Flaw::NoContent),
        };
        match &root.0 {
            Kind::Key(key) => {
                let found = self.signatures.iter().any(|signature| key.signed(message.bytes, signature));
                let by = || (format!("the key {}", &key.fingerprint()[..12]), None);
                found.then(by).ok_or(Flaw::OtherKey)
            }
            Kind::Identity { issuer, subject, authority, log } => {
                let certificate = match &self.certificate {
                    Certificate::None => return Err(Flaw::NoCertificate),
                    Certificate::Unreadable => return Err(Flaw::Certificate),
                    Certificate::Of(certificate) => certificate,
                };
                let at =
                    self.check_certificate(certificate, authority, log.as_ref(), &message, arrived_at)?;
                let by = named(certificate).ok_or(Flaw::Certificate)?;
                check_name(&by, issuer, subject)?;
                Ok((by.subject, log.is_some().then_some(at)))
            }
        }
    }

    /// Whether the certificate's key signed it while the authority vouched for that, and when.
    fn check_certificate(
        &self,
        certificate: &CertificateDer,
        authority: &Authority,
        log: Option<&Key>,
        message: &Message,
        arrived_at: Time,
    ) -> Result<Time, Flaw> {
        let signature = self.signatures.iter().find(|one| signed(certificate, message.bytes, one));
        let signature = signature.ok_or(Flaw::OtherKey)?;
        let at = match log {
            None => arrived_at,
            Some(log) => {
                let promise = self.promise.as_ref().ok_or(Flaw::NotInLog)?;
                let at = promise.time(log).ok_or(Flaw::NotInLog)?;
                let seen = Seen { payload: message.payload, signature, certificate };
                promise.is_of(&seen).then_some(at).ok_or(Flaw::OtherEntry)?
            }
        };
        authority.issued(certificate, &self.chain, at).map_err(|unfit| match unfit {
            Unfit::NotValidThen => Flaw::NotValidThen { at },
            Unfit::Other => Flaw::OtherAuthority,
        })?;
        Ok(at)
    }
}

fn check_name(named: &Named, issuer: &str, subject: &str) -> Result<(), Flaw> {
    if named.issuer != issuer {
        return Err(Flaw::OtherIssuer { got: brief(&named.issuer, 200) });
    }
    if !like(subject, &named.subject) {
        return Err(Flaw::OtherSubject { got: brief(&named.subject, 300) });
    }
    Ok(())
}
