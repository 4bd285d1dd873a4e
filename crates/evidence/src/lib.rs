//! What is kept beside images and says something about them: reading it, and holding it against trust roots.
//!
//! Read are cosign's simple signing, Sigstore bundles, signed statements (DSSE, in-toto) and lists of contents. Everything comes
//! from whoever may push, so that nothing of it is believed before a signature was checked. Signatures are checked by `ring`
//! and chains of certificates by `webpki`, both of which TLS brings along; `x509-cert` reads whom a certificate names. Nothing
//! is fetched and the time is an argument, so that the same is found again at any time.

mod bundles;
mod certificates;
mod log;
mod reading;
mod roots;
mod statements;
mod verifying;

pub use reading::{Layer, Read, is_evidence, read};
pub use roots::{Mistake, Root};
pub use verifying::Image;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes in base64, as all of these formats write it.
fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.trim()).ok()
}
