//! The keys by which a provider signs (RFC 7517), and checking a signature by them (RFC 7515, RFC 7518).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, EcdsaVerificationAlgorithm,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// How a token may be signed: by public keys alone. What is missing, `none` and all that take a shared secret, is
/// refused whatever the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    EdDSA,
}

impl Algorithm {
    pub fn parse(name: &str) -> Option<Self> {
        serde_json::from_value(Value::from(name)).ok()
    }
}

/// The published keys; those of kinds that are not known here are left out.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Keys {
    #[serde(deserialize_with = "readable")]
    keys: Vec<Key>,
}

#[derive(Debug, Clone, Deserialize)]
struct Key {
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    #[serde(flatten)]
    material: Material,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kty")]
enum Material {
    #[serde(rename = "RSA")]
    Rsa { n: Binary, e: Binary },
    #[serde(rename = "EC")]
    Curve { crv: String, x: Binary, y: Binary },
    #[serde(rename = "OKP")]
    Octets { crv: String, x: Binary },
}

/// Bytes in base64url.
#[derive(Debug, Clone)]
struct Binary(Vec<u8>);

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        bytes.map(Self).map_err(|_| serde::de::Error::custom("not base64url"))
    }
}

fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Key>, D::Error> {
    let keys = Vec::<Value>::deserialize(deserializer)?;
    Ok(keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
}

impl Keys {
    /// Reads a set of keys; nothing where it is none, or none of its keys can be used.
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().filter(|keys: &Self| !keys.keys.is_empty())
    }

    /// Whether one of the keys has this name.
    pub fn have(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid.as_deref() == Some(kid))
    }

    /// Whether a key signed the message: the one of that name, or any where the token names none.
    pub fn verify(&self, algorithm: Algorithm, kid: Option<&str>, message: &[u8], signature: &[u8]) -> bool {
        let named = self.keys.iter().filter(|key| kid.is_none() || key.kid.as_deref() == kid);
        named
            .filter(|key| key.is_for(algorithm))
            .any(|key| key.material.signed(algorithm, message, signature))
    }
}

impl Key {
    fn is_for(&self, algorithm: Algorithm) -> bool {
        self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.alg.as_deref().is_none_or(|alg| Algorithm::parse(alg) == Some(algorithm))
    }
}

impl Material {
    /// The kind of the key has to be that of the algorithm, so that no key is taken for one of another kind.
    fn signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
        match (self, algorithm) {
            (Self::Rsa { n, e }, RS256 | RS384 | RS512 | PS256 | PS384 | PS512) => {
                // Without leading zeroes, which some providers write.
                let trimmed = |bytes: &Binary| {
                    bytes.0.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>()
                };
                let key = RsaPublicKeyComponents { n: trimmed(n), e: trimmed(e) };
                key.verify(rsa(algorithm), message, signature).is_ok()
            }
            (Self::Curve { crv, x, y }, ES256) if crv == "P-256" => {
                point(&ECDSA_P256_SHA256_FIXED, x, y, message, signature)
            }
            (Self::Curve { crv, x, y }, ES384) if crv == "P-384" => {
                point(&ECDSA_P384_SHA384_FIXED, x, y, message, signature)
            }
            (Self::Octets { crv, x }, EdDSA) if crv == "Ed25519" => {
                UnparsedPublicKey::new(&ED25519, &x.0).verify(message, signature).is_ok()
            }
            _ => false,
        }
    }
}

fn rsa(algorithm: Algorithm) -> &'static RsaParameters {
    match algorithm {
        Algorithm::RS384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RS512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::PS384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::PS512 => &RSA_PSS_2048_8192_SHA512,
        _ => &RSA_PKCS1_2048_8192_SHA256,
    }
}

/// The point uncompressed, as SEC 1 §2.3.3 writes it.
fn point(
    algorithm: &'static EcdsaVerificationAlgorithm,
    x: &Binary,
    y: &Binary,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let key = [&[4], x.0.as_slice(), y.0.as_slice()].concat();
    UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 8037 appendix A.
    const SIGNED: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    const SIGNATURE: &str =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    fn keys(key: &Value) -> Keys {
        serde_json::from_value(json!({"keys": [key]})).unwrap()
    }

    fn octets(more: &Value) -> Value {
        let mut key =
            json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        key
    }

    fn signed(keys: &Keys, algorithm: Algorithm, kid: Option<&str>) -> bool {
        keys.verify(algorithm, kid, SIGNED.as_bytes(), &URL_SAFE_NO_PAD.decode(SIGNATURE).unwrap())
    }

    #[test]
    fn the_example_of_the_rfc_is_signed() {
        let keys = keys(&octets(&json!({"kid": "a", "use": "sig", "alg": "EdDSA"})));
        assert!(signed(&keys, Algorithm::EdDSA, None) && signed(&keys, Algorithm::EdDSA, Some("a")));
        assert!(!keys.verify(Algorithm::EdDSA, None, b"other", &URL_SAFE_NO_PAD.decode(SIGNATURE).unwrap()));
    }

    /// RFC 7515 appendix A.3.
    #[test]
    fn a_signature_on_a_curve_is_checked() {
        let key = json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                         "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
        let message = b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature =
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let keys = keys(&key);
        assert!(keys.verify(Algorithm::ES256, None, message, &signature));
        assert!(!keys.verify(Algorithm::ES384, None, message, &signature));
        assert!(!keys.verify(Algorithm::ES256, None, &message[1..], &signature));
    }

    #[test]
    fn a_key_is_used_for_what_it_is_published_for() {
        for more in [json!({"use": "enc"}), json!({"alg": "ES256"}), json!({"crv": "X25519"})] {
            assert!(!signed(&keys(&octets(&more)), Algorithm::EdDSA, None));
        }
        let named = keys(&octets(&json!({"kid": "a"})));
        assert!(!signed(&named, Algorithm::EdDSA, Some("b")));
        assert!(!signed(&named, Algorithm::RS256, Some("a")));
    }

    #[test]
    fn keys_of_other_kinds_are_left_out() {
        let set = json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}, {"kty": "OKP", "crv": "Ed25519", "x": "§"},
                                  octets(&json!({"kid": "a"}))]});
        let keys: Keys = serde_json::from_value(set).unwrap();
        assert_eq!(keys.keys.len(), 1);
        assert!(keys.have("a") && !keys.have("b"));
    }

    #[test]
    fn no_shared_secret_and_nothing_unsigned_is_an_algorithm() {
        for name in ["none", "None", "HS256", "", "rs256"] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
        }
        assert_eq!(Algorithm::parse("RS256"), Some(Algorithm::RS256));
    }
}
