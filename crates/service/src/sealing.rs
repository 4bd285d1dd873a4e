//! Secrets that the server has to read again, such as the keys by which it signs messages: sealed in the database, by a
//! key that lies outside of it. So a copy of the database alone gives none of them away.

use crate::{Error, Service};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::sync::Arc;

/// The key that seals. Clones share it; nothing shows it.
#[derive(Clone)]
pub struct SealingKey(Arc<LessSafeKey>);

impl SealingKey {
    /// The key of these bytes, which were drawn by chance.
    pub fn new(bytes: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes).expect("ChaCha20 takes a key of 32 bytes");
        Self(Arc::new(LessSafeKey::new(key)))
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

impl Service {
    /// Seals a secret for the place that is named, and no other (RFC 8439; the nonce is drawn by chance and stands first).
    pub(crate) fn seal(&self, place: &str, secret: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = self.random();
        let mut sealed = secret.to_vec();
        let key = &self.0.sealing.0;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut sealed)
            .expect("what is sealed is shorter than 256 GiB");
        [&nonce[..], &sealed].concat()
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// Where this server's key is not the one that sealed it, or the bytes were changed or moved.
    pub(crate) fn unseal(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let wrong = || {
            Error::Internal(format!(
                "{place} was sealed by another key than this server has; give it the file `secret_key` of the server \
                 that wrote it"
            ))
        };
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut rest = rest.to_vec();
        let opened =
            self.0.sealing.0.open_in_place(nonce, Aad::from(place), &mut rest).map_err(|_| wrong())?;
        Ok(opened.to_vec())
    }
}
