//! Keys that callers give their requests, so that one that is sent again is answered and not done again.
//!
//! The key is kept apart from what the request does: where a server stops between the two, nobody knows whether it was
//! done, and the key is free again after [`FORGOTTEN`]. What the rules of promotions refuse twice (the same build into the
//! same bucket) they refuse then, too.

use crate::{Error, Service};
use towpath_domain::access::{Actor, Identity};
use towpath_domain::times::Time;
use towpath_store::idempotency::{self, Known};
pub use towpath_store::idempotency::{Answer, Key};

/// How long an answer is kept, in seconds.
pub const KEPT: i64 = 24 * 3_600;
/// After how many seconds a request without an answer is taken for one that was lost.
const FORGOTTEN: i64 = 120;

/// What is known of a request by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: it is to be done now, and told by this time.
    First { at: Time },
    /// It was done.
    Done(Answer),
    /// It is being done.
    UnderWay,
    /// The key was given to another request.
    Other,
}

/// The key of who asks.
pub const fn key(actor: &Actor, key: String) -> Key {
    let caller = match actor.identity {
        Identity::Person { person } => person.uuid(),
        Identity::Token { token, .. } => token.uuid(),
    };
    Key { caller, key }
}

/// Looks a request up by its key and, where it is the first of it, begins it. `fingerprint` is the SHA-256 of the request.
pub async fn begin(service: &Service, key: Key, fingerprint: [u8; 32]) -> Result<Begun, Error> {
    let now = service.now();
    service
        .db()
        .write(async move |tx| {
            let known = idempotency::find(tx, &key).await?;
            let begun = judge(known, &fingerprint, now);
            if matches!(begun, Begun::First { .. }) {
                idempotency::begin(tx, &key, &fingerprint, now).await?;
            }
            Ok(begun)
        })
        .await
}

fn judge(known: Option<Known>, fingerprint: &[u8], now: Time) -> Begun {
    let first = Begun::First { at: now };
    let Some(known) = known else { return first };
    let age = if known.answer.is_some() { KEPT } else { FORGOTTEN };
    if known.begun_at.plus_seconds(age) <= now {
        return first;
    }
    if known.fingerprint != fingerprint {
        return Begun::Other;
    }
    known.answer.map_or(Begun::UnderWay, Begun::Done)
}

/// Keeps the answer of a request that was done.
pub async fn finish(service: &Service, key: Key, begun_at: Time, answer: Answer) -> Result<(), Error> {
    service.db().write(async move |tx| Ok(idempotency::finish(tx, &key, begun_at, &answer).await?)).await
}

/// Frees the key of a request that changed nothing, so that it can be mended and sent again.
pub async fn release(service: &Service, key: Key, begun_at: Time) -> Result<(), Error> {
    service.db().write(async move |tx| Ok(idempotency::release(tx, &key, begun_at).await?)).await
}

/// Forgets what is older than it is kept, and tells how many there were.
pub async fn sweep(service: &Service) -> Result<u64, Error> {
    let before = service.now().plus_seconds(-KEPT);
    service.db().write(async move |tx| Ok(idempotency::sweep(tx, before).await?)).await
}
