//! Taking away what nothing needs any more, while everything goes on.
//!
//! Rows come in after bytes and go before them, so that a row never lacks its bytes, wherever a server stops. A blob that
//! was uploaded and that no manifest refers to yet is kept for a day, and longer as long as someone asks for it who pushes
//! there: so a push is never overtaken. In between, what is unneeded is asked anew in the transaction that takes it out.

use crate::images::ABANDONED_SECONDS;
use crate::retention;
use crate::{Error, Service};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use towpath_blobs::{Aside, BlobStore};
use towpath_domain::digests::Digest;
use towpath_domain::garbage::Collected;
use towpath_domain::spans::Span;
use towpath_domain::timeline::{Change, EventActor, Scene};
use towpath_domain::times::Time;
use towpath_store::Tx;
use towpath_store::garbage::{self, Kind, Sized};

/// What is younger is kept, where nobody says otherwise.
pub const AGE: Span = Span::DAYS_1;

/// How many contents are looked at or let go at once, so that pushes go in between.
const BATCH: i64 = 200;
/// How many files are taken away in one transaction.
const FILES: i64 = 50;
/// How long it is remembered that bytes are gone: longer than anyone takes between storing and recording them.
const REMEMBERED_SECONDS: i64 = 3_600;
/// How often the server does it by itself, and how long one that does may go without a sign.
const PERIOD_SECONDS: i64 = 86_400 - 600;
const LEASE_SECONDS: i64 = 3_600;
const CHORE: &str = "garbage";

/// Counts what would go, and changes nothing.
pub async fn preview(service: &Service, age: Span) -> Result<Collected, Error> {
    let since = since(service, age);
    let mut collected = Collected::default();
    let (uploads, bytes) = service.blobs().stale_uploads(instant(abandoned(service))).await?;
    collected.uploads = uploads;
    collected.bytes = bytes.cast_signed();
    for (digest, size) in strays(service, since).await? {
        tracing::debug!(%digest, "no row names this file");
        collected.files += 1;
        collected.bytes += size;
    }
    let mut conn = service.read().await?;
    for (kind, count) in [(Kind::Manifest, &mut collected.manifests), (Kind::Blob, &mut collected.blobs)] {
        let mut after = String::new();
        loop {
            let found = garbage::unneeded(&mut conn, kind, since, &after, BATCH).await?;
            let Some(last) = found.last() else { break };
            after = last.0.to_string();
            *count += found.len() as u64;
            collected.bytes += found.iter().map(|(_, size)| size).sum::<i64>();
        }
    }
    Ok(collected)
}

/// Takes away what nothing needs and what is older than `age`, and says how much it was.
pub async fn collect(service: &Service, by: EventActor, age: Span) -> Result<Collected, Error> {
    let since = since(service, age);
    let (uploads, freed) = service.blobs().stale_uploads(instant(abandoned(service))).await?;
    let swept = service.blobs().sweep_uploads(instant(abandoned(service))).await?;
    let mut collected = Collected { uploads: swept.min(uploads), ..Collected::default() };
    if swept > 0 {
        collected.bytes = freed.cast_signed();
    }
    for batch in strays(service, since).await?.chunks(usize::try_from(BATCH).unwrap_or(1)) {
        doom(service, batch.to_vec()).await?;
        collected.files += batch.len() as u64;
    }
    // Manifests first: they need blobs.
    collected.manifests = take_out(service, Kind::Manifest, since).await?;
    collected.blobs = take_out(service, Kind::Blob, since).await?;
    collected.bytes += take_bytes(service).await?;
    if collected.is_something() {
        let (clerk, told) = (service.clone(), collected);
        let change = Change::GarbageCollected { collected: told };
        service
            .db()
            .write(async move |tx| {
                tx.tell(clerk.event(by, Scene::default(), change));
                Ok::<_, Error>(())
            })
            .await?;
    }
    Ok(collected)
}

