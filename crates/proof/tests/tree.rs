//! The tree against the vectors of Certificate Transparency's reference implementation, and against itself.

use proptest::prelude::*;
use std::collections::BTreeMap;
use towpath_proof::tiles::{TileId, Tiles};
use towpath_proof::tree::{
    Growing, Hash, Nodes, consistency, empty_root, extends, includes, inclusion, leaf_hash,
};

/// `LeafInputs` of <https://github.com/transparency-dev/merkle>, `testonly/constants.go`.
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

/// `RootHashes` of the same, by the size of the tree.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// `NodeHashes` of the same, as far as proofs name them.
const N01: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const N04: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const N11: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const N12: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
const N13: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const N21: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";

fn tiles(leaves: impl IntoIterator<Item = Hash>) -> Tiles {
    let mut tiles = Tiles::default();
    for leaf in leaves {
        assert!(tiles.push(leaf));
    }
    tiles
}

fn reference() -> Tiles {
    tiles(LEAVES.iter().map(|leaf| leaf_hash(&hex::decode(leaf).expect("digits"))))
}

fn numbered(size: u64) -> Vec<Hash> {
    (0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect()
}

fn hexes(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(hex::encode).collect()
}

fn root(tiles: &Tiles, size: u64) -> Hash {
    tiles.hash(&(0..size)).expect("all is there")
}

#[test]
fn roots_are_those_of_the_reference() {
    let tiles = reference();
    let mut growing = Growing::default();
    for (size, expected) in (0..).zip(ROOTS) {
        assert_eq!(hex::encode(root(&tiles, size)), expected);
        assert_eq!(hex::encode(growing.root()), expected);
        if let Some(leaf) = tiles.leaf(size) {
            growing.push(leaf);
        }
    }
    assert_eq!(hex::encode(empty_root()), ROOTS[0]);
}

#[test]
fn proofs_of_inclusion_are_those_of_the_reference() {
    let tiles = reference();
    let cases: [(u64, u64, &[&str]); 7] = [
        (0, 1, &[]),
        (0, 2, &[N01]),
        (1, 2, &[ROOTS[1]]),
        (2, 3, &[ROOTS[2]]),
        (1, 5, &[ROOTS[1], N11, N04]),
        (0, 8, &[N01, N11, N21]),
        (5, 8, &[N04, N13, ROOTS[4]]),
    ];
    for (index, size, expected) in cases {
        let proof = tiles.hashes(&inclusion(index, size).expect("is in")).expect("all is there");
        assert_eq!(hexes(&proof), expected, "{index} in {size}");
    }
    assert_eq!(inclusion(8, 8), None);
    assert_eq!(inclusion(0, 0), None);
}

#[test]
fn proofs_of_consistency_are_those_of_the_reference() {
    let tiles = reference();
    let cases: [(u64, u64, &[&str]); 4] =
        [(1, 1, &[]), (1, 8, &[N01, N11, N21]), (2, 5, &[N11, N04]), (6, 8, &[N12, N13, ROOTS[4]])];
    for (first, second, expected) in cases {
        let proof = tiles.hashes(&consistency(first, second).expect("is before")).expect("all is there");
        assert_eq!(hexes(&proof), expected, "{first} before {second}");
    }
    assert_eq!(consistency(3, 2), None);
}

/// Every leaf of every size, and no other leaf, place, size, root or proof.
#[test]
fn every_leaf_is_proved_at_every_size_and_nothing_else_is() {
    const MOST: u64 = 70;
    let leaves = numbered(MOST);
    let tiles = tiles(leaves.clone());
    for size in 1..=MOST {
        let root = root(&tiles, size);
        for (index, leaf) in (0..size).zip(&leaves) {
            let mut proof = tiles.hashes(&inclusion(index, size).expect("is in")).expect("all is there");
            assert!(includes(leaf, index, size, &proof, &root), "{index} in {size}");
            let other = leaf_hash(b"other");
            assert!(!includes(&other, index, size, &proof, &root));
            assert!(!includes(leaf, index, size, &proof, &other));
            for elsewhere in (0..size).filter(|elsewhere| *elsewhere != index) {
                assert!(!includes(leaf, elsewhere, size, &proof, &root), "{index} at {elsewhere} in {size}");
            }
            proof.push(other);
            assert!(!includes(leaf, index, size, &proof, &root));
            proof.pop();
            if proof.pop().is_some() {
                assert!(!includes(leaf, index, size, &proof, &root));
            }
        }
    }
}

#[test]
fn every_size_extends_every_smaller_one_and_no_other() {
    const MOST: u64 = 70;
    let tiles = tiles(numbered(MOST));
    let other = leaf_hash(b"other");
    for second in 0..=MOST {
        for first in 0..=second {
            let (old, new) = (root(&tiles, first), root(&tiles, second));
            let mut proof = tiles.hashes(&consistency(first, second).expect("is before")).expect("there");
            assert!(extends((first, &old), (second, &new), &proof), "{first} before {second}");
            assert!(!extends((first, &other), (second, &new), &proof), "{first} before {second}");
            if first > 0 {
                assert!(!extends((first, &old), (second, &other), &proof), "{first} before {second}");
            }
            if first < second {
                assert!(!extends((second, &new), (first, &old), &proof));
            }
            proof.push(other);
            assert!(!extends((first, &old), (second, &new), &proof));
            proof.pop();
            if proof.pop().is_some() {
                assert!(!extends((first, &old), (second, &new), &proof));
            }
        }
    }
}

/// 70,000 leaves have the tiles that <https://c2sp.org/tlog-tiles> counts for them.
#[test]
fn tiles_are_laid_out_as_the_specification_counts_them() {
    let mut tiles = tiles(numbered(70_000));
    let made = tiles.take_changed();
    let of_level = |level| made.iter().filter(move |tile| tile.level == level);
    let width = |level, index| tiles.bytes(TileId { level, index }).expect("is there").len() / 32;
    assert_eq!(of_level(0).count(), 274);
    assert_eq!((width(0, 272), width(0, 273)), (256, 112));
    assert_eq!(of_level(1).count(), 2);
    assert_eq!((width(1, 0), width(1, 1)), (256, 17));
    assert_eq!((of_level(2).count(), width(2, 0)), (1, 1));
    assert_eq!(TileId::edge(70_000).len(), 3);
    assert_eq!(TileId::edge(256), [TileId { level: 1, index: 0 }]);
    assert_eq!(TileId::parse("0", "x001/x234/067"), Some(TileId { level: 0, index: 1_234_067 }));
    for wrong in ["1", "67", "x067", "001/067", "x001/x067", "-01", "x99999999999999999999/001"] {
        assert_eq!(TileId::parse("0", wrong), None, "{wrong}");
    }
    assert_eq!(TileId::parse("64", "000"), None);
    assert_eq!(TileId::parse("01", "000"), None);
}

#[test]
fn a_proof_of_ten_million_leaves_reads_few_tiles() {
    const SIZE: u64 = 10_000_000;
    for index in [0, 1, 255, 256, 65_535, 5_000_000, SIZE - 1] {
        let read = TileId::of(&inclusion(index, SIZE).expect("is in"));
        assert!(read.len() <= 8, "{index}: {read:?}");
        let read = TileId::of(&consistency(index, SIZE).expect("is before"));
        assert!(read.len() <= 8, "{index}: {read:?}");
    }
    assert!(TileId::edge(SIZE).len() <= 4);
}

#[test]
fn tiles_that_do_not_fit_are_not_appended_to() {
    let all = tiles(numbered(300));
    let mut edge = Tiles::new(300);
    for tile in TileId::edge(300) {
        assert!(edge.put(tile, &all.bytes(tile).expect("is there")));
    }
    assert!(edge.clone().push([1; 32]));
    let mut without = Tiles::new(300);
    assert!(!without.push([1; 32]));
    assert!(!edge.put(TileId { level: 0, index: 1 }, &[0; 33]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// From the tiles that a proof names, at a size that the log has outgrown, and with any bit of it turned.
    #[test]
    fn proofs_are_made_of_their_tiles_alone_and_no_bit_of_them_can_be_changed(
        size in 1_u64..3_000,
        more in 0_u64..600,
        pick in any::<prop::sample::Index>(),
        bit in any::<prop::sample::Index>(),
    ) {
        let leaves = numbered(size + more);
        let all = tiles(leaves.clone());
        let index = pick.index(usize::try_from(size).expect("small")) as u64;
        let ranges = inclusion(index, size).expect("is in");
        let mut few = Tiles::new(size + more);
        for tile in TileId::of(&ranges) {
            prop_assert!(few.put(tile, &all.bytes(tile).expect("is there")));
        }
        let mut proof = few.hashes(&ranges).expect("its tiles are there");
        let (leaf, root) = (leaves[usize::try_from(index).expect("small")], root(&all, size));
        prop_assert!(includes(&leaf, index, size, &proof, &root));
        if !proof.is_empty() {
            let bit = bit.index(proof.len() * 256);
            proof[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
            prop_assert!(!includes(&leaf, index, size, &proof, &root));
        }
    }

    #[test]
    fn no_bit_of_a_proof_of_consistency_can_be_changed(
        first in 1_u64..2_000,
        more in 1_u64..2_000,
        bit in any::<prop::sample::Index>(),
    ) {
        let all = tiles(numbered(first + more));
        let ranges = consistency(first, first + more).expect("is before");
        let mut few = Tiles::new(first + more);
        for tile in TileId::of(&ranges) {
            prop_assert!(few.put(tile, &all.bytes(tile).expect("is there")));
        }
        let mut proof = few.hashes(&ranges).expect("its tiles are there");
        let (old, new) = (root(&all, first), root(&all, first + more));
        prop_assert!(extends((first, &old), (first + more, &new), &proof));
        let bit = bit.index(proof.len() * 256);
        proof[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
        prop_assert!(!extends((first, &old), (first + more, &new), &proof));
    }

    /// Whatever was appended in however many turns, by whom only the edge was read.
    #[test]
    fn appending_by_the_edge_alone_makes_the_same_tiles(steps in prop::collection::vec(1_u64..700, 1..6)) {
        let total: u64 = steps.iter().sum();
        let (leaves, all) = (numbered(total), tiles(numbered(total)));
        let mut kept = BTreeMap::<TileId, Vec<u8>>::new();
        let mut leaves = leaves.into_iter();
        let mut size = 0;
        for step in steps {
            let mut edge = Tiles::new(size);
            for tile in TileId::edge(size) {
                prop_assert!(edge.put(tile, &kept[&tile]));
            }
            for leaf in leaves.by_ref().take(usize::try_from(step).expect("small")) {
                prop_assert!(edge.push(leaf));
            }
            size = edge.size();
            for tile in edge.take_changed() {
                kept.insert(tile, edge.bytes(tile).expect("was changed"));
            }
        }
        for (tile, bytes) in kept {
            prop_assert_eq!(Some(bytes), all.bytes(tile));
        }
    }
}
