//! Hashes a whole log again, from its first entry, and holds it against what was signed.

use crate::checkpoints::Checkpoint;
use crate::tree::{Growing, Hash, leaf_hash};

/// A log that is read again. Numbers are those of entries, from 1.
#[derive(Debug, Clone)]
pub struct Replay {
    tree: Growing,
    /// Those that are still ahead, the smallest last.
    ahead: Vec<Checkpoint>,
    /// The size of the last one that was met, and its root was right.
    met: u64,
}

/// Where a log is not what was signed. Numbers are those of entries, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Differs {
    #[error("entry {expected} is missing: entry {found} stands in its place")]
    Missing { expected: u64, found: u64 },
    #[error(
        "entry {entry} is not what was logged: its bytes do not have the hash that the tree holds for it"
    )]
    Changed { entry: u64 },
    #[error(
        "the first {size} entries are not those that were signed: entry {} or one after it, up to {size}, was \
         changed, put in or taken out",
        met + 1
    )]
    Rewritten { met: u64, size: u64 },
    #[error("entries {} to {size} are missing: there were {size}, and the log ends with {last}", last + 1)]
    Cut { last: u64, size: u64 },
    #[error("a text beside entry {entry} is not the one that its bytes commit to")]
    Text { entry: u64 },
    #[error(
        "entry {entry} is not found by what its bytes say: its kind, time, people or place beside them were changed"
    )]
    Misfiled { entry: u64 },
    #[error(
        "{count} entries stand outside of the log, before its first one or after its end, which is said to be {size}"
    )]
    Outside { count: u64, size: u64 },
}

impl Replay {
    /// Begins, with checkpoints whose signatures were verified.
    pub fn new(mut checkpoints: Vec<Checkpoint>) -> Self {
        checkpoints.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size));
        Self { tree: Growing::default(), ahead: checkpoints, met: 0 }
    }

    /// Adds a checkpoint whose signature was verified. It counts where the log has not gone past it yet.
    pub fn expect(&mut self, checkpoint: Checkpoint) {
        let place = self.ahead.partition_point(|ahead| ahead.size > checkpoint.size);
        self.ahead.insert(place, checkpoint);
    }

    /// Takes the next entry, with the hash that the log's tree holds for it, where that is known.
    pub fn take(&mut self, entry: u64, bytes: &[u8], held: Option<&Hash>) -> Result<(), Differs> {
        let expected = self.tree.size() + 1;
        if entry != expected {
            return Err(Differs::Missing { expected, found: entry });
        }
        self.meet()?;
        let leaf = leaf_hash(bytes);
        if held.is_some_and(|held| *held != leaf) {
            return Err(Differs::Changed { entry });
        }
        self.tree.push(leaf);
        self.meet()
    }

    /// How many entries were read, and whether they reach as far as all checkpoints.
    pub fn finish(mut self) -> Result<u64, Differs> {
        self.meet()?;
        let last = self.tree.size();
        // The largest one tells all that is missing.
        match self.ahead.first() {
            Some(checkpoint) => Err(Differs::Cut { last, size: checkpoint.size }),
            None => Ok(last),
        }
    }

    /// How many entries were read.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    fn meet(&mut self) -> Result<(), Differs> {
        let size = self.tree.size();
        let mut met = self.met;
        while let Some(checkpoint) = self.ahead.pop_if(|checkpoint| checkpoint.size == size) {
            if checkpoint.root != self.tree.root() {
                return Err(Differs::Rewritten { met: self.met, size });
            }
            met = size;
        }
        // Not before all of this size were met: where they differ, nothing of it is certain.
        self.met = met;
        Ok(())
    }
}
