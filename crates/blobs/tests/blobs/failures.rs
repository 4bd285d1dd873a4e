//! What a bucket does when its store or the way to it fails: nothing is lost, nothing is half visible, and errors tell.

use crate::{
    Outcome,
    places::Lab,
    proxy::{Fault, Proxy},
    s3::bucket,
};
use bytes::Bytes;
use futures::{TryStreamExt, stream};
use std::{
    convert::Infallible,
    time::{Duration, Instant},
};
use towpath_blobs::{BlobStore, Bucket, Condition, Credentials, Error};
use towpath_domain::digests::{Algorithm, Digest};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(1);
const LARGE: usize = 11_000_000;

/// A bucket behind a proxy, and the same one without.
async fn behind_proxy() -> Outcome<Option<(Proxy, BlobStore, Lab)>> {
    let Some(direct) = bucket() else { return Ok(None) };
    let proxy = Proxy::start(direct.endpoint.as_deref().unwrap_or_default()).await?;
    let through = Bucket {
        endpoint: Some(proxy.address.clone()),
        patience: Duration::from_millis(600),
        ..direct.clone()
    };
    let store = BlobStore::in_bucket(&through, ID)?;
    Ok(Some((proxy, store, Lab::in_bucket(direct))))
}

fn content() -> Vec<u8> {
    (0_u32..).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).take(LARGE).collect()
}

async fn append(store: &BlobStore, at: u64, bytes: &[u8]) -> Result<u64, Error> {
    let pieces: Vec<_> =
        bytes.chunks(300_001).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
    store.append(ID, Some(at), u64::MAX, stream::iter(pieces)).await
}

async fn read(store: &BlobStore, digest: &Digest) -> Outcome<Vec<u8>> {
    let blob = store.find(digest).await?.ok_or("it is not there")?;
    let pieces: Vec<Bytes> = blob.read().try_collect().await?;
    Ok(pieces.concat())
}

/// The fault befalls every second request.
fn every_second(fault: Fault) -> impl FnMut(&str) -> Option<Fault> + Send + 'static {
    let mut number = 0;
    move |_| {
        number += 1;
        (number % 2 == 1).then_some(fault)
    }
}

