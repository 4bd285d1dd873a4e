//! Scrubbing: what the disk spoiled is found, is not served, and is mended by pushing it again.

use crate::engines::on_both_engines;
use crate::images::name;
use crate::shop::Shop;
use crate::world::line;
use futures::TryStreamExt;
use towpath_domain::digests::Digest;
use towpath_domain::references::Tag;
use towpath_domain::timeline::{EventActor, Filter};
use towpath_service::images::{Reference, blob_size, open_blob, read_blob, read_manifest};
use towpath_service::scrub::{all, go_on};

const QA: &str = "shop/checkout/qa";

/// Turns a bit of a stored content.
async fn spoil(shop: &Shop, digest: &Digest) {
    let mut content = shop.stored().read(digest).await;
    content[0] ^= 1;
    shop.stored().overwrite(digest, Some(&content)).await;
}

async fn told(shop: &Shop) -> Vec<String> {
    let filter = Filter { kind: "damage_found".into(), ..Filter::default() };
    shop.timeline(&shop.ana, filter).await.iter().map(line).collect()
}

#[test]
fn what_is_damaged_is_found_told_and_out_of_reach_until_it_is_pushed_again() {
    on_both_engines(async |shop: Shop| {
        let ana = &shop.ana;
        shop.push(ana, QA, "1.0").await.expect("arrives");
        let (digest, _) = shop.upload(ana, &name(QA), "a layer".into()).await.expect("uploads");
        let whole = all(&shop, EventActor::Shell).await.expect("reads");
        assert_eq!((whole.contents, whole.damaged.len()), (4, 0));
        spoil(&shop, &digest).await;
        let found = all(&shop, EventActor::Shell).await.expect("reads");
        assert_eq!(found.damaged.as_slice(), std::slice::from_ref(&digest));
        assert!(told(&shop).await[0].contains("are damaged"));
        assert!(blob_size(&shop, ana, &name(QA), &digest).await.is_err());
        assert!(open_blob(&shop, ana, &name(QA), &digest).await.is_err());
        assert!(!shop.stored().open().is_stored(&digest).await.expect("answers"));
        assert_eq!(shop.stored().count("damaged").await, 1, "it is kept to be looked at");
        assert_eq!(all(&shop, EventActor::Shell).await.expect("reads").contents, 3, "it is known");
        shop.upload(ana, &name(QA), "a layer".into()).await.expect("mends it");
        assert!(open_blob(&shop, ana, &name(QA), &digest).await.is_ok());
        assert_eq!(all(&shop, EventActor::Shell).await.expect("reads").damaged, []);
        assert_eq!(told(&shop).await.len(), 1);
    });
}

#[test]
fn a_damaged_manifest_and_a_blob_that_was_cut_off_are_never_served() {
    on_both_engines(async |shop: Shop| {
        let ana = &shop.ana;
        let manifest = shop.push(ana, QA, "1.0").await.expect("arrives");
        let manifest = Digest::parse(&manifest).expect("a digest");
        spoil(&shop, &manifest).await;
        let tag = Reference::Tag(Tag::parse("1.0").expect("a tag"));
        for _ in 0..2 {
            assert!(read_manifest(&shop, ana, &name(QA), &tag).await.is_err());
        }
        assert_eq!(told(&shop).await.len(), 1);
        shop.push(ana, QA, "1.0").await.expect("mends it");
        assert!(read_manifest(&shop, ana, &name(QA), &tag).await.is_ok());

        let (blob, _) = shop.upload(ana, &name(QA), "a layer".into()).await.expect("uploads");
        shop.stored().overwrite(&blob, Some(b"a lay")).await;
        assert!(open_blob(&shop, ana, &name(QA), &blob).await.is_err());
        assert_eq!(told(&shop).await.len(), 2);
        let (gone, _) = shop.upload(ana, &name(QA), "another".into()).await.expect("uploads");
        shop.stored().overwrite(&gone, None).await;
        assert!(open_blob(&shop, ana, &name(QA), &gone).await.is_err());
        assert!(told(&shop).await[0].contains("are missing"));
    });
}

/// What a client gets of a part of a blob in the bucket; nothing where it is refused or breaks off.
async fn got(shop: &Shop, digest: &Digest, from: u64) -> Option<Vec<u8>> {
    let blob = open_blob(shop, &shop.ana, &name(QA), digest).await.ok()?;
    let range = from..blob.size();
    let pieces = read_blob(shop, digest, blob, range).await.ok()?;
    let pieces: Vec<bytes::Bytes> = pieces.try_collect().await.ok()?;
    Some(pieces.concat())
}

#[test]
fn a_damaged_blob_of_the_right_size_is_never_served_whole_nor_in_parts() {
    on_both_engines(async |shop: Shop| {
        for from in [0, 2] {
            let content = format!("a layer that is read from {from}");
            let (blob, _) = shop.upload(&shop.ana, &name(QA), content.clone()).await.expect("uploads");
            spoil(&shop, &blob).await;
            assert_eq!(got(&shop, &blob, from).await, None);
            assert!(
                open_blob(&shop, &shop.ana, &name(QA), &blob).await.is_err(),
                "it is out of reach at once"
            );
            shop.upload(&shop.ana, &name(QA), content.clone()).await.expect("mends it");
            let read = got(&shop, &blob, from).await.expect("is whole again");
            assert_eq!(read, content.as_bytes()[usize::try_from(from).expect("small")..]);
        }
        assert_eq!(told(&shop).await.len(), 2);
    });
}

#[test]
fn what_was_found_whole_is_looked_at_again_where_its_file_changed() {
    on_both_engines(async |shop: Shop| {
        let (blob, _) = shop.upload(&shop.ana, &name(QA), "a layer".into()).await.expect("uploads");
        assert_eq!(got(&shop, &blob, 0).await.as_deref(), Some(&b"a layer"[..]));
        assert_eq!(got(&shop, &blob, 5).await.as_deref(), Some(&b"er"[..]));
        spoil(&shop, &blob).await;
        assert_eq!(got(&shop, &blob, 5).await, None);
    });
}

#[test]
fn a_round_is_made_once_a_week_by_one_of_all_servers() {
    on_both_engines(async |shop: Shop| {
        let replica = shop.replica().await;
        shop.push(&shop.ana, QA, "1.0").await.expect("arrives");
        let round = go_on(&shop).await.expect("reads").expect("it is due");
        assert_eq!(round.contents, 3);
        assert!(go_on(&replica).await.expect("answers").is_none());
        shop.clock.advance(8 * 86_400);
        assert!(go_on(&replica).await.expect("answers").is_some());
        replica.close().await;
    });
}
