//! Trust roots: by whose signatures a project goes.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::trust_roots as domain;
use utoipa::ToSchema;

/// Someone whose signatures count in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrustRoot {
    pub name: String,
    #[serde(flatten)]
    pub trusts: Trusts,
    /// What it is, in words, with the fingerprint of a key.
    pub about: String,
    /// The workflows whose gates ask for it.
    pub asked_by: Vec<String>,
    pub created_at: Timestamp,
}

/// What a trust root trusts. Everything is given in PEM; nothing is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trusts {
    /// Whoever has the private key to a public one, such as cosign.pub.
    Key { key: String },
    /// Someone whom certificates name that live for minutes, as Fulcio issues them.
    Identity {
        /// The issuer of the identity, to the letter.
        #[schema(examples("https://token.actions.githubusercontent.com"))]
        issuer: String,
        /// The address in the certificate; `*` stands for any letters.
        #[schema(examples("https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main"))]
        subject: String,
        /// The certificates of the authority.
        certificates: String,
        /// The public key of the transparency log that has to have seen each signature; left out, a signature has to come
        /// here while its certificate is valid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        log_key: Option<String>,
    },
}

/// Someone to trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewTrustRoot {
    /// Whoever has the private key to a public one, such as cosign.pub.
    Key {
        /// Lowercase letters, digits and hyphens; gates name it so.
        name: String,
        key: String,
    },
    /// Someone whom certificates name that live for minutes, as Fulcio issues them.
    Identity {
        /// Lowercase letters, digits and hyphens; gates name it so.
        name: String,
        /// The issuer of the identity, to the letter.
        #[schema(examples("https://token.actions.githubusercontent.com"))]
        issuer: String,
        /// The address in the certificate; `*` stands for any letters.
        #[schema(examples("https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main"))]
        subject: String,
        /// The certificates of the authority.
        certificates: String,
        /// The public key of the transparency log that has to have seen each signature; left out, a signature has to come
        /// here while its certificate is valid.
        #[serde(default)]
        log_key: Option<String>,
    },
}

impl From<domain::TrustRootLine> for TrustRoot {
    fn from(line: domain::TrustRootLine) -> Self {
        let domain::TrustRootLine { root, about, asked_by } = line;
        let trusts = match root.trusts {
            domain::Trusts::Key { pem } => Trusts::Key { key: pem },
            domain::Trusts::Identity(domain::Identity { issuer, subject, certificates, log_key }) => {
                Trusts::Identity { issuer, subject, certificates, log_key }
            }
        };
        Self {
            name: root.slug.into(),
            trusts,
            about,
            asked_by: asked_by.into_iter().map(String::from).collect(),
            created_at: root.created_at.into(),
        }
    }
}

impl From<NewTrustRoot> for domain::TrustRootForm {
    fn from(new: NewTrustRoot) -> Self {
        match new {
            NewTrustRoot::Key { name, key } => Self { name, kind: "key".to_owned(), key, ..Self::default() },
            NewTrustRoot::Identity { name, issuer, subject, certificates, log_key } => Self {
                name,
                kind: "identity".to_owned(),
                issuer,
                subject,
                certificates,
                log_key: log_key.unwrap_or_default(),
                ..Self::default()
            },
        }
    }
}

impl Trusts {
    /// The form by which something of this name comes to be trusted.
    pub fn form(self, name: String) -> domain::TrustRootForm {
        match self {
            Self::Key { key } => {
                let kind = "key".to_owned();
                domain::TrustRootForm { name, kind, key, ..domain::TrustRootForm::default() }
            }
            Self::Identity { issuer, subject, certificates, log_key } => domain::TrustRootForm {
                name,
                kind: "identity".to_owned(),
                issuer,
                subject,
                certificates,
                log_key: log_key.unwrap_or_default(),
                ..domain::TrustRootForm::default()
            },
        }
    }
}

impl From<domain::TrustRootForm> for Trusts {
    fn from(form: domain::TrustRootForm) -> Self {
        let domain::TrustRootForm { kind, key, issuer, subject, certificates, log_key, .. } = form;
        if kind == "identity" {
            let log_key = Some(log_key).filter(|key| !key.is_empty());
            Self::Identity { issuer, subject, certificates, log_key }
        } else {
            Self::Key { key }
        }
    }
}
