//! Storing and reading whole contents, wherever blobs can lie.

use crate::{Outcome, places::everywhere};
use std::{fs, io};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use towpath_blobs::{BlobStore, Error, Spoiled};
use towpath_domain::digests::{Algorithm, Digest};

#[tokio::test]
async fn content_that_is_put_is_read_back() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let digest = store.put(algorithm, Bytes::from_static(b"manifest")).await?;
            assert_eq!(digest, Digest::of(algorithm, b"manifest"));
            let read = store.read_small(&digest, 8).await?;
            assert_eq!(read.as_deref(), Some(&b"manifest"[..]));
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_not_stored_is_absent() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        let digest = Digest::of(Algorithm::Sha256, b"unknown");
        assert!(store.find(&digest).await?.is_none());
        assert_eq!(store.size(&digest).await?, None);
        assert_eq!(store.read_small(&digest, 10).await?, None);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_small_read_does_not_take_in_a_large_blob() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        let digest = store.put(Algorithm::Sha256, Bytes::from_static(b"12345")).await?;
        let refused = store.read_small(&digest, 4).await;
        assert!(matches!(refused, Err(Error::TooLarge { limit: 4 })));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_range_is_exactly_the_bytes_asked_for() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        let content: Bytes = (0..1_500_000_u32).map(|n| n.to_le_bytes()[1]).collect();
        let digest = store.put(Algorithm::Sha256, content.clone()).await?;
        for range in [0..0, 0..1, 1_499_999..1_500_000, 300_000..1_400_000, 0..1_500_000] {
            let blob = store.find(&digest).await?.ok_or("it was put")?;
            let pieces: Vec<Bytes> = blob.read_range(range.clone()).try_collect().await?;
            let expected = &content[usize::try_from(range.start)?..usize::try_from(range.end)?];
            assert_eq!(pieces.concat(), expected);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn storing_again_mends_a_spoiled_copy() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        let content = Bytes::from_static(b"good");
        let digest = store.put(Algorithm::Sha256, content.clone()).await?;
        lab.spoil(&digest, b"").await?;
        store.put(Algorithm::Sha256, content.clone()).await?;
        assert_eq!(store.read_small(&digest, 9).await?, Some(content));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn leftovers_of_an_earlier_process_do_not_hinder() -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = BlobStore::open(folder.path())?;
    fs::write(folder.path().join("uploads/put-0"), b"torn")?;
    let digest = store.put(Algorithm::Sha256, Bytes::from_static(b"new")).await?;
    assert_eq!(store.size(&digest).await?, Some(3));
    Ok(())
}

#[tokio::test]
async fn nobody_gets_the_whole_of_what_the_disk_spoiled() -> Outcome {
    everywhere(async |lab| {
        let store = &lab.store;
        for size in [1, 300_000, 512 * 1024] {
            let content: Bytes = vec![7; size].into();
            let digest = store.put(Algorithm::Sha256, content.clone()).await?;
            let whole: Vec<Bytes> =
                store.find(&digest).await?.ok_or("it was put")?.read().try_collect().await?;
            assert_eq!(whole.concat(), content);
            let mut spoiled = content.to_vec();
            spoiled[size / 2] ^= 1;
            lab.spoil(&digest, &spoiled).await?;
            let pieces: Vec<io::Result<Bytes>> =
                store.find(&digest).await?.ok_or("is there")?.read().collect().await;
            let got: usize = pieces.iter().flatten().map(Bytes::len).sum();
            assert!(got < size, "{got} of {size}");
            let error = pieces.last().and_then(|last| last.as_ref().err()).ok_or("it breaks off")?;
            let spoiled = error.get_ref().and_then(|inner| inner.downcast_ref::<Spoiled>());
            assert!(spoiled.is_some());
        }
        Ok(())
    })
    .await
}
