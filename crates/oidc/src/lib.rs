//! OpenID Connect for a relying party: finding out about a provider, sending people there, and reading what it says
//! of them when they come back.
//!
//! It also checks the tokens that CI systems make for their jobs, which is the same without a person.
//!
//! The code flow with PKCE, state and nonce (RFC 9700; OpenID Connect Core 1.0 §3.1). It knows nothing of accounts and
//! keeps nothing but what a provider publishes. Signatures are checked by `ring`, which TLS brings along.

mod claims;
mod jobs;
mod keys;
mod metadata;
mod provider;
mod tokens;

pub use claims::ClaimNames;
pub use jobs::{Issuer, JobToken};
pub use keys::Keys;
pub use provider::{Answer, Attempt, Identified, Provider, Registration};
pub use tokens::SKEW;

use towpath_domain::providers::Refused;

/// Why nobody is signed in: the reason that everyone may know, and the details for who mends it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Error {
    pub refused: Refused,
    /// Names addresses and names of claims, and nothing that a provider said.
    pub detail: String,
}

impl Error {
    fn new(refused: Refused, detail: impl Into<String>) -> Self {
        Self { refused, detail: detail.into() }
    }

    fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(Refused::Unavailable, detail)
    }
}
