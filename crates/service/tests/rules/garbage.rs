//! Garbage: what nothing needs goes, what anything needs stays, whoever pushes meanwhile and wherever it stops.

use crate::engines::on_both_engines;
use crate::images::name;
use crate::shop::Shop;
use bytes::Bytes;
use futures::future::join_all;
use serde_json::json;
use towpath_domain::access::Actor;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::garbage::Collected;
use towpath_domain::references::Tag;
use towpath_domain::spans::Span;
use towpath_domain::timeline::{EventActor, Filter};
use towpath_service::garbage::{AGE, collect, collect_when_due, preview};
use towpath_service::images::{Reference, delete_manifest, mount_blob, open_blob, read_manifest};
use towpath_service::{Service, integrations};

const TOOLS: &str = "shop/tools";
const DAY: i64 = 86_400;

/// `shop/tools`, without a workflow, beside `shop/checkout`. The clock is far after whatever the disk's says.
async fn open(shop: &Shop) {
    let form = crate::shop::integration("tools", "environment", ":none");
    integrations::create(shop, &shop.ana, "shop", form).await.expect("an integration");
    shop.clock.advance(365 * DAY);
}

async fn gc(service: &Service) -> Collected {
    collect(service, EventActor::System, AGE).await.expect("collects")
}

/// How many manifests, blobs, stray files and uploads went.
fn counts(collected: Collected) -> [u64; 4] {
    [collected.manifests, collected.blobs, collected.files, collected.uploads]
}

async fn drop_tag(shop: &Shop, actor: &Actor, repository: &str, digest: &str) {
    let reference = Reference::Digest(Digest::parse(digest).expect("a digest"));
    delete_manifest(shop, actor, &name(repository), &reference).await.expect("deletes");
}

/// Reads an image of a repository down to its last byte, if it is there.
async fn read(service: &Service, actor: &Actor, repository: &str, reference: &Reference) -> bool {
    let Ok((_, content)) = read_manifest(service, actor, &name(repository), reference).await else {
        return false;
    };
    let document: serde_json::Value = serde_json::from_slice(&content).expect("JSON");
    let layers = document["layers"].as_array().expect("layers").iter();
    for descriptor in layers.chain([&document["config"]]) {
        let digest = Digest::parse(descriptor["digest"].as_str().expect("a digest")).expect("a digest");
        let blob = open_blob(service, actor, &name(repository), &digest).await.expect("a row has its bytes");
        assert_eq!(json!(blob.size()), descriptor["size"]);
    }
    true
}

fn tagged(tag: &str) -> Reference {
    Reference::Tag(Tag::parse(tag).expect("a tag"))
}

async fn files(shop: &Shop) -> usize {
    shop.stored().count("blobs").await
}

#[test]
fn what_was_deleted_goes_after_a_day_and_everything_else_stays() {
    on_both_engines(async |shop: Shop| {
        open(&shop).await;
        let gone = shop.push(&shop.ana, TOOLS, "1.0").await.expect("arrives");
        let kept = shop.push(&shop.ana, TOOLS, "1.1").await.expect("arrives");
        let placed = shop.push(&shop.ana, "shop/checkout/qa", "2.0").await.expect("arrives");
        shop.push(&shop.ana, "shop/checkout/qa", "2.1").await.expect("arrives");
        drop_tag(&shop, &shop.ana, TOOLS, &gone).await;
        let before = files(&shop).await;
        assert_eq!(counts(gc(&shop).await), [0; 4], "it is too young");
        shop.clock.advance(2 * DAY);
        let expected = preview(&shop, AGE).await.expect("counts");
        assert_eq!(counts(expected), [1, 2, 0, 0], "a manifest with its configuration and its layer");
        assert_eq!(files(&shop).await, before);
        assert_eq!(gc(&shop).await, expected);
        assert_eq!(files(&shop).await, before - 3);
        assert_eq!(counts(gc(&shop).await), [0; 4]);
        let ana = &shop.ana;
        assert!(read(&shop, ana, TOOLS, &tagged("1.1")).await);
        for digest in [&placed, &kept] {
            let reference = Reference::Digest(Digest::parse(digest).expect("a digest"));
            let repository = if *digest == kept { TOOLS } else { "shop/checkout/qa" };
            assert!(read(&shop, ana, repository, &reference).await, "{digest}");
        }
        let told = shop.timeline(ana, Filter { kind: "garbage_collected".into(), ..Filter::default() }).await;
        assert_eq!(told.len(), 1);
        assert!(crate::world::line(&told[0]).contains("one manifest and 2 blobs"), "{told:?}");
    });
}

