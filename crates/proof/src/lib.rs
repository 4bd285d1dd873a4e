//! Proof that a log was only ever appended to: its Merkle tree, signed checkpoints, and receipts.
//!
//! Pure: what it hashes and signs it is given, and where hashes are kept it does not know. It speaks formats that
//! others verify, too: the tree of RFC 6962, and the tiles, notes, checkpoints and proofs of <https://c2sp.org>.
//! It knows nothing of Towpath's events but their bytes.

pub mod checkpoints;
pub mod notes;
pub mod receipts;
pub mod replay;
pub mod tiles;
pub mod tree;

pub use checkpoints::Checkpoint;
pub use notes::{Note, SigningKey, VerifyingKey};
pub use receipts::Receipt;
pub use replay::{Differs, Replay};
pub use tiles::{TileId, Tiles};
pub use tree::Hash;
