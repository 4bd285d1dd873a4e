//! ID tokens: signed words of a provider about someone (OpenID Connect Core 1.0 §2 and §3.1.3.7).

use crate::Error;
use crate::keys::{Algorithm, Keys};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;
use towpath_domain::providers::Refused;
use towpath_domain::times::Time;

/// How far a provider's clock may differ from this server's, in seconds.
pub const SKEW: i64 = 60;
/// The longest subject (§2), in characters.
const SUBJECT: usize = 255;

/// A token whose signature has not been looked at.
#[derive(Debug)]
pub struct Token {
    pub algorithm: Algorithm,
    pub kid: Option<String>,
    signed: String,
    signature: Vec<u8>,
    claims: Map<String, Value>,
}

/// What a token has to say to be for this sign-in.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    /// The audience that it must be made for.
    pub client_id: &'a str,
    /// Absent where no sign-in has begun with one.
    pub nonce: Option<&'a str>,
    pub now: Time,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl Token {
    /// Takes a token apart, as RFC 7515 §3.1 puts it together.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let malformed = |what: &str| Error::new(Refused::Malformed, format!("the ID token {what}"));
        let (signed, signature) = text.rsplit_once('.').ok_or_else(|| malformed("is none"))?;
        let (header, claims) = signed.split_once('.').ok_or_else(|| malformed("is none"))?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed("is not in base64url"));
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| malformed("has no readable header"))?;
        // Extensions that have to be understood (§4.1.11); none is.
        if header.crit.is_some() {
            return Err(malformed("demands an extension"));
        }
        let algorithm = Algorithm::parse(&header.alg).ok_or_else(|| {
            Error::new(
                Refused::Algorithm,
                "the ID token is not signed, or by an algorithm that is not accepted",
            )
        })?;
        let claims =
            serde_json::from_slice(&decode(claims)?).map_err(|_| malformed("has no readable claims"))?;
        let signature = decode(signature)?;
        Ok(Self { algorithm, kid: header.kid, signed: signed.to_owned(), signature, claims })
    }

    /// What it says, whoever wrote it.
    pub const fn unverified(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// Whether one of the keys signed it.
    pub fn is_signed(&self, keys: &Keys) -> bool {
        keys.verify(self.algorithm, self.kid.as_deref(), self.signed.as_bytes(), &self.signature)
    }

    /// The claims, if a key of the provider signed them and they are for this sign-in.
    pub fn verify(self, keys: &Keys, expected: Expected<'_>) -> Result<Map<String, Value>, Error> {
        if !self.is_signed(keys) {
            return Err(Error::new(
                Refused::Signature,
                "the ID token is signed by none of the published keys",
            ));
        }
        check(&self.claims, expected)?;
        Ok(self.claims)
    }
}

pub fn check(claims: &Map<String, Value>, expected: Expected<'_>) -> Result<(), Error> {
    let refuse = |refused, claim: &str| {
        Err(Error::new(refused, format!("the claim “{claim}” of the ID token is not as it must be")))
    };
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return refuse(Refused::Issuer, "iss");
    }
    if !is_for(claims, expected.client_id) {
        return refuse(Refused::Audience, "aud");
    }
    let seconds = |name: &str| claims.get(name).and_then(seconds);
    let now = expected.now.micros().div_euclid(1_000_000);
    if seconds("exp").is_none_or(|end| end + SKEW <= now) {
        return refuse(Refused::Expired, "exp");
    }
    if seconds("iat").is_none_or(|made| made - SKEW > now) {
        return refuse(Refused::Expired, "iat");
    }
    if claims.contains_key("nbf") && seconds("nbf").is_none_or(|begin| begin - SKEW > now) {
        return refuse(Refused::Expired, "nbf");
    }
    let nonce = text("nonce").unwrap_or_default();
    let same = |wanted: &str| bool::from(nonce.as_bytes().ct_eq(wanted.as_bytes()));
    if expected.nonce.is_some_and(|wanted| !same(wanted)) {
        return refuse(Refused::Nonce, "nonce");
    }
    let subject = text("sub").unwrap_or_default();
    if subject.is_empty() || subject.chars().count() > SUBJECT {
        return refuse(Refused::Malformed, "sub");
    }
    Ok(())
}

/// Whether a token is for a client: its only audience, or one of several and the party that it was made for.
fn is_for(claims: &Map<String, Value>, client_id: &str) -> bool {
    let party = claims.get("azp").map(|party| party.as_str() == Some(client_id));
    match claims.get("aud") {
        Some(Value::String(audience)) => audience == client_id && party != Some(false),
        Some(Value::Array(audiences)) => {
            let named = audiences.iter().any(|audience| audience.as_str() == Some(client_id));
            named && (party == Some(true) || (party.is_none() && audiences.len() == 1))
        }
        _ => false,
    }
}