#[test]
fn what_a_bucket_needs_stays_even_where_its_rows_under_names_are_gone() {
    on_both_engines(async |shop: Shop| {
        open(&shop).await;
        shop.push(&shop.ana, "shop/checkout/qa", "1.0").await.expect("arrives");
        shop.push(&shop.ana, "shop/checkout/qa", "1.1").await.expect("arrives");
        for table in ["tags", "repository_manifests", "repository_blobs"] {
            shop.sql(&format!("delete from {table}")).await;
        }
        shop.clock.advance(2 * DAY);
        assert_eq!(counts(gc(&shop).await), [0; 4]);
        assert!(read(&shop, &shop.ana, "shop/checkout/qa", &tagged("current")).await);
    });
}

#[test]
fn a_loose_blob_stays_a_day_and_as_long_as_whoever_pushes_asks_for_it() {
    on_both_engines(async |shop: Shop| {
        open(&shop).await;
        let (digest, _) = shop.upload(&shop.ana, &name(TOOLS), "loose".into()).await.expect("uploads");
        let size =
            async |actor| towpath_service::images::blob_size(&shop, actor, &name(TOOLS), &digest).await;
        for _ in 0..4 {
            shop.clock.advance(3 * DAY / 4);
            assert_eq!(size(&shop.ana).await.expect("is there"), 5);
            assert_eq!(counts(gc(&shop).await), [0; 4]);
        }
        let viewer = shop.viewer().await;
        shop.clock.advance(3 * DAY / 4);
        assert_eq!(size(&viewer).await.expect("is there"), 5, "who pulls does not keep it");
        shop.clock.advance(DAY / 2);
        assert_eq!(counts(gc(&shop).await), [0, 1, 0, 0]);
        assert!(size(&shop.ana).await.is_err());
        let (again, _) = shop.upload(&shop.ana, &name(TOOLS), "loose".into()).await.expect("uploads");
        assert!(open_blob(&shop, &shop.ana, &name(TOOLS), &again).await.is_ok());
    });
}

#[test]
fn bytes_without_a_row_and_uploads_that_broke_off_go() {
    on_both_engines(async |shop: Shop| {
        open(&shop).await;
        let store = shop.stored().open();
        store.put(Algorithm::Sha512, Bytes::from_static(b"a crash before its row")).await.expect("stores");
        store.begin(uuid::Uuid::from_u128(7), Algorithm::Sha256).await.expect("begins");
        assert_eq!(counts(preview(&shop, AGE).await.expect("counts")), [0, 0, 1, 1]);
        assert_eq!(counts(gc(&shop).await), [0, 0, 1, 1]);
        assert_eq!(files(&shop).await, 0);
    });
}

/// Each place at which a server can stop between rows and bytes, and what comes after it.
#[test]
fn wherever_it_stops_the_next_time_goes_on() {
    on_both_engines(async |shop: Shop| {
        open(&shop).await;
        let doomed = |digest: &Digest| {
            format!("insert into doomed_contents (digest, size, doomed_at) values ('{digest}', 5, 1)")
        };
        let store = shop.stored().open();
        // The rows are gone, and the bytes are there.
        let digest = store.put(Algorithm::Sha256, Bytes::from_static(b"first")).await.expect("stores");
        shop.sql(&doomed(&digest)).await;
        let collected = gc(&shop).await;
        assert_eq!((files(&shop).await, collected.bytes), (0, 5));
        // The bytes are out of reach, and nothing says so yet.
        let digest = store.put(Algorithm::Sha256, Bytes::from_static(b"other")).await.expect("stores");
        shop.sql(&doomed(&digest)).await;
        assert_eq!(store.set_aside(vec![digest]).await.expect("moves").len(), 1);
        gc(&shop).await;
        assert_eq!(
            shop.text("select cast(count(*) as text) from doomed_contents where gone_at is null").await,
            "0"
        );
        // What was doomed and is pushed again stays, whether its bytes are still there or were taken.
        for content in ["still there", "taken away"] {
            let digest = Digest::of(Algorithm::Sha256, content.as_bytes());
            shop.sql(&doomed(&digest)).await;
            if content == "still there" {
                store.put(Algorithm::Sha256, Bytes::from(content.to_owned())).await.expect("stores");
            }
            let (digest, _) =
                shop.upload(&shop.ana, &name(TOOLS), content.to_owned()).await.expect("uploads");
            assert_eq!(counts(gc(&shop).await), [0; 4]);
            assert!(open_blob(&shop, &shop.ana, &name(TOOLS), &digest).await.is_ok(), "{content}");
        }
    });
}

