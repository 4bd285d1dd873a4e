//! Upload sessions, wherever blobs can lie.

use crate::{Outcome, places::everywhere};
use std::{
    convert::Infallible,
    io,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use tokio::sync::oneshot;
use towpath_blobs::{BlobStore, Error};
use towpath_domain::digests::{Algorithm, Digest};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(1);
const NO_LIMIT: u64 = u64::MAX;

fn digest(content: &[u8]) -> Digest {
    Digest::of(Algorithm::Sha256, content)
}

fn whole(content: &[u8]) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::iter([Ok(Bytes::copy_from_slice(content))])
}

/// A stream that never ends, and what tells that it was asked for more than `first`.
fn endless(first: &'static [u8]) -> (oneshot::Receiver<()>, impl Stream<Item = Result<Bytes, Infallible>>) {
    let (sender, asked) = oneshot::channel();
    let rest = stream::once(async move {
        _ = sender.send(());
        std::future::pending().await
    });
    (asked, whole(first).chain(rest))
}

async fn stored(store: &BlobStore, digest: &Digest) -> Outcome<Option<Vec<u8>>> {
    let Some(blob) = store.find(digest).await? else {
        return Ok(None);
    };
    let size = blob.size();
    let pieces: Vec<Bytes> = blob.read().try_collect().await?;
    assert_eq!(pieces.iter().map(|piece| piece.len() as u64).sum::<u64>(), size);
    Ok(Some(pieces.concat()))
}

