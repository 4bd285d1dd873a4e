//! Whether a request comes from who knows a hook's secret. Every comparison takes the same time whatever differs.

use super::receiving::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use towpath_domain::hooks::{Source, TOLERANCE};
use towpath_domain::times::Time;

/// Why a request is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Suspect {
    #[error("The header {0} is missing.")]
    Missing(&'static str),
    #[error("The signature, or the secret, is wrong.")]
    Wrong,
    #[error("The timestamp is more than five minutes away from this server's clock.")]
    Untimely,
}

/// What a known request is, beside its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The id by which the same is known again.
    pub sent_as: String,
    /// The kind of event that a header names.
    pub event: String,
}

/// Checks a request by each secret that counts.
pub fn verify(source: Source, secrets: &[String], request: &Request, now: Time) -> Result<Known, Suspect> {
    let header = |name: &'static str| request.header(name).ok_or(Suspect::Missing(name));
    let known = |sent_as: &str, event: &str| Known { sent_as: sent_as.to_owned(), event: event.to_owned() };
    match source {
        Source::Standard => {
            let (id, timestamp) = (header("webhook-id")?, header("webhook-timestamp")?);
            let signatures = header("webhook-signature")?;
            let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", request.body].concat();
            expect(secrets.iter().any(|secret| {
                let key = secret.strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok());
                key.is_some_and(|key| {
                    let expected = format!("v1,{}", STANDARD.encode(hmac(&key, &signed)));
                    signatures.split(' ').any(|signature| same(signature, &expected))
                })
            }))?;
            // Judged after the signature, so that nobody learns anything without it.
            let seconds: i64 = timestamp.parse().map_err(|_| Suspect::Untimely)?;
            let away = now.micros() / 1_000_000 - seconds;
            if (-TOLERANCE..=TOLERANCE).contains(&away) { Ok(known(id, "")) } else { Err(Suspect::Untimely) }
        }
        Source::Github => {
            let signature = header("x-hub-signature-256")?;
            expect(secrets.iter().any(|secret| {
                let expected = format!("sha256={}", hex::encode(hmac(secret.as_bytes(), request.body)));
                same(signature, &expected)
            }))?;
            let id = header("x-github-delivery")?;
            Ok(known(id, request.header("x-github-event").unwrap_or_default()))
        }
        Source::Distribution | Source::Harbor => {
            let given = header("authorization")?;
            expect(secrets.iter().any(|secret| {
                // Harbor sends what is typed there, whether or not somebody wrote the scheme.
                same(given, &format!("Bearer {secret}")) | (source == Source::Harbor && same(given, secret))
            }))?;
            // They number nothing: the same body is the same webhook.
            Ok(known(&hex::encode(Sha256::digest(request.body)), ""))
        }
    }
}

fn expect(genuine: bool) -> Result<(), Suspect> {
    if genuine { Ok(()) } else { Err(Suspect::Wrong) }
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// Compares hashes, so that not even the length of what is right shows.
fn same(one: &str, other: &str) -> bool {
    let hash = |text: &str| Sha256::digest(text.as_bytes());
    hash(one).ct_eq(&hash(other)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_micros(1_800_000_000_000_000);
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn judged(source: Source, secret: &str, headers: &[(&str, &str)], body: &str) -> Result<Known, Suspect> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Request { headers, body: body.as_bytes() };
        verify(source, &["another".to_owned(), secret.to_owned()], &request, NOW)
    }

    #[test]
    fn a_standard_webhook_is_known_by_its_signature_in_time() {
        let sign = |timestamp: &str| {
            let key = STANDARD.decode(SECRET.trim_start_matches("whsec_")).unwrap();
            format!("v1,{}", STANDARD.encode(hmac(&key, format!("msg_1.{timestamp}.{{}}").as_bytes())))
        };
        let send = |timestamp: &str, signature: &str, body: &str| {
            let headers =
                [("webhook-id", "msg_1"), ("webhook-timestamp", timestamp), ("webhook-signature", signature)];
            judged(Source::Standard, SECRET, &headers, body)
        };
        let (now, old) = ("1800000000", "1799999699");
        assert_eq!(send(now, &sign(now), "{}").unwrap().sent_as, "msg_1");
        assert_eq!(send(now, &format!("v1a,x {}", sign(now)), "{}").unwrap().sent_as, "msg_1");
        assert_eq!(send(now, &sign(now), "{ }"), Err(Suspect::Wrong));
        assert_eq!(send(now, &sign(old), "{}"), Err(Suspect::Wrong));
        assert_eq!(send(now, "", "{}"), Err(Suspect::Wrong));
        assert_eq!(send(old, &sign(old), "{}"), Err(Suspect::Untimely));
        assert_eq!(send("1800000301", &sign("1800000301"), "{}"), Err(Suspect::Untimely));
        assert_eq!(judged(Source::Standard, SECRET, &[], "{}"), Err(Suspect::Missing("webhook-id")));
    }

    #[test]
    fn github_signs_the_body() {
        // The example of docs.github.com, “Validating webhook deliveries”.
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let headers = |signature| {
            [("x-hub-signature-256", signature), ("x-github-delivery", "1"), ("x-github-event", "ping")]
        };
        let send =
            |signature, body| judged(Source::Github, "It's a Secret to Everybody", &headers(signature), body);
        assert_eq!(send(signature, "Hello, World!").unwrap().event, "ping");
        assert_eq!(send(signature, "Hello, World?"), Err(Suspect::Wrong));
        assert_eq!(send("sha256=", "Hello, World!"), Err(Suspect::Wrong));
    }

    #[test]
    fn registries_show_the_secret_itself() {
        let send = |source, given| judged(source, "s3cret", &[("authorization", given)], "{}");
        assert!(send(Source::Distribution, "Bearer s3cret").is_ok());
        assert!(send(Source::Harbor, "Bearer s3cret").is_ok() && send(Source::Harbor, "s3cret").is_ok());
        for (source, given) in
            [(Source::Distribution, "s3cret"), (Source::Harbor, "s3cre"), (Source::Harbor, "")]
        {
            assert_eq!(send(source, given), Err(Suspect::Wrong));
        }
    }
}
