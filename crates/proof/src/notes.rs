//! Signed notes: a text with lines below it that sign it, <https://c2sp.org/signed-note>. Ed25519 only.

use crate::tree::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::fmt;
use std::str::FromStr;

/// The type of signature in key ids and encoded keys.
const ED25519_TYPE: u8 = 1;
/// The most signatures of a note that are looked at.
const SIGNATURES: usize = 64;
/// What stands before each signature: an em dash and a space.
const MARK: &str = "\u{2014} ";

/// A public key under a name. As text `NAME+ID+KEY`, as Go's `sumdb/note` writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    id: [u8; 4],
    public: [u8; 32],
}

/// A private key under a name. As text `PRIVATE+KEY+NAME+ID+KEY`; it is not shown otherwise.
pub struct SigningKey {
    public: VerifyingKey,
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

/// A text and its signatures. That it is there says nothing: only [`Note::verify`] tells who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Ends with a line feed.
    text: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

/// Why a note or key is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    #[error("this is no signed note: a text, an empty line, and lines of signatures")]
    NoNote,
    #[error("this is no key; it is written as NAME+ID+KEY")]
    NoKey,
    #[error("none of the known keys has signed it")]
    Unknown,
    #[error("the signature is wrong: it was changed after it was signed, or somebody else signed it")]
    Wrong,
}

impl VerifyingKey {
    fn new(name: &str, public: [u8; 32]) -> Option<Self> {
        let fits =
            !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+');
        let hash = digest(&[name.as_bytes(), b"\n", &[ED25519_TYPE], &public]);
        fits.then(|| Self { name: name.to_owned(), id: [hash[0], hash[1], hash[2], hash[3]], public })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Eight hexadecimal digits that tell keys of one name apart. They are no proof of anything.
    pub fn id(&self) -> String {
        hex::encode(self.id)
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id(), encode(&self.public))
    }
}

impl FromStr for VerifyingKey {
    type Err = Unsigned;

    fn from_str(text: &str) -> Result<Self, Unsigned> {
        let (name, id, public) = parts(text).ok_or(Unsigned::NoKey)?;
        Self::new(name, public).filter(|key| key.id() == id).ok_or(Unsigned::NoKey)
    }
}

impl SigningKey {
    /// The key that 32 random bytes make, under a name without spaces and `+`.
    pub fn new(name: &str, seed: [u8; 32]) -> Result<Self, Unsigned> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| Unsigned::NoKey)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| Unsigned::NoKey)?;
        let public = VerifyingKey::new(name, public).ok_or(Unsigned::NoKey)?;
        Ok(Self { public, seed, pair })
    }

    pub fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// What [`SigningKey::from_str`] reads: a secret.
    pub fn reveal(&self) -> String {
        format!("PRIVATE+KEY+{}+{}+{}", self.public.name, self.public.id(), encode(&self.seed))
    }
}

impl FromStr for SigningKey {
    type Err = Unsigned;

    fn from_str(text: &str) -> Result<Self, Unsigned> {
        let text = text.strip_prefix("PRIVATE+KEY+").ok_or(Unsigned::NoKey)?;
        let (name, id, seed) = parts(text).ok_or(Unsigned::NoKey)?;
        Some(Self::new(name, seed)?).filter(|key| key.public.id() == id).ok_or(Unsigned::NoKey)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public).finish()
    }
}

fn parts(text: &str) -> Option<(&str, &str, [u8; 32])> {
    let mut parts = text.splitn(3, '+');
    let (name, id, key) = (parts.next()?, parts.next()?, decode(parts.next()?)?);
    let (kind, key) = key.split_first()?;
    (*kind == ED25519_TYPE).then_some(())?;
    Some((name, id, key.try_into().ok()?))
}

/// A key with its type before it.
fn encode(key: &[u8; 32]) -> String {
    STANDARD.encode([&[ED25519_TYPE], &key[..]].concat())
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

impl Note {
    /// A text, which ends with a line feed, signed by some keys.
    pub fn sign(text: String, keys: &[&SigningKey]) -> Self {
        let signature = |key: &&SigningKey| Signature {
            name: key.public.name.clone(),
            id: key.public.id,
            bytes: key.pair.sign(text.as_bytes()).as_ref().to_vec(),
        };
        Self { signatures: keys.iter().map(signature).collect(), text }
    }

    /// The text, if one of these keys has signed it.
    ///
    /// # Errors
    /// Also where one of them has signed it wrongly, whoever else has.
    pub fn verify(&self, keys: &[VerifyingKey]) -> Result<&str, Unsigned> {
        let mut signed = false;
        for signature in self.signatures.iter().take(SIGNATURES) {
            let known = keys.iter().find(|key| key.name == signature.name && key.id == signature.id);
            let Some(key) = known else { continue };
            let public = UnparsedPublicKey::new(&ED25519, &key.public);
            public.verify(self.text.as_bytes(), &signature.bytes).map_err(|_| Unsigned::Wrong)?;
            signed = true;
        }
        if signed { Ok(&self.text) } else { Err(Unsigned::Unknown) }
    }

    /// The text, whoever may have signed it.
    pub fn unverified(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signature { name, id, bytes } in &self.signatures {
            writeln!(f, "{MARK}{name} {}", STANDARD.encode([&id[..], bytes].concat()))?;
        }
        Ok(())
    }
}

impl FromStr for Note {
    type Err = Unsigned;

    fn from_str(note: &str) -> Result<Self, Unsigned> {
        if note.contains(|c: char| c < ' ' && c != '\n') {
            return Err(Unsigned::NoNote);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(Unsigned::NoNote)?;
        let signatures = signatures.strip_suffix('\n').ok_or(Unsigned::NoNote)?;
        let signatures: Option<Vec<_>> = signatures.split('\n').map(signature).collect();
        Ok(Self { text: format!("{text}\n"), signatures: signatures.ok_or(Unsigned::NoNote)? })
    }
}

fn signature(line: &str) -> Option<Signature> {
    let (name, signature) = line.strip_prefix(MARK)?.split_once(' ')?;
    let bytes = decode(signature)?;
    let (id, bytes) = bytes.split_first_chunk::<4>()?;
    let fits = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+');
    fits.then(|| Signature { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
}
