//! A provider: sending people there, and finding out who came back.

use crate::Error;
use crate::claims::ClaimNames;
use crate::keys::Keys;
use crate::metadata::{self, Metadata, get, no_address};
use crate::tokens::{Expected, Token, seconds};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use form_urlencoded::byte_serialize;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};
use towpath_domain::providers::{Asserted, Refused};
use towpath_domain::times::Time;
use towpath_outgoing::Outgoing;

/// How long what a provider publishes is believed, in seconds.
const FRESH: i64 = 3_600;
/// How soon the keys are read again for a token that names an unknown one, in seconds: keys change, and anyone can
/// make tokens.
const AGAIN: i64 = 30;

/// What was agreed with a provider.
#[derive(Clone)]
pub struct Registration {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    /// Where the provider leads people back to.
    pub redirect_uri: String,
    /// Where it leads them after they signed out there.
    pub signed_out_uri: String,
    pub scopes: Vec<String>,
    pub claims: ClaimNames,
    /// Whether groups matter, so that they are asked for where the token has none.
    pub groups_wanted: bool,
}

/// Leaves the secret out.
impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The secrets of one sign-in.
#[derive(Clone)]
pub struct Attempt {
    pub state: String,
    pub nonce: String,
    /// The code verifier of PKCE (RFC 7636).
    pub verifier: String,
}

/// What a provider adds to the address by which it leads someone back.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    pub state: String,
    pub code: Option<String>,
    pub iss: Option<String>,
    pub error: Option<String>,
}

/// Someone who came back.
#[derive(Debug, Clone)]
pub struct Identified {
    pub asserted: Asserted,
    pub claims: Map<String, Value>,
    /// When they proved there who they are, where the token tells.
    pub auth_time: Option<Time>,
    /// Where the session at the provider ends, where it offers that.
    pub end_session: Option<String>,
}

/// A provider, with what it publishes of itself as far as it was read.
#[derive(Debug)]
pub struct Provider {
    outgoing: Outgoing,
    registration: Registration,
    known: Mutex<Option<Arc<Known>>>,
}

#[derive(Debug)]
struct Known {
    metadata: Metadata,
    keys: Keys,
    at: Time,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: Option<String>,
    access_token: Option<String>,
}

