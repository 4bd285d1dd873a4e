//! Tiles: the tree's hashes in pieces of 256, as <https://c2sp.org/tlog-tiles> lays them out.
//!
//! A tile of level 0 holds leaves; one of level *l* the roots of 256 full tiles below. Hashes are only ever put
//! behind those that are there. So a log of 10 million leaves has four levels: to append a leaf touches the last tile
//! of each, and a proof, for a tree of whatever size, reads two tiles of each at the most.

use crate::tree::{Hash, Nodes, node_hash};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How many levels of the tree a tile spans.
const HEIGHT: u32 = 8;
/// How many hashes a full tile has.
pub const WIDTH: u64 = 1 << HEIGHT;

/// Which tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TileId {
    pub level: u32,
    /// Counted from the left, from 0.
    pub index: u64,
}

/// Some tiles, and how many leaves the tree has that they are of.
#[derive(Debug, Clone, Default)]
pub struct Tiles {
    size: u64,
    hashes: BTreeMap<TileId, Vec<Hash>>,
    changed: BTreeSet<TileId>,
}

impl TileId {
    /// The last tile of each level of a tree of this size, if it is not full: what is needed to append to it.
    pub fn edge(size: u64) -> Vec<Self> {
        let mut edge = Vec::new();
        let (mut level, mut width) = (0, size);
        while width > 0 {
            if !width.is_multiple_of(WIDTH) {
                edge.push(Self { level, index: width / WIDTH });
            }
            width /= WIDTH;
            level += 1;
        }
        edge
    }

    /// The tiles from which the hashes of these ranges are made.
    pub fn of(ranges: &[Range<u64>]) -> BTreeSet<Self> {
        let wanted = Wanted::default();
        for range in ranges {
            _ = wanted.hash(range);
        }
        wanted.0.into_inner()
    }

    /// The tile that holds a full subtree of the tree, and the hashes of it that are below that.
    fn holding(height: u32, index: u64) -> Option<(Self, Range<usize>)> {
        let inside = height % HEIGHT;
        let first = index.checked_shl(inside)?;
        let start = usize::try_from(first % WIDTH).ok()?;
        Some((Self { level: height / HEIGHT, index: first / WIDTH }, start..start + (1 << inside)))
    }

    /// The tile's place in the address of <https://c2sp.org/tlog-tiles>, which is `LEVEL/INDEX`: the index in groups of
    /// three digits, each but the last behind an `x`.
    pub fn parse(level: &str, index: &str) -> Option<Self> {
        let level = digits(level)?.try_into().ok().filter(|level| *level < 64)?;
        let mut groups: Vec<&str> = index.split('/').collect();
        let last = groups.pop()?;
        let group = |text: &str| (text.len() == 3).then(|| text.parse::<u64>().ok()).flatten();
        let mut number = 0_u64;
        for text in groups {
            number = number.checked_mul(1_000)?.checked_add(group(text.strip_prefix('x')?)?)?;
        }
        Some(Self { level, index: number.checked_mul(1_000)?.checked_add(group(last)?)? })
    }
}

/// A number as it is written, without zeros before it.
pub(crate) fn digits(text: &str) -> Option<u64> {
    let number = text.parse::<u64>().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Finds nothing, and remembers where it was looked for.
#[derive(Default)]
struct Wanted(std::cell::RefCell<BTreeSet<TileId>>);

impl Nodes for Wanted {
    fn node(&self, height: u32, index: u64) -> Option<Hash> {
        let (tile, _) = TileId::holding(height, index)?;
        self.0.borrow_mut().insert(tile);
        // Any hash will do, so that the rest of the range is looked for, too.
        Some([0; 32])
    }
}

impl Tiles {
    /// No tiles yet, of a tree of this size.
    pub fn new(size: u64) -> Self {
        Self { size, ..Self::default() }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Puts a tile in. False if these are no hashes.
    pub fn put(&mut self, tile: TileId, bytes: &[u8]) -> bool {
        let (hashes, rest) = bytes.as_chunks::<32>();
        self.hashes.insert(tile, hashes.to_vec());
        rest.is_empty() && hashes.len() as u64 <= WIDTH
    }

    /// A tile as its bytes.
    pub fn bytes(&self, tile: TileId) -> Option<Vec<u8>> {
        self.hashes.get(&tile).map(|hashes| hashes.concat())
    }

    /// A leaf as the tree has it.
    pub fn leaf(&self, index: u64) -> Option<Hash> {
        self.node(0, index)
    }

    /// Appends a leaf. The tiles of the [edge](TileId::edge) have to be in. False if they are not, or do not fit.
    pub fn push(&mut self, leaf: Hash) -> bool {
        let (mut level, mut count, mut hash) = (0, self.size, leaf);
        self.size += 1;
        loop {
            let id = TileId { level, index: count / WIDTH };
            let tile = self.hashes.entry(id).or_default();
            if tile.len() as u64 != count % WIDTH {
                return false;
            }
            tile.push(hash);
            self.changed.insert(id);
            if (tile.len() as u64) < WIDTH {
                return true;
            }
            hash = fold(tile);
            count /= WIDTH;
            level += 1;
        }
    }

    /// The tiles to which something was appended since this was asked last.
    pub fn take_changed(&mut self) -> BTreeSet<TileId> {
        std::mem::take(&mut self.changed)
    }
}

impl Nodes for Tiles {
    fn node(&self, height: u32, index: u64) -> Option<Hash> {
        let (tile, range) = TileId::holding(height, index)?;
        self.hashes.get(&tile)?.get(range).map(fold)
    }
}

/// The root over a power of two of hashes.
fn fold(hashes: &[Hash]) -> Hash {
    match hashes {
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len() / 2);
            node_hash(&fold(left), &fold(right))
        }
    }
}
