//! Keys by which messages are signed, and the signatures (Standard Webhooks 1.0, “Signature scheme”).

use crate::{Error, Service};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use ring::signature::{Ed25519KeyPair, KeyPair};
use sha2::Sha256;
use towpath_domain::ids::SubscriptionId;
use towpath_domain::subscriptions::Signing;
use towpath_domain::times::Time;
use towpath_store::subscriptions::{Keys, Stored};

/// How long the key before a rotation signs beside the new one, in seconds.
pub const OVERLAP: i64 = 86_400;

/// A new key, with what its owner has to know.
pub struct NewKey {
    /// Sealed.
    pub secret: Vec<u8>,
    /// `whpk_…`, where receivers check by a public key.
    pub public: Option<String>,
    /// `whsec_…`, where they check by the same secret; to be shown once.
    pub shown: Option<String>,
}

/// Draws a key: 32 bytes, a secret of HMAC or the seed of an Ed25519 key.
pub fn draw(service: &Service, id: SubscriptionId, signing: Signing) -> Result<NewKey, Error> {
    let bytes: [u8; 32] = service.random();
    let secret = service.seal(&place(id), &bytes);
    Ok(match signing {
        Signing::Hmac => {
            NewKey { secret, public: None, shown: Some(format!("whsec_{}", STANDARD.encode(bytes))) }
        }
        Signing::Ed25519 => {
            let public = format!("whpk_{}", STANDARD.encode(pair(&bytes)?.public_key()));
            NewKey { secret, public: Some(public), shown: None }
        }
    })
}

/// The keys after a rotation: the one before goes on signing for a day.
pub fn rotated(before: Keys, new: &NewKey, now: Time) -> Keys {
    Keys {
        former: before.secret.map(|former| (former, now.plus_seconds(OVERLAP))),
        secret: Some(new.secret.clone()),
        public: new.public.clone(),
    }
}

/// The header `webhook-signature`: one signature for each key that is in force.
pub fn sign(
    service: &Service,
    stored: &Stored,
    (id, timestamp, body): (&str, i64, &str),
) -> Result<Option<String>, Error> {
    let Some(signing) = stored.subscription.signing else { return Ok(None) };
    let now = service.now();
    let former = stored.keys.former.iter().filter(|(_, until)| *until > now).map(|(key, _)| key);
    let signed = format!("{id}.{timestamp}.{body}");
    let mut signatures = Vec::new();
    for key in stored.keys.secret.iter().chain(former) {
        let key = service.unseal(&place(stored.subscription.id), key)?;
        signatures.push(signature(signing, &key, signed.as_bytes())?);
    }
    Ok(Some(signatures.join(" ")))
}

fn signature(signing: Signing, key: &[u8], signed: &[u8]) -> Result<String, Error> {
    Ok(match signing {
        Signing::Hmac => {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
            mac.update(signed);
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        }
        Signing::Ed25519 => format!("v1a,{}", STANDARD.encode(pair(key)?.sign(signed))),
    })
}

fn pair(seed: &[u8]) -> Result<Ed25519KeyPair, Error> {
    Ed25519KeyPair::from_seed_unchecked(seed)
        .map_err(|error| Error::Internal(format!("the key of a subscription: {error}")))
}

/// What a sealed key, or address, is bound to.
pub fn place(id: SubscriptionId) -> String {
    format!("the subscription {id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_specification() {
        // The example of the reference libraries of standardwebhooks.com.
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = br#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#;
        let signature = signature(Signing::Hmac, &key, signed).unwrap();
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
