//! Reading what is stored again, slowly and in the background, to find what the disk spoiled before somebody needs it.
//!
//! What is found to be damaged is out of reach from then on, through every name: clients find that it is not there, and
//! whoever pushes it again mends it.

use crate::{Error, Service};
use std::time::Duration;
use towpath_blobs::Condition;
use towpath_domain::digests::Digest;
use towpath_domain::garbage::Scrubbed;
use towpath_domain::timeline::{Change, EventActor, Scene};
use towpath_store::{garbage, scrub};

/// How many contents are listed at once.
const BATCH: i64 = 100;
/// In the background, a pause after each MiB: some 16 MiB in a second, of which a disk hardly notices.
const PAUSE: Duration = Duration::from_millis(60);
/// How much is read in one turn, and how long whoever took it may go without a sign.
const TURN_BYTES: i64 = 4_000_000_000;
const LEASE_SECONDS: i64 = 3_600;
/// How long after the last one a new round begins.
const ROUND_SECONDS: i64 = 7 * 86_400;
const CHORE: &str = "scrub";

/// Reads everything once, as fast as the disk can.
pub async fn all(service: &Service, by: EventActor) -> Result<Scrubbed, Error> {
    let mut scrubbed = Scrubbed::default();
    some(service, by, String::new(), Duration::ZERO, i64::MAX, &mut scrubbed).await?;
    Ok(scrubbed)
}

/// Goes on with the round, on one of all servers; answers with what it read, if it was this one's turn.
pub async fn go_on(service: &Service) -> Result<Option<Scrubbed>, Error> {
    let now = service.now();
    let position = garbage::position(&mut service.read().await?, CHORE).await?;
    let due = if position.is_empty() { now.plus_seconds(-ROUND_SECONDS) } else { now };
    let until = now.plus_seconds(LEASE_SECONDS);
    let taken = service
        .db()
        .write(async move |tx| garbage::take_turn(tx, CHORE, due, now, until).await.map_err(Error::from))
        .await?;
    if !taken {
        return Ok(None);
    }
    let mut scrubbed = Scrubbed::default();
    let position = some(service, EventActor::System, position, PAUSE, TURN_BYTES, &mut scrubbed).await?;
    let done = service.now();
    service
        .db()
        .write(async move |tx| garbage::end_turn(tx, CHORE, done, &position).await.map_err(Error::from))
        .await?;
    Ok(Some(scrubbed))
}

/// Reads up to so many bytes after a digest; answers where to go on, or nothing at the end.
async fn some(
    service: &Service,
    by: EventActor,
    mut position: String,
    pause: Duration,
    most: i64,
    scrubbed: &mut Scrubbed,
) -> Result<String, Error> {
    while scrubbed.bytes < most {
        let contents = scrub::contents(&mut service.read().await?, &position, BATCH).await?;
        let Some((last, _)) = contents.last() else { return Ok(String::new()) };
        position = last.to_string();
        for (digest, size) in contents {
            scrubbed.contents += 1;
            scrubbed.bytes += size;
            if put_away_if_damaged(service, by, &digest, pause).await? {
                scrubbed.damaged.push(digest);
            }
        }
    }
    Ok(position)
}

/// Reads a content, and puts it out of reach where it is damaged or missing; tells of it, and whether that was so.
pub(crate) async fn put_away_if_damaged(
    service: &Service,
    by: EventActor,
    digest: &Digest,
    pause: Duration,
) -> Result<bool, Error> {
    let stamp = service.blobs().stamp(digest).await?;
    let condition = service.blobs().examine(digest, pause).await?;
    if condition == Condition::Whole {
        return Ok(false);
    }
    let (clerk, blobs, digest, now) =
        (service.clone(), service.blobs().clone(), digest.clone(), service.now());
    service
        .db()
        .write(async move |tx| {
            // It may have been stored anew meanwhile, or have gone as garbage with its rows.
            if blobs.stamp(&digest).await? != stamp || !scrub::mark_damaged(tx, &digest, now).await? {
                return Ok(false);
            }
            blobs.put_away(&digest).await?;
            tracing::error!(%digest, ?condition, "a stored content is damaged");
            let missing = condition == Condition::Missing;
            tx.tell(clerk.event(by, Scene::default(), Change::DamageFound { digest, missing }));
            Ok(true)
        })
        .await
}
