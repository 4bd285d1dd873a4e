//! Trust roots: by whose signatures a project goes. Each is a public key, or an identity that a certificate authority vouches
//! for, as Sigstore's keyless signing has it. All that is needed to check a signature is uploaded, so nothing is fetched.

use crate::forms::{Check, Invalid};
use crate::ids::{ProjectId, TrustRootId};
use crate::projects::Project;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::is_plain;
use serde::{Deserialize, Serialize};

/// Someone whose signatures count in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustRoot {
    pub id: TrustRootId,
    pub project: ProjectId,
    pub slug: Slug,
    pub trusts: Trusts,
    pub created_at: Time,
}

/// What a trust root trusts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trusts", rename_all = "snake_case")]
pub enum Trusts {
    /// Whoever has the private key to this public one, in PEM (RFC 7468 §13).
    Key {
        pem: String,
    },
    Identity(Identity),
}

/// Someone whom certificates name that live for minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Who said so to the authority: the issuer of an OpenID Connect token, to the letter.
    pub issuer: String,
    /// The one name in the certificate, an address; `*` stands for any letters.
    pub subject: String,
    /// The certificates of the authority, in PEM.
    pub certificates: String,
    /// The public key of the transparency log that has to have seen the signature while the certificate was valid, in PEM.
    /// Without one, the signature has to have come here in that time.
    pub log_key: Option<String>,
}

/// A trust root as gates name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RootName {
    pub id: TrustRootId,
    pub slug: Slug,
}

/// A trust root, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrustRootForm {
    pub name: String,
    /// `key` or `identity`.
    pub kind: String,
    pub key: String,
    pub issuer: String,
    pub subject: String,
    pub certificates: String,
    pub log_key: String,
}

/// A trust root that was checked, and what its keys and certificates were read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTrustRoot<T> {
    pub slug: Slug,
    pub trusts: Trusts,
    pub read: T,
}

/// A trust root, in words for its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustRootLine {
    pub root: TrustRoot,
    /// “an ECDSA key on P-256, SHA-256 …”.
    pub about: String,
    /// The workflows whose gates ask for it, by their slugs.
    pub asked_by: Vec<Slug>,
}

/// The trust roots of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustRootsView {
    pub project: Project,
    pub roots: Vec<TrustRootLine>,
    pub may_configure: Result<(), String>,
    pub now: Time,
}

/// The largest key or set of certificates, in bytes.
const LARGEST: usize = 64 * 1024;
/// The longest issuer and subject, in bytes.
const LONGEST: usize = 500;

impl Trusts {
    /// `key` or `identity`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Key { .. } => "key",
            Self::Identity(_) => "identity",
        }
    }
}

impl TrustRoot {
    pub fn name(&self) -> RootName {
        RootName { id: self.id, slug: self.slug.clone() }
    }
}

