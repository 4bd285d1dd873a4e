//! Tokens of CI jobs: the same as ID tokens, but nobody signs in, and each is good once.

use crate::Error;
use crate::keys::Keys;
use crate::metadata::{Endpoint, get};
use crate::tokens::{Expected, SKEW, Token};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, PoisonError};
use towpath_domain::providers::Refused;
use towpath_domain::times::Time;
use towpath_outgoing::Outgoing;

/// How long an issuer's keys are believed, in seconds.
const FRESH: i64 = 3_600;
/// How soon they are read again for a token that none of them signed, or after a failure, in seconds: keys change, and
/// anyone can make tokens.
const AGAIN: i64 = 60;
/// The longest token, in bytes.
const LONGEST: usize = 16 * 1024;
/// The longest id of a token, in bytes.
const ID: usize = 255;

/// An issuer whose keys are fetched, as far as they were.
#[derive(Debug)]
pub struct Issuer {
    address: String,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    keys: Option<(Arc<Keys>, Time)>,
    /// The last time that it was tried, and why that failed.
    tried: Option<(Time, Result<(), Error>)>,
}

/// What issuers of job tokens publish of themselves: they send nobody anywhere.
#[derive(Deserialize)]
struct Published {
    issuer: String,
    jwks_uri: Endpoint,
}

/// A job's token whose signature has not been looked at.
#[derive(Debug)]
pub struct JobToken(Token);

impl Issuer {
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), known: Mutex::default() }
    }

    /// The keys by which a token may be signed: as they were read lately, or anew where they are old or none of them
    /// signed it.
    pub async fn keys(&self, outgoing: &Outgoing, token: &JobToken, now: Time) -> Result<Arc<Keys>, Error> {
        if let Some(settled) = self.settled(token, now) {
            return settled;
        }
        let read = self.read(outgoing).await.map(Arc::new);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.tried = Some((now, read.as_ref().map(drop).map_err(Clone::clone)));
        match (read, &known.keys) {
            (Ok(keys), _) => {
                known.keys = Some((keys.clone(), now));
                Ok(keys)
            }
            // What was believed until now goes on, so that a short failure there stops nobody here.
            (Err(_), Some((keys, at))) if now < at.plus_seconds(2 * FRESH) => Ok(keys.clone()),
            (Err(error), _) => Err(error),
        }
    }

    /// The answer without asking the issuer, if it is not to be asked now.
    fn settled(&self, token: &JobToken, now: Time) -> Option<Result<Arc<Keys>, Error>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (tried, outcome) = known.tried.clone()?;
        let soon = now < tried.plus_seconds(AGAIN);
        match &known.keys {
            Some((keys, at)) => {
                let fits = now < at.plus_seconds(FRESH) && token.is_signed(keys);
                (fits || soon).then(|| Ok(keys.clone()))
            }
            None if soon => outcome.err().map(Err),
            None => None,
        }
    }

    async fn read(&self, outgoing: &Outgoing) -> Result<Keys, Error> {
        let address = format!("{}/.well-known/openid-configuration", self.address.trim_end_matches('/'));
        let published: Published = get(outgoing, &address, HeaderMap::new()).await?;
        if published.issuer != self.address {
            let detail = format!("{address} describes another issuer than {}", self.address);
            return Err(Error::new(Refused::Issuer, detail));
        }
        get(outgoing, published.jwks_uri.as_str(), HeaderMap::new()).await
    }
}

impl JobToken {
    /// # Errors
    /// When it cannot be read, or is signed by no algorithm that is accepted.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > LONGEST {
            return Err(Error::new(Refused::Malformed, "the token is too long"));
        }
        Token::parse(text).map(Self)
    }

    /// What it says, whoever wrote it.
    pub const fn claims(&self) -> &Map<String, Value> {
        self.0.unverified()
    }

    /// Who it says that made it.
    pub fn issuer(&self) -> &str {
        self.claims().get("iss").and_then(Value::as_str).unwrap_or_default()
    }

    pub fn is_signed(&self, keys: &Keys) -> bool {
        self.0.is_signed(keys)
    }

    /// The id by which it is good once, and until when it could be taken again: its end, and as long as clocks may differ.
    pub fn id(&self) -> Option<(&str, Time)> {
        let id = self.claims().get("jti").and_then(Value::as_str);
        let id = id.filter(|id| (1..=ID).contains(&id.len()))?;
        let end = self.claims().get("exp").and_then(crate::tokens::seconds)?;
        Some((id, Time::from_micros((end + 2 * SKEW) * 1_000_000)))
    }

    /// Whether it says that it is for that audience, and for now, whoever wrote it.
    ///
    /// # Errors
    /// The first claim that is not as it must be.
    pub fn check(&self, issuer: &str, audience: &str, now: Time) -> Result<(), Error> {
        crate::tokens::check(self.claims(), Expected { issuer, client_id: audience, nonce: None, now })
    }

    /// The claims, if one of the keys signed them, and they are of that issuer, for that audience, and for now.
    pub fn verify(
        self,
        keys: &Keys,
        issuer: &str,
        audience: &str,
        now: Time,
    ) -> Result<Map<String, Value>, Error> {
        self.0.verify(keys, Expected { issuer, client_id: audience, nonce: None, now })
    }
}
