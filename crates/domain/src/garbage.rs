//! What was taken away because nothing needed it, and what was found when the rest was read again.

use crate::digests::Digest;
use crate::words::bytes;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How much went, or would go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    pub manifests: u64,
    pub blobs: u64,
    /// Files that no row named, of pushes that broke off.
    pub files: u64,
    /// Uploads that nobody went on with.
    pub uploads: u64,
    /// What their files took up.
    pub bytes: i64,
}

/// What reading stored contents again showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scrubbed {
    pub contents: u64,
    pub bytes: i64,
    /// Those whose bytes are others than their digest says, or that are missing.
    pub damaged: Vec<Digest>,
}

impl Collected {
    pub const fn is_something(&self) -> bool {
        self.manifests + self.blobs + self.files + self.uploads > 0
    }
}

/// “3 manifests, 7 blobs and 2 uploads (1.2 GB)”
impl fmt::Display for Collected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |count: u64, one: &str| match count {
            0 => None,
            1 => Some(format!("one {one}")),
            count => Some(format!("{count} {one}s")),
        };
        let parts = [
            count(self.manifests, "manifest"),
            count(self.blobs, "blob"),
            count(self.files, "stray file"),
            count(self.uploads, "upload"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        match parts.as_slice() {
            [] => return f.write_str("nothing"),
            [one] => f.write_str(one)?,
            [most @ .., last] => write!(f, "{} and {last}", most.join(", "))?,
        }
        write!(f, " ({})", bytes(self.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_is_told_in_words() {
        let collected = Collected { manifests: 1, blobs: 7, bytes: 1_200_000, ..Collected::default() };
        assert_eq!(collected.to_string(), "one manifest and 7 blobs (1.2 MB)");
        assert!(collected.is_something());
        assert_eq!(Collected::default().to_string(), "nothing");
    }
}