/// A number of seconds, of which some providers write fractions. What does not fit is no time.
pub fn seconds(value: &Value) -> Option<i64> {
    /// The year 9999.
    const LAST: i64 = 253_402_300_800;
    let seconds = match value.as_i64() {
        Some(whole) => Some(whole),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it saturates, and what is out of bounds is left out"
        )]
        None => value.as_f64().map(|fraction| fraction as i64),
    };
    seconds.filter(|seconds| (0..LAST).contains(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;

    fn refused(change: &Value) -> Option<Refused> {
        let mut claims = json!({"iss": "https://idp", "aud": "towpath", "sub": "1", "nonce": "n",
                                "exp": NOW + 300, "iat": NOW});
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let expected = Expected {
            issuer: "https://idp",
            client_id: "towpath",
            nonce: Some("n"),
            now: Time::from_micros(NOW * 1_000_000),
        };
        check(claims.as_object().unwrap(), expected).err().map(|error| error.refused)
    }

    #[test]
    fn a_token_is_for_one_sign_in_of_one_application() {
        for right in [
            json!({}),
            json!({"aud": ["towpath"]}),
            json!({"aud": ["towpath", "other"], "azp": "towpath"}),
            json!({"azp": "towpath"}),
            json!({"exp": NOW - 59}),
            json!({"iat": NOW + 59}),
            json!({"nbf": NOW}),
            json!({"exp": 1_800_000_300.5}),
        ] {
            assert_eq!(refused(&right), None, "{right}");
        }
        for (wrong, reason) in [
            (json!({"iss": "https://idp/"}), Refused::Issuer),
            (json!({"iss": null}), Refused::Issuer),
            (json!({"aud": "other"}), Refused::Audience),
            (json!({"aud": ["towpath", "other"]}), Refused::Audience),
            (json!({"aud": ["towpath", "other"], "azp": "other"}), Refused::Audience),
            (json!({"azp": "other"}), Refused::Audience),
            (json!({"azp": 1}), Refused::Audience),
            (json!({"aud": []}), Refused::Audience),
            (json!({"exp": NOW - 60}), Refused::Expired),
            (json!({"exp": "4000000000"}), Refused::Expired),
            (json!({"exp": 1e300}), Refused::Expired),
            (json!({"exp": null}), Refused::Expired),
            (json!({"iat": NOW + 61}), Refused::Expired),
            (json!({"iat": null}), Refused::Expired),
            (json!({"nbf": NOW + 61}), Refused::Expired),
            (json!({"nbf": "soon"}), Refused::Expired),
            (json!({"nonce": "m"}), Refused::Nonce),
            (json!({"nonce": null}), Refused::Nonce),
            (json!({"sub": ""}), Refused::Malformed),
            (json!({"sub": "x".repeat(256)}), Refused::Malformed),
        ] {
            assert_eq!(refused(&wrong), Some(reason), "{wrong}");
        }
    }

    fn token(header: &Value) -> String {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        format!("{}.{}.{}", part(header), part(&json!({})), URL_SAFE_NO_PAD.encode("signature"))
    }

    #[test]
    fn only_a_signed_token_is_read() {
        let parsed = |text: &str| Token::parse(text).err().map(|error| error.refused);
        assert_eq!(parsed(&token(&json!({"alg": "RS256", "kid": "a"}))), None);
        for alg in ["none", "HS256", "RS1"] {
            assert_eq!(parsed(&token(&json!({"alg": alg}))), Some(Refused::Algorithm), "{alg}");
        }
        let demanding = token(&json!({"alg": "RS256", "crit": ["b64"]}));
        let encrypted = format!("{}.x.y", token(&json!({"alg": "RS256"})));
        for malformed in ["", "a.b", "a.b.c", "e30.e30.", demanding.as_str(), encrypted.as_str()] {
            assert_eq!(parsed(malformed), Some(Refused::Malformed), "{malformed}");
        }
    }

    #[test]
    fn nothing_is_verified_by_no_keys() {
        let token = Token::parse(&token(&json!({"alg": "RS256"}))).unwrap();
        let expected = Expected { issuer: "", client_id: "", nonce: None, now: Time::from_micros(0) };
        let error = token.verify(&Keys::default(), expected).unwrap_err();
        assert_eq!(error.refused, Refused::Signature);
    }
}