impl TrustRootForm {
    /// Checks the form, all of it at once; `read` reads the keys and certificates, or says which fields it cannot read.
    pub fn check<T, M: ToString>(
        &self,
        read: impl FnOnce(&Trusts) -> Result<T, Vec<(&'static str, M)>>,
    ) -> Result<NewTrustRoot<T>, Invalid> {
        let mut check = Check::default();
        let slug = check.field("name", Slug::parse_new(&self.name));
        let trusts = match self.kind.as_str() {
            "key" => {
                let key = check.field("key", pem(&self.key, "Paste the public key, such as cosign.pub."));
                key.map(|pem| Trusts::Key { pem })
            }
            "identity" => self.check_identity(&mut check).map(Trusts::Identity),
            _ => {
                check.mistake("kind", "Choose what is trusted: key or identity.");
                None
            }
        };
        let read = trusts.and_then(|trusts| match read(&trusts) {
            Ok(read) => Some((trusts, read)),
            Err(unreadable) => {
                for (field, message) in unreadable {
                    check.mistake(field, message);
                }
                None
            }
        });
        check.finish(slug.zip(read).map(|(slug, (trusts, read))| NewTrustRoot { slug, trusts, read }))
    }

    fn check_identity(&self, check: &mut Check) -> Option<Identity> {
        let issuer = self.issuer.trim();
        let right = !issuer.is_empty() && issuer.len() <= LONGEST && is_plain(issuer);
        let issuer = check.field(
            "issuer",
            right.then(|| issuer.to_owned()).ok_or("Write the issuer, such as https://accounts.google.com."),
        );
        let subject = check.field("subject", subject(&self.subject));
        let certificates = check.field(
            "certificates",
            pem(&self.certificates, "Paste the certificates of the authority that issues theirs, in PEM."),
        );
        let log_key = match self.log_key.trim() {
            "" => Some(None),
            key => check.field("log_key", pem(key, "").map(Some)),
        };
        let parts = issuer.zip(subject).zip(certificates).zip(log_key);
        parts.map(|(((issuer, subject), certificates), log_key)| Identity {
            issuer,
            subject,
            certificates,
            log_key,
        })
    }
}

/// A pattern of names that says whom it means.
fn subject(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST || !is_plain(text) {
        return Err("Write the address in the certificate, such as ci@example.org or https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main. An asterisk stands for any letters.".to_owned());
    }
    // What stands before the first asterisk says whose it is; without it, strangers would be trusted.
    let fixed = text.split('*').next().unwrap_or_default();
    let host = fixed.split_once("://").map_or(fixed, |(_, rest)| rest);
    let owned = !text.contains('*') || host.contains('/') || (host.is_empty() && is_mail_domain(text));
    if owned {
        Ok(text.to_owned())
    } else {
        Err("This would fit strangers, too. Write at least the host and a slash before the first *, or a whole domain after *@.".to_owned())
    }
}

/// `*@example.org`
fn is_mail_domain(text: &str) -> bool {
    text.strip_prefix("*@").is_some_and(|domain| domain.contains('.') && !domain.contains('*'))
}

fn pem(text: &str, missing: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err(missing.to_owned()),
        long if long.len() > LARGEST => Err("Give at most 64 KiB.".to_owned()),
        text if text.contains("PRIVATE KEY-----") => {
            Err("This is a private key. Nobody but its owner should ever see it; paste the public one."
                .to_owned())
        }
        text if text.contains('\0') => Err("This is not PEM: it has no lines of text.".to_owned()),
        text => Ok(format!("{text}\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(kind: &str) -> TrustRootForm {
        TrustRootForm {
            name: "release".into(),
            kind: kind.into(),
            key: "-----BEGIN PUBLIC KEY-----".into(),
            issuer: "https://token.actions.githubusercontent.com".into(),
            subject: "https://github.com/acme/*".into(),
            certificates: "-----BEGIN CERTIFICATE-----".into(),
            log_key: String::new(),
        }
    }

    fn mistakes(form: &TrustRootForm) -> Vec<String> {
        match form.check(|_| Ok::<_, Vec<(&str, String)>>(())) {
            Ok(_) => Vec::new(),
            Err(invalid) => invalid.errors().iter().map(|error| error.field.clone()).collect(),
        }
    }

    #[test]
    fn a_form_says_all_that_is_trusted() {
        assert_eq!(mistakes(&form("key")), [""; 0]);
        assert_eq!(mistakes(&form("identity")), [""; 0]);
        assert_eq!(mistakes(&form("")), ["kind"]);
        let empty = TrustRootForm { kind: "identity".into(), ..TrustRootForm::default() };
        assert_eq!(mistakes(&empty), ["name", "issuer", "subject", "certificates"]);
    }

    #[test]
    fn what_cannot_be_read_is_told_beside_a_wrong_name() {
        let form = TrustRootForm { name: "Release!".into(), ..form("key") };
        let invalid = form.check(|_| Err::<(), _>(vec![("key", "no key")])).expect_err("both are wrong");
        let fields: Vec<&str> = invalid.errors().iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["name", "key"]);
    }

    #[test]
    fn a_private_key_is_refused() {
        let key = "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----".to_owned();
        assert_eq!(mistakes(&TrustRootForm { key, ..form("key") }), ["key"]);
    }

    #[test]
    fn no_pattern_fits_strangers() {
        for subject in
            ["*", "https://*", "https://github.com*", "*@*", "*example.org", "*@example", "a*@example.org"]
        {
            let form = TrustRootForm { subject: subject.into(), ..form("identity") };
            assert_eq!(mistakes(&form), ["subject"], "{subject}");
        }
        for subject in ["ci@example.org", "*@example.org", "https://github.com/acme/*@refs/heads/main"] {
            let form = TrustRootForm { subject: subject.into(), ..form("identity") };
            assert_eq!(mistakes(&form), [""; 0], "{subject}");
        }
    }
}