#[tokio::test]
async fn what_fails_now_and_then_is_tried_again() -> Outcome {
    for fault in [Fault::Failed, Fault::CutOff] {
        let Some((proxy, store, lab)) = behind_proxy().await? else { return Ok(()) };
        let content = content();
        let digest = Digest::of(Algorithm::Sha256, &content);
        proxy.rule(every_second(fault));
        store.begin(ID, Algorithm::Sha256).await?;
        assert_eq!(append(&store, 0, &content).await?, LARGE as u64);
        assert_eq!(store.finish(ID, &digest).await?, LARGE as u64);
        assert!(read(&store, &digest).await? == content, "{fault:?}");
        assert_eq!(lab.names().await?.len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_cut_off_while_it_is_read_goes_on_where_it_stood() -> Outcome {
    let Some((proxy, store, lab)) = behind_proxy().await? else { return Ok(()) };
    let content = content();
    lab.store.begin(ID, Algorithm::Sha256).await?;
    append(&lab.store, 0, &content).await?;
    let digest = Digest::of(Algorithm::Sha256, &content);
    lab.store.finish(ID, &digest).await?;
    let mut number = 0;
    proxy.rule(move |line| {
        number += usize::from(line.starts_with("GET"));
        (line.starts_with("GET") && number <= 3).then_some(Fault::AnswerCut(1_000_000))
    });
    assert!(read(&store, &digest).await? == content);
    Ok(())
}

#[tokio::test]
async fn an_upload_outlives_a_store_that_is_away() -> Outcome {
    let Some((proxy, store, lab)) = behind_proxy().await? else { return Ok(()) };
    let content = content();
    let (half, digest) = (6_000_000, Digest::of(Algorithm::Sha256, &content));
    store.begin(ID, Algorithm::Sha256).await?;
    let at = append(&store, 0, &content[..half]).await?;
    for fault in [Fault::Failed, Fault::CutOff, Fault::Stalled] {
        proxy.rule(move |_| Some(fault));
        let begun = Instant::now();
        let error = append(&store, at, &content[half..]).await.unwrap_err();
        assert!(matches!(error, Error::Bucket { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("in the bucket towpath") && text.contains("may try again"), "{text}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{fault:?} took {:?}", begun.elapsed());
        assert!(matches!(store.check().await, Err(Error::Bucket { .. })));
        assert!(!lab.store.is_stored(&digest).await?);
        proxy.rule(|_| None);
        assert_eq!(store.offset(ID).await?, at, "{fault:?}");
    }
    append(&store, at, &content[half..]).await?;
    store.finish(ID, &digest).await?;
    assert!(read(&lab.store, &digest).await? == content);
    Ok(())
}

/// The store did what it was asked, and nobody heard.
#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again() -> Outcome {
    // The beginning and the end of its parts, a part, the copy under the digest; its state as it begins, has a part, and has all.
    for (lost, which) in [
        ("POST", 1),
        ("POST", 2),
        ("partNumber=2", 1),
        ("PUT /towpath/PREFIX/blobs", 1),
        ("PUT /towpath/PREFIX/uploads", 1),
        ("PUT /towpath/PREFIX/uploads", 2),
        ("PUT /towpath/PREFIX/uploads", 3),
    ] {
        let Some((proxy, store, lab)) = behind_proxy().await? else { return Ok(()) };
        let content = content();
        let digest = Digest::of(Algorithm::Sha256, &content);
        let mut times = 0;
        proxy.rule(move |line| {
            let line = line.split('/').map(|part| if part.len() == 36 { "PREFIX" } else { part });
            let found = line.collect::<Vec<_>>().join("/").contains(lost);
            times += usize::from(found);
            (found && times == which).then_some(Fault::AnswerLost)
        });
        store.begin(ID, Algorithm::Sha256).await?;
        assert_eq!(append(&store, 0, &content).await?, LARGE as u64, "{lost}");
        assert_eq!(store.finish(ID, &digest).await?, LARGE as u64, "{lost}");
        assert!(read(&lab.store, &digest).await? == content, "{lost}");
    }
    Ok(())
}

#[tokio::test]
async fn a_store_that_is_away_tells_nothing_of_a_blob() -> Outcome {
    let Some((proxy, store, lab)) = behind_proxy().await? else { return Ok(()) };
    let digest = store.put(Algorithm::Sha256, Bytes::from_static(b"whole")).await?;
    proxy.rule(|_| Some(Fault::Failed));
    let examined = store.examine(&digest, Duration::ZERO).await;
    assert!(matches!(examined, Err(Error::Bucket { .. })), "{examined:?}");
    proxy.rule(|_| None);
    assert_eq!(store.examine(&digest, Duration::ZERO).await?, Condition::Whole);
    lab.spoil(&digest, b"whale").await?;
    assert_eq!(store.examine(&digest, Duration::ZERO).await?, Condition::Damaged);
    store.put_away(&digest).await?;
    assert_eq!(store.examine(&digest, Duration::ZERO).await?, Condition::Missing);
    let names = lab.names().await?;
    assert!(
        names.len() == 1 && names[0].ends_with(&format!("/damaged/sha256-{}", digest.hex())),
        "{names:?}"
    );
    Ok(())
}

#[tokio::test]
async fn what_is_configured_wrongly_is_told_with_what_to_look_at() -> Outcome {
    let Some(bucket) = bucket() else { return Ok(()) };
    let credentials =
        |secret: &str| Some(Credentials { access_key: "towpath".to_owned(), secret_key: secret.to_owned() });
    let elsewhere = Bucket { bucket: "nowhere".to_owned(), ..bucket.clone() };
    let stranger = Bucket { credentials: credentials("a guess"), ..bucket.clone() };
    let nobody = Bucket { endpoint: Some("http://127.0.0.1:1".to_owned()), ..bucket };
    for (bucket, expected) in
        [(elsewhere, "s3_bucket"), (stranger, "s3_secret_key"), (nobody, "did not answer")]
    {
        let bucket = Bucket { patience: Duration::from_millis(300), ..bucket };
        let store = BlobStore::in_bucket(&bucket, ID)?;
        let error = store.check().await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!format!("{bucket:?}").contains("a guess"));
        // A bucket that cannot be used is missing nothing.
        let digest = Digest::of(Algorithm::Sha256, b"anything");
        assert!(store.examine(&digest, Duration::ZERO).await.is_err(), "{expected}");
    }
    Ok(())
}
