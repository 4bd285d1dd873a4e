//! The Merkle tree of RFC 6962 §2.1: its hashes, and proofs about it.
//!
//! A proof is a list of hashes of ranges of leaves, from the leaf's side to the root's. Which ranges those are
//! follows from numbers alone; so who keeps the hashes can first ask for the ranges, and then read what it needs.

use ring::digest::{Context, SHA256};
use std::ops::Range;

/// SHA-256.
pub type Hash = [u8; 32];

/// The hash of a leaf with these bytes.
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    digest(&[&[0], bytes])
}

/// The hash of two subtrees, the left one full.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    digest(&[&[1], left, right])
}

/// The root of a tree without leaves.
pub fn empty_root() -> Hash {
    digest(&[])
}

pub(crate) fn digest(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// Where the hashes of full subtrees are looked up.
pub trait Nodes {
    /// The hash over `2^height` leaves, of which the first is leaf `index · 2^height`; absent if it is not known.
    fn node(&self, height: u32, index: u64) -> Option<Hash>;

    /// The hash over a range that a proof asked for.
    fn hash(&self, range: &Range<u64>) -> Option<Hash> {
        let count = range.end.checked_sub(range.start)?;
        if count == 0 {
            return (range.start == 0).then(empty_root);
        }
        if count.is_power_of_two() && range.start.is_multiple_of(count) {
            return self.node(count.ilog2(), range.start / count);
        }
        let middle = range.start + split(count);
        Some(node_hash(&self.hash(&(range.start..middle))?, &self.hash(&(middle..range.end))?))
    }

    /// The hashes over all of some ranges: a proof.
    fn hashes(&self, ranges: &[Range<u64>]) -> Option<Vec<Hash>> {
        ranges.iter().map(|range| self.hash(range)).collect()
    }
}

/// The largest power of two below `count`, which is 2 or more: how many leaves are left of the root.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The ranges whose hashes prove that leaf `index` is in a tree of `size` leaves: PATH of RFC 6962 §2.1.1. None if
/// it is not.
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    let mut tree = 0..size;
    let mut path = Vec::new();
    if index >= size {
        return None;
    }
    while tree.end - tree.start > 1 {
        let middle = tree.start + split(tree.end - tree.start);
        let (inside, beside) = halves(&tree, middle, index < middle);
        path.push(beside);
        tree = inside;
    }
    path.reverse();
    Some(path)
}

/// The ranges whose hashes prove that the tree of `second` leaves begins with that of `first`: PROOF of RFC 6962
/// §2.1.2. None if it cannot.
pub fn consistency(first: u64, second: u64) -> Option<Vec<Range<u64>>> {
    if first > second {
        return None;
    }
    if first == 0 {
        return Some(Vec::new());
    }
    let mut tree = 0..second;
    let mut proof = Vec::new();
    // Until the first tree is the whole of what is left.
    while first < tree.end {
        let middle = tree.start + split(tree.end - tree.start);
        let (inside, beside) = halves(&tree, middle, first <= middle);
        proof.push(beside);
        tree = inside;
    }
    if tree.start > 0 {
        // Whoever verifies knows the first root, but not this part of it.
        proof.push(tree);
    }
    proof.reverse();
    Some(proof)
}

/// The half that is gone into, and the one beside it.
fn halves(tree: &Range<u64>, middle: u64, left: bool) -> (Range<u64>, Range<u64>) {
    let (before, after) = (tree.start..middle, middle..tree.end);
    if left { (before, after) } else { (after, before) }
}

/// Whether a proof shows that a leaf is in the tree with this root: RFC 9162 §2.1.3.2.
pub fn includes(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for beside in proof {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(beside, &hash);
            // Levels on which this node has nothing to its right.
            while node % 2 == 0 && node != 0 {
                node /= 2;
                last /= 2;
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        node /= 2;
        last /= 2;
    }
    last == 0 && hash == *root
}

/// Whether a proof shows that the second tree begins with the first: RFC 9162 §2.1.4.2.
pub fn extends(first: (u64, &Hash), second: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((first, first_root), (second, second_root)) = (first, second);
    if first > second {
        return false;
    }
    if first == 0 {
        return proof.is_empty() && *first_root == empty_root();
    }
    if first == second {
        return proof.is_empty() && first_root == second_root;
    }
    let (mut node, mut last) = (first - 1, second - 1);
    while node % 2 == 1 {
        node /= 2;
        last /= 2;
    }
    let mut proof = proof.iter();
    // A first tree that is full is a node of the second one, and its root need not be told.
    let seed = if first.is_power_of_two() { Some(first_root) } else { proof.next() };
    let Some(seed) = seed else { return false };
    let (mut old, mut new) = (*seed, *seed);
    for beside in proof {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            old = node_hash(beside, &old);
            new = node_hash(beside, &new);
            while node % 2 == 0 && node != 0 {
                node /= 2;
                last /= 2;
            }
        } else {
            new = node_hash(&new, beside);
        }
        node /= 2;
        last /= 2;
    }
    last == 0 && old == *first_root && new == *second_root
}

/// The tree over leaves that come one after the other, of which it keeps one hash for each level.
#[derive(Debug, Clone, Default)]
pub struct Growing {
    size: u64,
    /// The full subtrees of which it consists, the largest first.
    full: Vec<Hash>,
}

impl Growing {
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        let mut carried = self.size;
        while carried % 2 == 1 {
            if let Some(left) = self.full.pop() {
                hash = node_hash(&left, &hash);
            }
            carried /= 2;
        }
        self.full.push(hash);
        self.size += 1;
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn root(&self) -> Hash {
        let mut full = self.full.iter().rev();
        let Some(last) = full.next() else { return empty_root() };
        full.fold(*last, |right, left| node_hash(left, &right))
    }
}
