//! Checkpoints: how large a log is and what its root is, signed. <https://c2sp.org/tlog-checkpoint>.

use crate::notes::{Note, SigningKey, Unsigned, VerifyingKey, decode};
use crate::tiles::digits;
use crate::tree::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a log was at one size of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, which does not change.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    pub root: Hash,
}

impl Checkpoint {
    /// Signs it.
    pub fn sign(&self, keys: &[&SigningKey]) -> Note {
        Note::sign(format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root)), keys)
    }

    /// A checkpoint that one of these keys has signed.
    pub fn open(note: &str, keys: &[VerifyingKey]) -> Result<Self, Unsigned> {
        Self::parse(note.parse::<Note>()?.verify(keys)?).ok_or(Unsigned::NoNote)
    }

    /// What a note says, whoever may have signed it.
    pub fn unverified(note: &Note) -> Result<Self, Unsigned> {
        Self::parse(note.unverified()).ok_or(Unsigned::NoNote)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        // Lines that others may add behind are theirs, but none of them is empty.
        let fits = !origin.is_empty() && lines.all(|line| !line.is_empty());
        let root = decode(root)?.try_into().ok()?;
        fits.then_some(Self { origin: origin.to_owned(), size: digits(size)?, root })
    }
}

/// The notes of a file to which checkpoints were appended, each with an empty line behind it.
pub fn split(file: &str) -> Vec<String> {
    let mut notes = vec![String::new()];
    let mut signed = false;
    for line in file.lines() {
        let signature = line.starts_with('\u{2014}');
        // The signatures end a note, so what comes after them is of the next one.
        if signed && !signature {
            notes.push(String::new());
        }
        signed = signature;
        if let Some(note) = notes.last_mut().filter(|note| !(note.is_empty() && line.is_empty())) {
            note.push_str(line);
            note.push('\n');
        }
    }
    notes.retain(|note| !note.is_empty());
    notes
}