/// A mount finds the row of a blob; until it records its own, the blob may be gone.
#[test]
fn a_blob_that_is_being_taken_away_is_not_mounted() {
    on_both_engines(async |shop: Shop| {
        open(&shop).await;
        let (from, to) = (name("shop/checkout"), name(TOOLS));
        let (digest, _) = shop.upload(&shop.ana, &from, "shared".into()).await.expect("uploads");
        let mount = async || mount_blob(&shop, &shop.ana, &to, &digest, &from).await.expect("answers");
        let doom = format!("insert into doomed_contents (digest, size, doomed_at) values ('{digest}', 6, 1)");
        shop.sql(&doom).await;
        assert!(mount().await, "its bytes are there still");
        shop.sql(&doom).await;
        let store = shop.stored().open();
        drop(store.set_aside(vec![digest.clone()]).await.expect("moves"));
        assert!(!mount().await);
    });
}

/// Pushes, deletions and mounts by several, and two servers that collect all the while what nothing needs right now: what
/// has a tag in the end can be read whole.
#[test]
fn whoever_pushes_while_it_runs_loses_nothing() {
    on_both_engines(async |shop: Shop| {
        open(&shop).await;
        let replica = shop.replica().await;
        let age = Span::minutes(1).expect("a minute");
        let push = async |number: usize| {
            for round in 0..6 {
                let tag = format!("{number}.{round}");
                // The same few layers over and over, so that what is taken away is what is pushed.
                let layers = [format!("layer {}", (number + round) % 3), format!("layer {}", round % 2)];
                let layers: Vec<&str> = layers.iter().map(String::as_str).collect();
                let config = json!({"Labels": {"number": number % 2}});
                let mut pushed = Err(String::new());
                for _ in 0..20 {
                    let done = shop
                        .push_image(&shop.ana, TOOLS, &tag, config.clone(), &layers, json!({}))
                        .await
                        .map_err(|error| error.to_string());
                    pushed = done;
                    if pushed.is_ok() {
                        break;
                    }
                }
                let digest = pushed.expect("goes through in the end");
                if round % 2 == 0 {
                    let reference = Reference::Digest(Digest::parse(&digest).expect("a digest"));
                    _ = delete_manifest(&shop, &shop.ana, &name(TOOLS), &reference).await;
                }
                // Whatever was uploaded up to now is old at once.
                shop.clock.advance(120);
            }
        };
        let collecting = async |service: &Service| {
            for _ in 0..12 {
                collect(service, EventActor::System, age).await.expect("collects");
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(join_all((0..4).map(push)), collecting(&shop), collecting(&replica));
        let mut whole = 0;
        for tag in shop.tags(&shop.ana, TOOLS).await {
            assert!(read(&shop, &shop.ana, TOOLS, &tagged(&tag)).await, "{tag} lost something");
            whole += 1;
        }
        assert!(whole > 0);
        replica.close().await;
    });
}

#[test]
fn of_several_servers_one_does_it_once_a_day() {
    on_both_engines(async |shop: Shop| {
        let replica = shop.replica().await;
        let mut done = Vec::new();
        for service in [&*shop.world, &replica, &shop.world] {
            done.push(collect_when_due(service).await.expect("answers").is_some());
        }
        assert_eq!(done, [true, false, false]);
        shop.clock.advance(DAY);
        assert!(collect_when_due(&replica).await.expect("answers").is_some());
        replica.close().await;
    });
}
