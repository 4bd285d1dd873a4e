//! Several processes on one bucket.

use crate::{
    Outcome,
    places::{Lab, everywhere},
    s3::bucket,
};
use bytes::Bytes;
use futures::{TryStreamExt, stream};
use std::{
    convert::Infallible,
    time::{Duration, SystemTime},
};
use towpath_blobs::{BlobStore, Error};
use towpath_domain::digests::{Algorithm, Digest};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(1);
/// Two parts of a bucket and some.
const LARGE: usize = 12_345_678;

fn content(size: usize) -> Vec<u8> {
    (0_u32..).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).take(size).collect()
}

async fn append(store: &BlobStore, at: u64, bytes: &[u8]) -> Result<u64, Error> {
    let pieces: Vec<_> =
        bytes.chunks(300_001).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
    store.append(ID, Some(at), u64::MAX, stream::iter(pieces)).await
}

fn far_future() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365_000)
}

async fn read(store: &BlobStore, digest: &Digest) -> Outcome<Vec<u8>> {
    let blob = store.find(digest).await?.ok_or("it is not there")?;
    let pieces: Vec<Bytes> = blob.read().try_collect().await?;
    Ok(pieces.concat())
}

#[tokio::test]
async fn the_pieces_of_an_upload_may_go_to_one_server_after_another() -> Outcome {
    let Some(bucket) = bucket() else { return Ok(()) };
    let lab = Lab::in_bucket(bucket);
    let other = lab.reopened();
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        let content = content(LARGE);
        let digest = Digest::of(algorithm, &content);
        lab.store.begin(ID, Algorithm::Sha256).await?;
        let mut at = 0;
        // Less than a part, across several, up to the end of one, nothing, and the rest.
        for (number, end) in [1_000_000, 6_000_000, 10_485_760, 10_485_760, LARGE].into_iter().enumerate() {
            let store = if number % 2 == 0 { &other } else { &lab.store };
            let start = usize::try_from(at)?;
            at = append(store, at, &content[start..end]).await?;
            assert_eq!((at, other.offset(ID).await?, lab.store.offset(ID).await?), (end as u64, at, at));
        }
        assert_eq!(other.finish(ID, &digest).await?, LARGE as u64);
        assert!(read(&lab.store, &digest).await? == content);
        assert!(matches!(lab.store.offset(ID).await, Err(Error::UploadUnknown)));
    }
    assert_eq!(lab.names().await?.len(), 2, "nothing but the two blobs is left");
    Ok(())
}

#[tokio::test]
async fn of_two_servers_that_write_to_one_upload_the_second_is_refused() -> Outcome {
    let Some(bucket) = bucket() else { return Ok(()) };
    let lab = Lab::in_bucket(bucket);
    let other = lab.reopened();
    lab.store.begin(ID, Algorithm::Sha256).await?;
    let (sender, receiver) = tokio::sync::oneshot::channel::<Bytes>();
    let late = stream::once(receiver);
    let first = lab.store.append(ID, Some(0), u64::MAX, late);
    let second = async {
        // The first has read the state by now, or reads the same.
        let done = append(&other, 0, b"second").await;
        _ = sender.send(Bytes::from_static(b"first"));
        done
    };
    let (first, second) = tokio::join!(first, second);
    let outcomes = [first.is_ok(), second.is_ok()];
    assert_ne!(outcomes[0], outcomes[1], "{first:?} {second:?}");
    let kept: &[u8] = if outcomes[0] { b"first" } else { b"second" };
    assert_eq!(lab.store.finish(ID, &Digest::of(Algorithm::Sha256, kept)).await?, kept.len() as u64);
    Ok(())
}

#[tokio::test]
async fn a_large_upload_of_other_bytes_leaves_nothing() -> Outcome {
    everywhere(async |lab| {
        let (content, promised) = (content(LARGE), Digest::of(Algorithm::Sha256, b"promised"));
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            lab.store.begin(ID, algorithm).await?;
            append(&lab.store, 0, &content).await?;
            let refused = lab.store.finish(ID, &promised).await;
            assert!(matches!(refused, Err(Error::DigestMismatch { .. })), "{refused:?}");
        }
        assert_eq!(lab.names().await?, [""; 0]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_large_upload_is_swept_by_any_server() -> Outcome {
    everywhere(async |lab| {
        lab.store.begin(ID, Algorithm::Sha256).await?;
        append(&lab.store, 0, &content(LARGE)).await?;
        let (store, later) = (lab.reopened(), far_future());
        let (count, bytes) = store.stale_uploads(later).await?;
        assert!(count == 1 && bytes > 0, "{count} {bytes}");
        assert_eq!(store.sweep_uploads(later).await?, 1);
        assert_eq!(lab.names().await?, [""; 0]);
        assert!(matches!(append(&lab.store, LARGE as u64, b"more").await, Err(Error::UploadUnknown)));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_shelf_lists_what_is_stored_and_what_is_set_aside_is_gone() -> Outcome {
    everywhere(async |lab| {
        let contents: Vec<String> = (0..40).map(|number| format!("content {number}")).collect();
        let mut digests = Vec::new();
        for content in &contents {
            digests.push(lab.store.put(Algorithm::Sha256, Bytes::from(content.clone())).await?);
        }
        digests.push(lab.store.put(Algorithm::Sha512, Bytes::from_static(b"content 0")).await?);
        let later = far_future();
        let listed = async |before| {
            let mut listed = Vec::new();
            for shelf in lab.store.shelves().await? {
                listed.extend(lab.store.list(&shelf, before).await?);
            }
            listed.sort();
            Ok::<_, Error>(listed)
        };
        let found: Vec<Digest> = listed(later).await?.into_iter().map(|(digest, _)| digest).collect();
        digests.sort();
        assert_eq!(found, digests);
        assert_eq!(listed(SystemTime::UNIX_EPOCH).await?, []);
        let missing = Digest::of(Algorithm::Sha256, b"never stored");
        let aside = lab.store.set_aside([&digests[..30], &[missing]].concat()).await?;
        assert_eq!(aside.len(), 30);
        assert!(aside.iter().all(|blob| blob.size() == 9 || blob.size() == 10));
        for digest in &digests[..30] {
            assert!(!lab.store.is_stored(digest).await?);
        }
        for blob in aside {
            blob.remove().await?;
        }
        assert_eq!(lab.names().await?.len(), 11);
        Ok(())
    })
    .await
}
