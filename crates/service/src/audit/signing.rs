//! Appending what is new to the tree, and signing it.
//!
//! All of it happens inside the write queue, whose turns exclude each other on all replicas: so a checkpoint is made
//! once, whoever makes it. A log that grew long without its tree is caught up with in turns of their own, so that
//! nobody's write waits for it.

use super::{signed, unsigned, verifying_keys};
use crate::{Error, Service};
use std::collections::BTreeSet;
use towpath_domain::timeline::{Change, EventActor, Scene};
use towpath_proof::tree::{Nodes, leaf_hash};
use towpath_proof::{Checkpoint, Hash, SigningKey, TileId, Tiles};
use towpath_store::audit::{self, Key, Signed};
use towpath_store::{Conn, Tx, timeline};

/// After how many new events the log is signed in any case.
const EVENTS: i64 = 256;
/// How long new events wait until they are signed, in seconds.
const SECONDS: i64 = 30;
/// How many events are appended to the tree in one turn.
const TURN: i64 = 4_096;

/// A new private key for this installation's log. Nothing is signed by it before it is [adopted](adopt).
pub async fn make_key(service: &Service) -> Result<SigningKey, Error> {
    let keys = audit::keys(&mut service.read().await?).await?;
    let name = match keys.first() {
        // The log keeps its name, also where the installation has moved to another address.
        Some(key) => key.public.split('+').next().unwrap_or_default().to_owned(),
        None => format!("{}/log", service.registry_host()),
    };
    SigningKey::new(&name, service.random()).map_err(|error| Error::Internal(error.to_string()))
}

/// Makes a key the first one of this log. False if it has one already.
pub async fn adopt(service: &Service, key: &SigningKey) -> Result<bool, Error> {
    let key = Key { public: key.public().to_string(), made_at: service.now(), handover: None };
    let adopt = async move |tx: &mut Tx| {
        let first = audit::keys(tx).await?.is_empty();
        if first {
            audit::insert_key(tx, &key).await?;
        }
        Ok(first)
    };
    service.db().write(adopt).await
}

/// Puts another key in force, in the name of whoever has the server's shell. Both sign a checkpoint, so that who knows
/// the old key can follow to the new one.
pub async fn rotate(service: &Service, old: SigningKey, new: SigningKey) -> Result<(), Error> {
    while !caught_up(service).await? {}
    let now = service.now();
    let (before, after) = (old.public().to_string(), new.public().to_string());
    let change = Change::AuditKeyRotated { before, after: after.clone() };
    let event = service.event(EventActor::Shell, Scene::default(), change);
    let rotate = async move |tx: &mut Tx| {
        expect_in_force(tx, &old).await?;
        let size = append(tx).await?.size();
        let note = checkpoint(tx, size, &old).await?.sign(&[&old, &new]).to_string();
        audit::insert_key(tx, &Key { public: after, made_at: now, handover: Some(note) }).await?;
        tx.tell(event);
        Ok(())
    };
    service.db().write(rotate).await
}

/// Whether there are events that should be signed by now.
pub async fn is_due(service: &Service) -> Result<bool, Error> {
    let mut conn = service.read().await?;
    let size = timeline::size(&mut conn).await?;
    Ok(match audit::newest(&mut conn).await? {
        Some(newest) => {
            let waited = service.now() >= newest.at.plus_seconds(SECONDS);
            size - newest.size >= EVENTS || size > newest.size && waited
        }
        None => size > 0,
    })
}

/// Signs what is new, and yields the checkpoint. None if all is signed already.
///
/// # Errors
/// Where the key is not the one in force; where the log does not continue what was signed; and where it does not
/// continue `kept`, a checkpoint from elsewhere.
pub async fn sign(
    service: &Service,
    key: SigningKey,
    kept: Option<Checkpoint>,
) -> Result<Option<String>, Error> {
    while !caught_up(service).await? {}
    let now = service.now();
    let sign = async move |tx: &mut Tx| {
        expect_in_force(tx, &key).await?;
        let size = append(tx).await?.size();
        if let Some(kept) = kept {
            continues(tx, &kept, size).await?;
        }
        if audit::newest(tx).await?.is_some_and(|newest| unsigned(newest.size).is_ok_and(|is| is == size)) {
            return Ok(None);
        }
        let note = checkpoint(tx, size, &key).await?.sign(&[&key]).to_string();
        audit::insert_checkpoint(tx, &Signed { size: signed(size)?, at: now, note: note.clone() }).await?;
        Ok(Some(note))
    };
    service.db().write(sign).await
}

/// Appends events for one turn, unless one turn more will do. Whether it will.
async fn caught_up(service: &Service) -> Result<bool, Error> {
    let mut conn = service.read().await?;
    let behind = timeline::size(&mut conn).await? - signed(audit::tiled(&mut conn).await?)?;
    if behind <= TURN {
        return Ok(true);
    }
    service.db().write(async |tx: &mut Tx| append(tx).await.map(drop)).await?;
    Ok(false)
}

/// Appends events to the tiles, one turn's at most.
async fn append(tx: &mut Tx) -> Result<Tiles, Error> {
    let size = audit::tiled(tx).await?;
    let mut tiles = audit::tiles(tx, size, &BTreeSet::from_iter(TileId::edge(size))).await?;
    for leaf in audit::leaves(tx, signed(size)?, TURN).await? {
        let hash = leaf_hash(&leaf.bytes);
        let next = signed(tiles.size() + 1)?;
        if leaf.seq != next || leaf.leaf != hash {
            return Err(tampered(&format!("event {next} is missing or was changed")));
        }
        if !tiles.push(hash) {
            return Err(tampered("the tiles of its tree do not fit"));
        }
    }
    audit::save(tx, &mut tiles).await?;
    Ok(tiles)
}

/// A checkpoint of this size, if it continues the one that was signed last.
async fn checkpoint(conn: &mut Conn, size: u64, key: &SigningKey) -> Result<Checkpoint, Error> {
    if let Some((newest, _)) = super::newest(conn).await? {
        continues(conn, &newest, size).await?;
    }
    Ok(Checkpoint { origin: key.public().name().to_owned(), size, root: root(conn, size).await? })
}

/// Refuses a log that does not begin with what was signed.
async fn continues(conn: &mut Conn, earlier: &Checkpoint, size: u64) -> Result<(), Error> {
    if earlier.size > size {
        return Err(tampered(&format!("{} events were signed, and {size} are there", earlier.size)));
    }
    if root(conn, earlier.size).await? == earlier.root {
        Ok(())
    } else {
        Err(tampered(&format!("its first {} events are not those that were signed", earlier.size)))
    }
}

async fn root(conn: &mut Conn, size: u64) -> Result<Hash, Error> {
    let whole = 0..size;
    let tiles = audit::tiles(conn, size, &TileId::of(std::slice::from_ref(&whole))).await?;
    tiles.hash(&whole).ok_or_else(|| tampered("tiles of its tree are missing"))
}

async fn expect_in_force(conn: &mut Conn, key: &SigningKey) -> Result<(), Error> {
    match verifying_keys(conn).await?.last() {
        Some(known) if known == key.public() => Ok(()),
        _ => Err(Error::Conflict(format!(
            "The audit log is not signed by the key {} any more, or was not yet.",
            key.public().id()
        ))),
    }
}

fn tampered(what: &str) -> Error {
    Error::Internal(format!(
        "the audit log is not signed any further: {what}. `towpath-server audit verify` tells more"
    ))
}