impl Provider {
    pub fn new(outgoing: Outgoing, registration: Registration) -> Self {
        Self { outgoing, registration, known: Mutex::default() }
    }

    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// The address that sends someone to the provider; to sign in anew, where the provider is not to go by what it remembers.
    pub async fn begin(&self, attempt: &Attempt, anew: bool, now: Time) -> Result<String, Error> {
        let known = self.known(now).await?;
        let mut address = known.metadata.authorization_endpoint.0.clone();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&attempt.verifier));
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.registration.client_id)
            .append_pair("redirect_uri", &self.registration.redirect_uri)
            .append_pair("scope", &self.registration.scopes.join(" "))
            .append_pair("state", &attempt.state)
            .append_pair("nonce", &attempt.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if anew {
            // With an age demanded, the token has to tell when it was (OpenID Connect Core 1.0 §3.1.2.1).
            address.query_pairs_mut().append_pair("prompt", "login").append_pair("max_age", "0");
        }
        Ok(address.into())
    }

    /// Finds out who came back from the provider with this answer to an attempt.
    pub async fn finish(&self, attempt: &Attempt, answer: &Answer, now: Time) -> Result<Identified, Error> {
        let known = self.known(now).await?;
        self.check_issuer(&known.metadata, answer)?;
        if let Some(error) = &answer.error {
            return Err(Error::new(Refused::Denied, format!("the provider answered {}", error_code(error))));
        }
        let code =
            answer.code.as_deref().ok_or_else(|| Error::new(Refused::Malformed, "the answer has no code"))?;
        let tokens = self.exchange(&known.metadata, code, &attempt.verifier).await?;
        let text =
            tokens.id_token.ok_or_else(|| Error::new(Refused::Malformed, "the answer has no ID token"))?;
        let token = Token::parse(&text)?;
        let known = self.known_with(known, token.kid.as_deref(), now).await?;
        let Registration { issuer, client_id, .. } = &self.registration;
        let mut claims =
            token.verify(&known.keys, Expected { issuer, client_id, nonce: Some(&attempt.nonce), now })?;
        // Of the signed token, whatever the user info says.
        let auth_time = claims.get("auth_time").and_then(seconds).map(|at| Time::from_micros(at * 1_000_000));
        self.complete(&known.metadata, &mut claims, tokens.access_token).await?;
        Ok(Identified {
            asserted: self.registration.claims.read(&claims),
            end_session: self.end_session(&known.metadata, &text),
            auth_time,
            claims,
        })
    }

    /// An answer that names its issuer names this one, and it names one where the provider says so (RFC 9207 §2.4).
    fn check_issuer(&self, metadata: &Metadata, answer: &Answer) -> Result<(), Error> {
        let fits = match &answer.iss {
            Some(issuer) => *issuer == self.registration.issuer,
            None => !metadata.names_issuer,
        };
        fits.then_some(()).ok_or_else(|| {
            Error::new(Refused::OtherProvider, "the answer does not name the issuer that was asked")
        })
    }

    /// Gives the code for tokens.
    async fn exchange(&self, metadata: &Metadata, code: &str, verifier: &str) -> Result<Tokens, Error> {
        let address = metadata.token_endpoint.as_str();
        let request = self.code_request(metadata, code, verifier)?;
        let answer =
            self.outgoing.send(request).await.map_err(|error| Error::unavailable(error.to_string()))?;
        if answer.status() != StatusCode::OK {
            return Err(refused_code(address, answer.status(), answer.body()));
        }
        serde_json::from_slice(answer.body())
            .map_err(|_| Error::unavailable(format!("{address} did not answer with the JSON that it should")))
    }

    /// The form that gives a code for tokens (RFC 6749 §4.1.3), with what makes this client known as the provider
    /// wants it (§2.3.1).
    fn code_request(&self, metadata: &Metadata, code: &str, verifier: &str) -> Result<Request<Bytes>, Error> {
        let Registration { client_id, client_secret, redirect_uri, .. } = &self.registration;
        let address = metadata.token_endpoint.as_str();
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("code_verifier", verifier);
        let mut request = Request::post(address)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let by = |method: &str| metadata.client_authentication.iter().any(|known| known == method);
        match client_secret {
            Some(secret) if by("client_secret_basic") || !by("client_secret_post") => {
                request = request.header(AUTHORIZATION, basic_authorization(client_id, secret));
            }
            Some(secret) => {
                form.append_pair("client_id", client_id).append_pair("client_secret", secret);
            }
            None => {
                form.append_pair("client_id", client_id);
            }
        }
        request.body(Bytes::from(form.finish())).map_err(|_| no_address(address))
    }

    /// Asks the provider's user info for what the token does not say (§5.3); what the token says stands.
    async fn complete(
        &self,
        metadata: &Metadata,
        claims: &mut Map<String, Value>,
        access_token: Option<String>,
    ) -> Result<(), Error> {
        if self.registration.claims.all_in(claims, self.registration.groups_wanted) {
            return Ok(());
        }
        let Some((address, token)) = metadata.userinfo_endpoint.as_ref().zip(access_token) else {
            return Ok(());
        };
        let bearer = HeaderValue::try_from(format!("Bearer {token}"));
        let bearer = bearer.map_err(|_| Error::new(Refused::Malformed, "the access token is no token"))?;
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer)]);
        let more: Map<String, Value> = get(&self.outgoing, address.as_str(), headers).await?;
        if more.get("sub") != claims.get("sub") {
            return Err(Error::new(
                Refused::Malformed,
                format!("{} tells of someone else", address.as_str()),
            ));
        }
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }

    fn end_session(&self, metadata: &Metadata, id_token: &str) -> Option<String> {
        let mut address = metadata.end_session_endpoint.clone()?.0;
        address
            .query_pairs_mut()
            .append_pair("id_token_hint", id_token)
            .append_pair("client_id", &self.registration.client_id)
            .append_pair("post_logout_redirect_uri", &self.registration.signed_out_uri);
        Some(address.into())
    }

    /// What the provider publishes, as it was read lately or is read now.
    async fn known(&self, now: Time) -> Result<Arc<Known>, Error> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            Some(known) if now < known.at.plus_seconds(FRESH) => Ok(known),
            _ => self.read(now).await,
        }
    }

    /// As it was, or read again where a key is not among the known ones.
    async fn known_with(&self, known: Arc<Known>, kid: Option<&str>, now: Time) -> Result<Arc<Known>, Error> {
        let missing = kid.is_some_and(|kid| !known.keys.have(kid));
        if missing && now >= known.at.plus_seconds(AGAIN) { self.read(now).await } else { Ok(known) }
    }

    async fn read(&self, now: Time) -> Result<Arc<Known>, Error> {
        let metadata = metadata::fetch(&self.outgoing, &self.registration.issuer).await?;
        let keys = get(&self.outgoing, metadata.jwks_uri.as_str(), HeaderMap::new()).await?;
        let known = Arc::new(Known { metadata, keys, at: now });
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }
}

/// HTTP Basic as RFC 6749 §2.3.1 wants it: both parts are encoded as in forms first.
fn basic_authorization(client_id: &str, secret: &str) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(secret))))
}

/// Why a code is not taken: it is none, or this client is not known (RFC 6749 §5.2).
fn refused_code(address: &str, status: StatusCode, body: &[u8]) -> Error {
    #[derive(Deserialize)]
    struct Said {
        error: String,
    }
    let said = serde_json::from_slice::<Said>(body).map(|said| error_code(&said.error)).unwrap_or_default();
    let refused = if said == "invalid_grant" { Refused::Code } else { Refused::Unavailable };
    let detail = format!("{address} answered with status {} {said}", status.as_u16());
    Error::new(refused, detail.trim_end())
}

/// A code such as `access_denied`; whatever is none is not repeated.
fn error_code(error: &str) -> String {
    let code = error.len() <= 60 && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if code { error.to_owned() } else { "with an error".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_with_any_letters_reach_the_provider() {
        let header = basic_authorization("tow:path", "p@ss wörd");
        let text = STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "tow%3Apath:p%40ss+w%C3%B6rd");
    }

    #[test]
    fn nothing_but_a_code_is_repeated() {
        assert_eq!(error_code("access_denied"), "access_denied");
        assert_eq!(error_code("<script>"), "with an error");
        let refused =
            refused_code("https://idp/token", StatusCode::BAD_REQUEST, br#"{"error":"invalid_grant"}"#);
        assert_eq!(refused.refused, Refused::Code);
        assert_eq!(refused.detail, "https://idp/token answered with status 400 invalid_grant");
        let refused = refused_code("https://idp/token", StatusCode::BAD_GATEWAY, b"<html>");
        assert_eq!(
            (refused.refused, refused.detail.as_str()),
            (Refused::Unavailable, "https://idp/token answered with status 502")
        );
    }
}
