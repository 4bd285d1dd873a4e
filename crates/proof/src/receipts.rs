//! Proofs that something is in a log, which are verified without it: <https://c2sp.org/tlog-proof>.

use crate::checkpoints::Checkpoint;
use crate::notes::{Unsigned, VerifyingKey, decode};
use crate::tiles::digits;
use crate::tree::{Hash, includes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::str::FromStr;

const HEAD: &str = "c2sp.org/tlog-proof@v1";

/// Where a leaf is in a log, the hashes beside its way to the root, and a checkpoint that signs the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Counted from 0.
    pub index: u64,
    pub proof: Vec<Hash>,
    /// A signed note.
    pub checkpoint: String,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    #[error("this is no proof; it begins with the line {HEAD}")]
    NoProof,
    #[error("its checkpoint: {0}")]
    Checkpoint(#[from] Unsigned),
    #[error(
        "what it is for is not what stands at place {index} of the log that was signed with {size} entries"
    )]
    Other { index: u64, size: u64 },
}

impl Receipt {
    /// The checkpoint, if it was signed by one of these keys and the leaf is in its tree.
    pub fn verify(&self, leaf: &Hash, keys: &[VerifyingKey]) -> Result<Checkpoint, Unproved> {
        let checkpoint = Checkpoint::open(&self.checkpoint, keys)?;
        if includes(leaf, self.index, checkpoint.size, &self.proof, &checkpoint.root) {
            Ok(checkpoint)
        } else {
            Err(Unproved::Other { index: self.index, size: checkpoint.size })
        }
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}\nindex {}", self.index)?;
        for hash in &self.proof {
            writeln!(f, "{}", STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Receipt {
    type Err = Unproved;

    fn from_str(text: &str) -> Result<Self, Unproved> {
        parse(text).ok_or(Unproved::NoProof)
    }
}

fn parse(text: &str) -> Option<Receipt> {
    let (proof, checkpoint) = text.split_once("\n\n")?;
    let mut lines = proof.split('\n').peekable();
    lines.next().filter(|line| *line == HEAD)?;
    // What others put beside the proof is not signed, and nothing to us.
    lines.next_if(|line| line.starts_with("extra "));
    let index = digits(lines.next()?.strip_prefix("index ")?)?;
    let proof = lines.map(|line| decode(line)?.try_into().ok()).collect::<Option<Vec<Hash>>>()?;
    Some(Receipt { index, proof, checkpoint: checkpoint.to_owned() })
}
