//! The proof of the audit log: tiles of hashes, signed checkpoints, and the public keys of those who signed.

use crate::query::{execute, fetch, fetch_in};
use crate::{Conn, Error, Tx};
use std::collections::{BTreeMap, BTreeSet};
use towpath_domain::times::Time;
use towpath_proof::tiles::WIDTH;
use towpath_proof::{Hash, TileId, Tiles};

/// A public key by which the log is signed, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// `NAME+ID+KEY`.
    pub public: String,
    pub made_at: Time,
    /// A checkpoint that it signed together with the key before it; absent for the first.
    pub handover: Option<String>,
}

/// A checkpoint as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub size: i64,
    pub at: Time,
    pub note: String,
}

/// An event's bytes, as the tree has it for a leaf.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Leaf {
    pub seq: i64,
    pub bytes: Vec<u8>,
    /// The hash that was kept with the bytes when they were written.
    pub leaf: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct TileRow {
    place: i64,
    hashes: Vec<u8>,
}

/// The keys, the oldest first.
pub async fn keys(conn: &mut Conn) -> Result<Vec<Key>, Error> {
    let rows = fetch!(
        fetch_all,
        (String, i64, Option<String>),
        conn,
        "select public_key, made_at, handover from audit_keys order by number"
    )?;
    let key = |(public, made_at, handover)| Key { public, made_at: Time::from_micros(made_at), handover };
    Ok(rows.into_iter().map(key).collect())
}

/// Adds a key behind those that are there.
pub async fn insert_key(tx: &mut Tx, key: &Key) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into audit_keys (number, public_key, made_at, handover)
         select coalesce(max(number), 0) + 1, $1, $2, $3 from audit_keys",
        key.public.as_str(),
        key.made_at.micros(),
        key.handover.as_deref(),
    )?;
    Ok(())
}

/// The checkpoint that was signed last.
pub async fn newest(conn: &mut Conn) -> Result<Option<Signed>, Error> {
    let row = fetch!(
        fetch_optional,
        (i64, i64, String),
        conn,
        "select size, at, note from audit_checkpoints order by size desc limit 1"
    )?;
    Ok(row.map(|(size, at, note)| Signed { size, at: Time::from_micros(at), note }))
}

/// Keeps a checkpoint; one of the same size is there already or not.
pub async fn insert_checkpoint(tx: &mut Tx, signed: &Signed) -> Result<(), Error> {
    execute!(
        tx.conn(),
        "insert into audit_checkpoints (size, at, note) values ($1, $2, $3) on conflict (size) do nothing",
        signed.size,
        signed.at.micros(),
        signed.note.as_str(),
    )?;
    Ok(())
}

/// How many events the tiles hold.
pub async fn tiled(conn: &mut Conn) -> Result<u64, Error> {
    let last = fetch!(
        fetch_optional,
        (i64, i64),
        conn,
        "select place, cast(length(hashes) as bigint) from audit_tiles where level = 0 order by place desc limit 1"
    )?;
    let Some((place, bytes)) = last else { return Ok(0) };
    u64::try_from(place)
        .and_then(|place| Ok(place * WIDTH + u64::try_from(bytes)? / 32))
        .map_err(|error| Error::inconsistent("audit_tiles", error))
}

/// Reads those of some tiles that are there, of a tree that is `size` large.
pub async fn tiles(conn: &mut Conn, size: u64, wanted: &BTreeSet<TileId>) -> Result<Tiles, Error> {
    let mut levels = BTreeMap::<u32, Vec<i64>>::new();
    for tile in wanted {
        let place = i64::try_from(tile.index).map_err(|error| Error::inconsistent("audit_tiles", error))?;
        levels.entry(tile.level).or_default().push(place);
    }
    let mut tiles = Tiles::new(size);
    for (level, places) in levels {
        let rows: Vec<TileRow> = fetch_in!(
            TileRow,
            conn,
            [("select place, hashes from audit_tiles where level = ", i64::from(level))] " and place in (",
            places,
            ")"
        )?;
        for TileRow { place, hashes } in rows {
            let index = u64::try_from(place).map_err(|error| Error::inconsistent("audit_tiles", error))?;
            if !tiles.put(TileId { level, index }, &hashes) {
                return Err(Error::inconsistent("audit_tiles", format!("{level}/{place} holds no hashes")));
            }
        }
    }
    Ok(tiles)
}

/// Writes the tiles to which something was appended.
pub async fn save(tx: &mut Tx, tiles: &mut Tiles) -> Result<(), Error> {
    for tile in tiles.take_changed() {
        let place = i64::try_from(tile.index).map_err(|error| Error::inconsistent("audit_tiles", error))?;
        execute!(
            tx.conn(),
            "insert into audit_tiles (level, place, hashes) values ($1, $2, $3)
             on conflict (level, place) do update set hashes = excluded.hashes",
            i64::from(tile.level),
            place,
            tiles.bytes(tile).unwrap_or_default(),
        )?;
    }
    Ok(())
}

/// Up to `limit` events after a number, the oldest first, as bytes.
pub async fn leaves(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<Leaf>, Error> {
    fetch!(
        fetch_all,
        Leaf,
        conn,
        "select seq, bytes, leaf from events where seq > $1 order by seq limit $2",
        after,
        limit
    )
}

/// How many events have numbers that the log, by its head, does not have. Asked in one query, so that an event that is
/// written meanwhile is none of them.
pub async fn outside(conn: &mut Conn) -> Result<i64, Error> {
    let sql = "select count(*) from events
               where seq < 1 or seq > (select size from audit_head where id = 1)";
    let (count,) = fetch!(fetch_one, (i64,), conn, sql)?;
    Ok(count)
}

/// The hashes that the tree holds for some events, by their numbers.
pub async fn held(conn: &mut Conn, seqs: &[i64]) -> Result<BTreeMap<i64, Hash>, Error> {
    let index = |seq: &i64| u64::try_from(seq - 1).ok();
    let wanted = seqs.iter().filter_map(index).map(|index| TileId { level: 0, index: index / WIDTH });
    let tiles = tiles(conn, 0, &wanted.collect()).await?;
    Ok(seqs.iter().filter_map(|seq| Some((*seq, tiles.leaf(index(seq)?)?))).collect())
}
