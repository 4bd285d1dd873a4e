//! Stored images, and through which names they may be read.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, digest, id, tag};
use crate::shop::Shop;
use std::collections::BTreeMap;
use towpath_domain::digests::Digest;
use towpath_domain::storage::told;
use towpath_store::buckets;
use towpath_store::images::{
    Content, ContentKind, Manifest, Repository, add_tag, current, delete_blob, delete_manifest, delete_tag,
    find_blob, find_manifest, find_tag, insert_blob, insert_manifest, is_referred_to, list_tags, needs,
    referrers, set_tag, total_size,
};

fn manifest(content: &str) -> Manifest {
    Manifest {
        digest: digest(content),
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
        size: 7,
        artifact_type: None,
        subject: None,
        annotations: BTreeMap::from([("a".to_owned(), "“b”".to_owned())]),
        runnable: true,
        depth: 0,
    }
}

fn content(of: &str, kind: ContentKind, size: i64) -> Content {
    Content { digest: digest(of), kind, size }
}

/// `checkout` itself, its bucket `qa` and its bucket `prod`.
struct Names {
    integration: Repository,
    qa: Repository,
    prod: Repository,
}

impl Names {
    /// The image `1.0` of the build, with the layer `layer`, in the index `index`, pushed to `qa`.
    async fn open(store: &Store, shop: &Shop) -> Self {
        let integration = Repository { integration: shop.integration.id, bucket: None };
        let qa = Repository { bucket: Some(shop.qa_key()), ..integration };
        let prod = Repository { bucket: Some(shop.prod_key()), ..integration };
        store
            .save(async move |tx| {
                insert_blob(tx, qa, &digest("layer"), 100, at(0)).await?;
                let layer = [content("layer", ContentKind::Blob, 100)];
                insert_manifest(tx, qa, &manifest("1.0"), &layer, at(0)).await?;
                let child = [content("1.0", ContentKind::Manifest, 7)];
                insert_manifest(tx, qa, &manifest("index"), &child, at(0)).await
            })
            .await;
        Self { integration, qa, prod }
    }
}

async fn blob(store: &Store, name: Repository, of: &str) -> Option<i64> {
    find_blob(&mut store.conn().await, name, &digest(of)).await.expect("reads")
}

async fn reads(store: &Store, name: Repository, of: &str) -> bool {
    find_manifest(&mut store.conn().await, name, &digest(of)).await.expect("reads").is_some()
}

#[test]
fn a_content_is_read_only_through_a_name_that_reaches_it() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let names = Names::open(&store, &shop).await;
        assert_eq!(blob(&store, names.qa, "layer").await, Some(100));
        let found = find_manifest(&mut store.conn().await, names.qa, &digest("1.0")).await;
        assert_eq!(found.expect("reads"), Some(manifest("1.0")));
        for elsewhere in [names.prod, names.integration] {
            assert_eq!(blob(&store, elsewhere, "layer").await, None, "{elsewhere:?}");
            assert!(!reads(&store, elsewhere, "1.0").await, "{elsewhere:?}");
        }
        assert_eq!(blob(&store, names.qa, "another").await, None);
    });
}

#[test]
fn a_deleted_blob_is_read_as_long_as_a_manifest_refers_to_it() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let qa = Names::open(&store, &shop).await.qa;
        store.save(async move |tx| insert_blob(tx, qa, &digest("alone"), 5, at(0)).await).await;
        let referred =
            async |of: &str| is_referred_to(&mut store.conn().await, qa, &digest(of)).await.expect("reads");
        assert!(referred("layer").await && !referred("alone").await);
        for (of, left) in [("layer", Some(100)), ("alone", None)] {
            let delete = async || store.save(async move |tx| delete_blob(tx, qa, &digest(of)).await).await;
            assert!(delete().await);
            assert!(!delete().await);
            assert_eq!(blob(&store, qa, of).await, left);
        }
    });
}

#[test]
fn an_index_reaches_what_its_children_reach() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let names = Names::open(&store, &shop).await;
        let child = [content("1.0", ContentKind::Manifest, 7)];
        let prod = names.prod;
        store.save(async move |tx| insert_manifest(tx, prod, &manifest("index"), &child, at(1)).await).await;
        assert!(reads(&store, names.prod, "1.0").await);
        assert_eq!(blob(&store, names.prod, "layer").await, Some(100));
        let size = total_size(&mut store.conn().await, &digest("index")).await.expect("reads");
        assert_eq!(size, 7 + 7 + 100);
    });
}

