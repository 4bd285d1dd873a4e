//! Proofs from the log: checkpoints, that one continues another, that an event is in it, and tiles.
//!
//! Checkpoints, and that they continue each other, tell how much happened and nothing else: everyone who is signed in
//! may have them. What is proved of an event is for who may see it; the tree's tiles are for who may see everything.

use super::{newest, unsigned};
use crate::{Error, Service, allow, timeline as events};
use std::ops::Range;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::timeline::canonical::PersonalText;
use towpath_proof::tree::{Nodes, consistency as ranges_between, inclusion, leaf_hash};
use towpath_proof::{Checkpoint, Hash, Receipt, TileId};
use towpath_store::{Conn, audit};

/// An event, and that it is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventReceipt {
    pub seq: i64,
    pub bytes: Vec<u8>,
    /// The texts that the bytes commit to, unless they were erased.
    pub personal: Vec<PersonalText>,
    /// As <https://c2sp.org/tlog-proof> writes it.
    pub proof: String,
}

/// The newest checkpoint, as a signed note.
pub async fn checkpoint(service: &Service) -> Result<String, Error> {
    Ok(signed_last(&mut service.read().await?).await?.1)
}

/// The proof that the log of `second` events begins with that of `first`.
pub async fn consistency(service: &Service, first: i64, second: i64) -> Result<Vec<Hash>, Error> {
    let mut conn = service.read().await?;
    let (newest, _) = signed_last(&mut conn).await?;
    let sizes = u64::try_from(first).ok().zip(u64::try_from(second).ok());
    let ranges = sizes.filter(|(_, second)| *second <= newest.size);
    let ranges = ranges.and_then(|(first, second)| ranges_between(first, second)).ok_or_else(|| {
        let up_to = newest.size;
        Error::not_found(format!("A proof from {first} to {second} (the log is signed up to {up_to})"))
    })?;
    prove(&mut conn, &ranges).await
}

/// The receipt of an event that who asks may see.
pub async fn receipt(service: &Service, actor: &Actor, seq: i64) -> Result<EventReceipt, Error> {
    let mut conn = service.read().await?;
    let event = events::find(&mut conn, actor, seq).await?;
    let (newest, note) = signed_last(&mut conn).await?;
    let index = unsigned(seq - 1)?;
    let Some(ranges) = inclusion(index, newest.size) else {
        return Err(not_yet(&format!("Event {seq}")));
    };
    let receipt = Receipt { index, proof: prove(&mut conn, &ranges).await?, checkpoint: note };
    // What does not hold is not handed out: it would be noticed late, and by somebody else.
    if leaf_hash(&event.bytes) != root_leaf(&mut conn, seq).await? {
        return Err(Error::Internal(format!(
            "event {seq} is not what was logged; see `towpath-server audit verify`"
        )));
    }
    Ok(EventReceipt { seq, bytes: event.bytes, personal: event.personal, proof: receipt.to_string() })
}

/// The first `width` hashes of a tile, for who may see everything.
pub async fn tile(service: &Service, actor: &Actor, tile: TileId, width: u64) -> Result<Vec<u8>, Error> {
    allow(actor, Action::View, &Target::installation())?;
    let mut conn = service.read().await?;
    let tiles = audit::tiles(&mut conn, 0, &[tile].into()).await?;
    let bytes = width.checked_mul(32).and_then(|bytes| usize::try_from(bytes).ok());
    let hashes = tiles.bytes(tile).zip(bytes).and_then(|(hashes, bytes)| Some(hashes.get(..bytes)?.to_vec()));
    hashes.ok_or_else(|| Error::not_found("The tile"))
}

async fn root_leaf(conn: &mut Conn, seq: i64) -> Result<Hash, Error> {
    let held = audit::held(conn, &[seq]).await?;
    held.get(&seq).copied().ok_or_else(|| Error::Internal(format!("the tree has no leaf for event {seq}")))
}

async fn prove(conn: &mut Conn, ranges: &[Range<u64>]) -> Result<Vec<Hash>, Error> {
    let tiles = audit::tiles(conn, 0, &TileId::of(ranges)).await?;
    tiles.hashes(ranges).ok_or_else(|| Error::Internal("tiles of the audit log are missing".to_owned()))
}

async fn signed_last(conn: &mut Conn) -> Result<(Checkpoint, String), Error> {
    newest(conn).await?.ok_or_else(|| not_yet("The log"))
}

fn not_yet(what: &str) -> Error {
    Error::Conflict(format!("{what} is not signed yet; that takes half a minute. Ask again then."))
}