/// Does it once a day, on one of all servers; answers with what went, if it was this one's turn.
pub async fn collect_when_due(service: &Service) -> Result<Option<Collected>, Error> {
    let now = service.now();
    let (due, until) = (now.plus_seconds(-PERIOD_SECONDS), now.plus_seconds(LEASE_SECONDS));
    let taken = service
        .db()
        .write(async move |tx| garbage::take_turn(tx, CHORE, due, now, until).await.map_err(Error::from))
        .await?;
    if !taken {
        return Ok(None);
    }
    retention::apply(service).await?;
    let collected = collect(service, EventActor::System, AGE).await?;
    let done = service.now();
    service
        .db()
        .write(async move |tx| garbage::end_turn(tx, CHORE, done, "").await.map_err(Error::from))
        .await?;
    Ok(Some(collected))
}

fn since(service: &Service, age: Span) -> Time {
    service.now().plus_seconds(-age.seconds())
}

fn abandoned(service: &Service) -> Time {
    service.now().plus_seconds(-ABANDONED_SECONDS)
}

fn instant(time: Time) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(time.micros()).unwrap_or(0))
}

/// The files that no row names: of a push that broke off between its bytes and its rows.
async fn strays(service: &Service, since: Time) -> Result<Vec<Sized>, Error> {
    let mut strays = Vec::new();
    for shelf in service.blobs().shelves().await? {
        let files = service.blobs().list(&shelf, instant(since)).await?;
        for batch in files.chunks(usize::try_from(BATCH).unwrap_or(1)) {
            let digests: Vec<Digest> = batch.iter().map(|(digest, _)| digest.clone()).collect();
            let known = garbage::known(&mut service.read().await?, &digests).await?;
            let stray = batch.iter().filter(|(digest, _)| !known.contains(digest));
            strays.extend(stray.map(|(digest, size)| (digest.clone(), size.cast_signed())));
        }
    }
    Ok(strays)
}

async fn doom(service: &Service, contents: Vec<Sized>) -> Result<(), Error> {
    let now = service.now();
    service
        .db()
        .write(async move |tx| {
            for (digest, size) in &contents {
                garbage::doom(tx, digest, *size, now).await?;
            }
            Ok(())
        })
        .await
}

/// Takes out the rows of what nothing needs, and says how many they were.
async fn take_out(service: &Service, kind: Kind, since: Time) -> Result<u64, Error> {
    let (mut dropped, mut after) = (0, String::new());
    loop {
        let mut conn = service.read().await?;
        let found = garbage::unneeded(&mut conn, kind, since, &after, BATCH).await?;
        drop(conn);
        let Some(last) = found.last() else { return Ok(dropped) };
        after = last.0.to_string();
        let now = service.now();
        let drop = async move |tx: &mut Tx| {
            let mut count = 0;
            for (digest, _) in &found {
                count += u64::from(garbage::take_out(tx, kind, digest, since, now).await?);
            }
            Ok::<_, Error>(count)
        };
        dropped += service.db().write(drop).await?;
    }
}

/// Takes the bytes of doomed contents away, and says how many they were.
async fn take_bytes(service: &Service) -> Result<i64, Error> {
    let mut freed = 0;
    loop {
        let doomed = garbage::doomed(&mut service.read().await?, FILES).await?;
        if doomed.is_empty() {
            break;
        }
        let (now, blobs) = (service.now(), service.blobs().clone());
        let aside = service.db().write(async move |tx| set_aside(tx, &blobs, doomed, now).await).await?;
        for file in aside {
            freed += file.size().cast_signed();
            // Outside of the transaction, since large files take a while. What stays behind is swept like an upload.
            file.remove().await?;
        }
    }
    let before = service.now().plus_seconds(-REMEMBERED_SECONDS);
    service.db().write(async move |tx| garbage::forget_gone(tx, before).await.map_err(Error::from)).await?;
    Ok(freed)
}

/// Moves files out of reach while no other transaction runs: none records a content whose bytes go.
async fn set_aside(
    tx: &mut Tx,
    blobs: &BlobStore,
    doomed: Vec<Sized>,
    now: Time,
) -> Result<Vec<Aside>, Error> {
    let mut going = Vec::new();
    for (digest, _) in doomed {
        if garbage::is_doomed(tx, &digest).await? {
            garbage::note_gone(tx, &digest, now).await?;
            going.push(digest);
        }
    }
    Ok(blobs.set_aside(going).await?)
}