#[test]
fn what_was_placed_is_read_through_its_bucket_without_a_copy() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let names = Names::open(&store, &shop).await;
        let mut conn = store.conn().await;
        assert_eq!(current(&mut conn, names.prod).await.expect("reads"), None);
        assert_eq!(needs(&mut conn, shop.integration.id, &digest("1.0")).await.expect("reads"), []);
        let saved = shop.clone();
        store
            .save(async move |tx| {
                let bucket = buckets::lock(tx, saved.integration.id, saved.prod_key(), id(80)).await?;
                buckets::place(tx, &bucket, &saved.placement(100, &saved.build), None).await
            })
            .await;
        assert_eq!(current(&mut conn, names.prod).await.expect("reads"), Some(digest("1.0")));
        let needed = needs(&mut conn, shop.integration.id, &digest("1.0")).await.expect("reads");
        assert_eq!(told(&needed), "it is current in prod");
        assert!(reads(&store, names.prod, "1.0").await);
        assert_eq!(blob(&store, names.prod, "layer").await, Some(100));
        assert!(!reads(&store, names.prod, "index").await, "the index around it was not placed");
    });
}

#[test]
fn a_tag_moves_when_set_and_stays_when_added() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let qa = Names::open(&store, &shop).await.qa;
        let tagged = async || find_tag(&mut store.conn().await, qa, &tag("1")).await.expect("reads");
        let add = async |of: &'static str| {
            store.save(async move |tx| add_tag(tx, qa, &tag("1"), &digest(of), at(0)).await).await;
        };
        assert_eq!(tagged().await, None);
        add("1.0").await;
        add("index").await;
        assert_eq!(tagged().await, Some(digest("1.0")));
        store.save(async move |tx| set_tag(tx, qa, &tag("1"), &digest("index"), at(0)).await).await;
        assert_eq!(tagged().await, Some(digest("index")));
        assert!(store.save(async move |tx| delete_tag(tx, qa, &tag("1")).await).await);
        assert!(!store.save(async move |tx| delete_tag(tx, qa, &tag("1")).await).await);
        assert_eq!(tagged().await, None);
    });
}

#[test]
fn tags_are_listed_in_the_order_of_ascii() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let qa = Names::open(&store, &shop).await.qa;
        store
            .save(async move |tx| {
                for name in ["b", "B", "a-1", "a.1", "_a", "10", "9"] {
                    set_tag(tx, qa, &tag(name), &digest("1.0"), at(0)).await?;
                }
                Ok(())
            })
            .await;
        let mut conn = store.conn().await;
        let first = list_tags(&mut conn, qa, "", 4).await.expect("reads");
        assert_eq!(first, ["10", "9", "B", "_a"]);
        assert_eq!(list_tags(&mut conn, qa, "_a", 9).await.expect("reads"), ["a-1", "a.1", "b"]);
    });
}

#[test]
fn a_deleted_manifest_takes_its_tags_along_and_stays_under_other_names() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let names = Names::open(&store, &shop).await;
        let (qa, of) = (names.qa, names.integration);
        store
            .save(async move |tx| {
                insert_manifest(tx, of, &manifest("index"), &[], at(1)).await?;
                for name in [qa, of] {
                    set_tag(tx, name, &tag("1"), &digest("index"), at(0)).await?;
                }
                Ok(())
            })
            .await;
        let delete =
            async || store.save(async move |tx| delete_manifest(tx, qa, &digest("index")).await).await;
        assert!(delete().await);
        assert!(!delete().await);
        let mut conn = store.conn().await;
        assert_eq!(find_tag(&mut conn, qa, &tag("1")).await.expect("reads"), None);
        assert!(!reads(&store, qa, "index").await);
        assert_eq!(find_tag(&mut conn, of, &tag("1")).await.expect("reads"), Some(digest("index")));
        assert!(reads(&store, of, "index").await);
    });
}

#[test]
fn referrers_are_those_pushed_through_the_same_name() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let names = Names::open(&store, &shop).await;
        let signature = |number: u8, subject: &str| Manifest {
            artifact_type: Some("application/x-signature".to_owned()),
            subject: Some(digest(subject)),
            runnable: false,
            ..manifest(&format!("signature {number}"))
        };
        let (mut one, mut two) = (signature(1, "1.0"), signature(2, "1.0"));
        let saved = [(names.qa, one.clone()), (names.qa, two.clone()), (names.prod, signature(3, "1.0"))];
        store
            .save(async move |tx| {
                for (name, manifest) in &saved {
                    insert_manifest(tx, *name, manifest, &[], at(0)).await?;
                }
                insert_manifest(tx, saved[0].0, &signature(4, "index"), &[], at(0)).await
            })
            .await;
        if one.digest > two.digest {
            std::mem::swap(&mut one, &mut two);
        }
        let found = async |subject: &Digest| {
            referrers(&mut store.conn().await, names.qa, subject).await.expect("reads")
        };
        assert_eq!(found(&digest("1.0")).await, [one, two]);
        assert_eq!(found(&digest("nothing")).await, []);
    });
}
