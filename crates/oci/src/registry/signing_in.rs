//! How a registry is shown who asks: `Basic`, or `Bearer` with a token from the service that it names (distribution
//! docs, `spec/auth/token.md`).

use super::Repository;
use crate::errors::{Error, refusal};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, header};
use reqwest::Url;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::PoisonError;

/// A user name and a password, or a token in place of one.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: String,
    password: String,
}

/// What a token service gave for a scope.
pub(super) struct Granted(HeaderValue);

/// What a registry asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String> },
}

impl Credentials {
    pub fn new(user: &str, password: &str) -> Self {
        Self { user: user.to_owned(), password: password.to_owned() }
    }

    /// As the files of Docker and Podman keep them (`containers-auth.json`): `USER:PASSWORD` in base64.
    pub fn decode(text: &str) -> Option<Self> {
        let pair = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
        let (user, password) = pair.split_once(':')?;
        Some(Self::new(user, password.trim_end_matches('\0')))
    }

    pub(super) fn header(&self) -> HeaderValue {
        secret(&format!("Basic {}", STANDARD.encode(format!("{}:{}", self.user, self.password))))
    }
}

impl Granted {
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// A header's value that is not printed.
fn secret(text: &str) -> HeaderValue {
    let mut value = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("Bearer"));
    value.set_sensitive(true);
    value
}

impl Challenge {
    /// The first challenge that is understood; a registry may send several.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let texts = headers.get_all(header::WWW_AUTHENTICATE).into_iter();
        texts.filter_map(|value| value.to_str().ok()).find_map(Self::parse)
    }

    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut fields = parameters(rest);
        Some(Self::Bearer { realm: fields.remove("realm")?, service: fields.remove("service") })
    }
}

/// `name="value"` by name, in lower case (RFC 9110 §11.2); values may be quoted, and then hold commas.
fn parameters(text: &str) -> HashMap<String, String> {
    let mut fields = HashMap::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', ',', '\t']).to_ascii_lowercase();
        let (value, next) = if let Some(quoted) = after.strip_prefix('"') {
            unquote(quoted)
        } else {
            let (value, next) = after.split_once(',').unwrap_or((after, ""));
            (value.trim().to_owned(), next)
        };
        fields.insert(name, value);
        rest = next;
    }
    fields
}

/// The text up to the closing quote, and what follows that.
fn unquote(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[derive(Deserialize)]
struct Answer {
    token: Option<String>,
    access_token: Option<String>,
}

impl Repository {
    /// What to show after a challenge, if there is something.
    pub(super) async fn sign_in(&self, challenge: &Challenge) -> Result<Option<HeaderValue>, Error> {
        let inner = &self.registry.0;
        let Challenge::Bearer { realm, service } = challenge else {
            let shown = inner.credentials.as_ref().map(Credentials::header);
            return Ok(shown.inspect(|header| self.keep(Granted(header.clone()))));
        };
        let mut url = self.realm(realm)?;
        url.query_pairs_mut()
            .extend_pairs(service.iter().map(|service| ("service", service)))
            .extend_pairs(Some(self.scope()).filter(|scope| !scope.is_empty()).map(|scope| ("scope", scope)));
        let mut request = inner.client.http.get(url).timeout(super::PATIENCE);
        if let Some(credentials) = &inner.credentials {
            request = request.header(header::AUTHORIZATION, credentials.header());
        }
        let request = request.build().map_err(|error| self.unreachable(&error))?;
        let mut response = self.registry.execute(request).await?;
        if !response.status().is_success() {
            return Err(refusal(&self.registry.server(), response).await);
        }
        let bytes = self.read(&mut response, "its token service says too much").await?;
        let answer: Option<Answer> = serde_json::from_slice(&bytes).ok();
        let token = answer.and_then(|answer| answer.token.or(answer.access_token));
        let token = token.ok_or_else(|| self.unexpected("its token service sent no token"))?;
        let granted = Granted(secret(&format!("Bearer {token}")));
        let value = granted.header();
        self.keep(granted);
        Ok(Some(value))
    }

    /// Shows it from now on without being asked.
    fn keep(&self, granted: Granted) {
        let mut all = self.registry.0.granted.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(self.scope(), granted);
    }

    /// A token service is often another server; whoever pretends to be the registry by plain HTTP must not learn from it
    /// what was encrypted for the registry.
    fn realm(&self, realm: &str) -> Result<Url, Error> {
        let own = &self.registry.0.url;
        let url = Url::parse(realm).map_err(|_| self.unexpected("it names no token service"))?;
        if url.scheme() == "https" || (url.scheme() == "http" && own.scheme() == "http") {
            return Ok(url);
        }
        Err(self.unexpected(&format!("its token service {realm} is not reached by HTTPS")))
    }
}

/// Never the password.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_challenge_is_read_with_commas_and_escapes_in_its_quotes() {
        let text =
            r#"Bearer realm="https://auth.example/token",service="a \"b\"",scope="repository:x:pull,push""#;
        let expected = Challenge::Bearer {
            realm: "https://auth.example/token".to_owned(),
            service: Some("a \"b\"".to_owned()),
        };
        assert_eq!(Challenge::parse(text), Some(expected));
        let bare = Challenge::parse("bearer Realm=https://a.example/t, service=x");
        let expected = Challenge::Bearer { realm: "https://a.example/t".into(), service: Some("x".into()) };
        assert_eq!(bare, Some(expected));
        assert_eq!(Challenge::parse("Basic realm=\"x\""), Some(Challenge::Basic));
        assert_eq!(Challenge::parse("Negotiate"), None);
        assert_eq!(Challenge::parse("Bearer service=\"x\""), None);
    }

    #[test]
    fn credentials_are_read_as_they_are_kept_and_never_printed() {
        let credentials = Credentials::decode(&STANDARD.encode("ana:a:secret")).unwrap();
        assert_eq!(credentials, Credentials::new("ana", "a:secret"));
        assert!(!format!("{credentials:?}").contains("secret"));
        assert_eq!(Credentials::decode("!"), None);
    }

    proptest! {
        #[test]
        fn no_challenge_makes_the_parser_panic(text in "(Bearer |)[\\PC=\",\\\\]{0,60}") {
            _ = Challenge::parse(&text);
        }
    }
}
