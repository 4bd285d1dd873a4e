//! Proof of the audit log: signing it, proving from it, and finding out whether it was tampered with.
//!
//! The log is a Merkle tree (RFC 6962) of its events' bytes. After the commits, [`signing`] appends what is new to the
//! tree's tiles and signs a checkpoint of it. Whoever keeps a checkpoint can hold the log to it for ever, against
//! whoever may write the database, this server included.

pub mod proving;
pub mod signing;
pub mod verifying;

use crate::{Error, Service};
use towpath_proof::{Checkpoint, VerifyingKey};
use towpath_store::{Conn, audit};

/// A public key by which the log is signed, or was.
pub use towpath_store::audit::Key;

/// The keys by which the log was signed, the oldest first; the last one is in force.
pub async fn keys(service: &Service) -> Result<Vec<Key>, Error> {
    Ok(audit::keys(&mut service.read().await?).await?)
}

async fn verifying_keys(conn: &mut Conn) -> Result<Vec<VerifyingKey>, Error> {
    let keys = audit::keys(conn).await?;
    keys.iter()
        .map(|key| key.public.parse().map_err(|_| Error::Internal(format!("{} is no key", key.public))))
        .collect()
}

/// The newest checkpoint and its note, if its signature is right.
async fn newest(conn: &mut Conn) -> Result<Option<(Checkpoint, String)>, Error> {
    let Some(signed) = audit::newest(conn).await? else { return Ok(None) };
    let checkpoint = Checkpoint::open(&signed.note, &verifying_keys(conn).await?)
        .map_err(|error| Error::Internal(format!("the newest checkpoint of the audit log: {error}")))?;
    Ok(Some((checkpoint, signed.note)))
}

fn unsigned(number: i64) -> Result<u64, Error> {
    u64::try_from(number).map_err(|_| Error::Internal(format!("the audit log has no place {number}")))
}

fn signed(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::Internal(format!("the audit log has no place {number}")))
}