#[tokio::test]
async fn what_was_uploaded_is_found_by_its_digest() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        let content: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
        store.begin(ID, Algorithm::Sha256).await?;
        let frames =
            stream::iter(content.chunks(70_001).map(Bytes::copy_from_slice)).map(Ok::<_, Infallible>);
        assert_eq!(store.append(ID, None, NO_LIMIT, frames).await?, 3_000_000);
        assert_eq!(store.finish(ID, &digest(&content)).await?, 3_000_000);
        assert_eq!(stored(store, &digest(&content)).await?.as_deref(), Some(&content[..]));
        assert_eq!(store.size(&digest(&content)).await?, Some(3_000_000));
        assert!(matches!(store.offset(ID).await, Err(Error::UploadUnknown)));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_upload_without_bytes_is_the_empty_blob() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        store.begin(ID, Algorithm::Sha256).await?;
        store.finish(ID, &digest(b"")).await?;
        assert_eq!(stored(store, &digest(b"")).await?.as_deref(), Some(&b""[..]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_upload_may_be_finished_by_another_algorithm_than_it_began_with() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        let sha512 = Digest::of(Algorithm::Sha512, b"content");
        store.begin(ID, Algorithm::Sha256).await?;
        store.append(ID, None, NO_LIMIT, whole(b"content")).await?;
        store.finish(ID, &sha512).await?;
        assert_eq!(stored(store, &sha512).await?.as_deref(), Some(&b"content"[..]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn content_of_another_digest_is_refused_and_discarded() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        store.begin(ID, Algorithm::Sha256).await?;
        store.append(ID, None, NO_LIMIT, whole(b"other")).await?;
        let refused = store.finish(ID, &digest(b"promised")).await;
        assert!(matches!(refused, Err(Error::DigestMismatch { actual, .. }) if actual == digest(b"other")));
        assert_eq!(stored(store, &digest(b"promised")).await?, None);
        assert_eq!(stored(store, &digest(b"other")).await?, None);
        assert!(matches!(store.offset(ID).await, Err(Error::UploadUnknown)));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_interrupted_upload_keeps_what_came_and_resumes_there() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        store.begin(ID, Algorithm::Sha256).await?;
        let torn = stream::iter([Ok(Bytes::from_static(b"first ")), Err(io::Error::other("gone"))]);
        let interrupted = store.append(ID, None, NO_LIMIT, torn).await;
        assert!(matches!(interrupted, Err(Error::Interrupted(_))));
        assert_eq!(store.offset(ID).await?, 6);
        store.append(ID, Some(6), NO_LIMIT, whole(b"second")).await?;
        store.finish(ID, &digest(b"first second")).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_an_upload_that_resumes() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        store.begin(ID, Algorithm::Sha256).await?;
        let (asked, first) = endless(b"first ");
        let mut append = Box::pin(store.append(ID, None, NO_LIMIT, first));
        // The bytes were taken from the stream; then the future is dropped, as hyper does.
        tokio::select! {
            ended = &mut append => return Err(format!("it never ends: {ended:?}").into()),
            asked = asked => asked?,
        }
        drop(append);
        let offset = loop {
            match store.append(ID, None, NO_LIMIT, whole(b"")).await {
                Ok(offset) => break offset,
                Err(Error::UploadBusy) => tokio::task::yield_now().await,
                Err(other) => panic!("{other}"),
            }
        };
        assert_eq!(offset, 6);
        store.append(ID, Some(6), NO_LIMIT, whole(b"second")).await?;
        store.finish(ID, &digest(b"first second")).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_upload_survives_a_restart() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        store.begin(ID, Algorithm::Sha256).await?;
        store.append(ID, None, NO_LIMIT, whole(b"first ")).await?;
        let store = lab.reopened();
        assert_eq!(store.offset(ID).await?, 6);
        store.append(ID, Some(6), NO_LIMIT, whole(b"second")).await?;
        store.finish(ID, &digest(b"first second")).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_upload_can_be_finished_right_after_a_restart() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        store.begin(ID, Algorithm::Sha256).await?;
        store.append(ID, None, NO_LIMIT, whole(b"all of it")).await?;
        let store = lab.reopened();
        assert_eq!(store.finish(ID, &digest(b"all of it")).await?, 9);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_piece_that_starts_elsewhere_is_refused_and_changes_nothing() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        store.begin(ID, Algorithm::Sha256).await?;
        store.append(ID, Some(0), NO_LIMIT, whole(b"first")).await?;
        for elsewhere in [0, 4, 6] {
            let refused = store.append(ID, Some(elsewhere), NO_LIMIT, whole(b"again")).await;
            assert!(matches!(refused, Err(Error::WrongOffset { offset: 5 })));
        }
        store.finish(ID, &digest(b"first")).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_second_writer_of_one_upload_is_refused() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        store.begin(ID, Algorithm::Sha256).await?;
        let (asked, endless) = endless(b"");
        let mut first = Box::pin(store.append(ID, None, NO_LIMIT, endless));
        tokio::select! {
            ended = &mut first => return Err(format!("it never ends: {ended:?}").into()),
            asked = asked => asked?,
        }
        let second = store.append(ID, None, NO_LIMIT, whole(b"x")).await;
        assert!(matches!(second, Err(Error::UploadBusy)));
        assert!(matches!(store.finish(ID, &digest(b"")).await, Err(Error::UploadBusy)));
        assert!(matches!(store.cancel(ID).await, Err(Error::UploadBusy)));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_upload_cannot_grow_past_its_limit() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        store.begin(ID, Algorithm::Sha256).await?;
        store.append(ID, None, 5, whole(b"1234")).await?;
        let refused = store.append(ID, None, 5, whole(b"56")).await;
        assert!(matches!(refused, Err(Error::TooLarge { limit: 5 })));
        assert_eq!(store.offset(ID).await?, 4);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn two_uploads_of_the_same_content_both_succeed() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        let other = Uuid::from_u128(2);
        for id in [ID, other] {
            store.begin(id, Algorithm::Sha256).await?;
            store.append(id, None, NO_LIMIT, whole(b"shared")).await?;
        }
        let shared = digest(b"shared");
        let (first, second) = tokio::join!(store.finish(ID, &shared), store.finish(other, &shared));
        assert_eq!((first?, second?), (6, 6));
        assert_eq!(stored(store, &shared).await?.as_deref(), Some(&b"shared"[..]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_cancelled_upload_is_gone() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        store.begin(ID, Algorithm::Sha256).await?;
        store.cancel(ID).await?;
        assert!(matches!(store.cancel(ID).await, Err(Error::UploadUnknown)));
        let late = store.append(ID, None, NO_LIMIT, whole(b"late")).await;
        assert!(matches!(late, Err(Error::UploadUnknown)));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_sweep_takes_old_uploads_and_spares_younger_ones() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        store.begin(ID, Algorithm::Sha256).await?;
        assert_eq!(store.sweep_uploads(SystemTime::UNIX_EPOCH).await?, 0);
        store.offset(ID).await?;
        let far_future = SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365_000);
        assert_eq!(store.sweep_uploads(far_future).await?, 1);
        assert!(matches!(store.offset(ID).await, Err(Error::UploadUnknown)));
        Ok(())
    })
    .await
}
