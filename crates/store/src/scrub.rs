//! What is stored, to be read again, and what of it was found to be damaged.

use crate::garbage::Sized;
use crate::query::{execute, fetch};
use crate::{Conn, Error, Tx};
use towpath_domain::digests::Digest;
use towpath_domain::times::Time;

/// Up to `limit` contents after a digest, with their sizes in bytes; those that are known to be damaged are left out.
pub async fn contents(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<Sized>, Error> {
    let rows = fetch!(
        fetch_all,
        (String, i64),
        conn,
        "select digest, size from (
            select digest, size from blobs where damaged_at is null and digest > $1
            union select digest, size from manifests where damaged_at is null and digest > $1) stored
         order by digest limit $2",
        after,
        limit
    )?;
    let digest = |text: &str| Digest::parse(text).map_err(|error| Error::inconsistent("blobs", error));
    rows.into_iter().map(|(text, size)| Ok((digest(&text)?, size))).collect()
}

/// Notes that the bytes of a content are damaged; false where no row names it, or this is known.
pub async fn mark_damaged(tx: &mut Tx, digest: &Digest, at: Time) -> Result<bool, Error> {
    let text = digest.to_string();
    let sql = "update blobs set damaged_at = $2 where digest = $1 and damaged_at is null";
    let blobs = execute!(tx.conn(), sql, text.as_str(), at.micros())?;
    let sql = "update manifests set damaged_at = $2 where digest = $1 and damaged_at is null";
    let manifests = execute!(tx.conn(), sql, text.as_str(), at.micros())?;
    Ok(blobs + manifests > 0)
}

/// Notes that the right bytes of a content were stored again.
pub async fn mark_mended(tx: &mut Tx, digest: &Digest) -> Result<(), Error> {
    let text = digest.to_string();
    let sql = "update blobs set damaged_at = null where digest = $1 and damaged_at is not null";
    execute!(tx.conn(), sql, text.as_str())?;
    let sql = "update manifests set damaged_at = null where digest = $1 and damaged_at is not null";
    execute!(tx.conn(), sql, text.as_str()).map(drop)
}
