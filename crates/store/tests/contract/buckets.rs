//! Buckets, their placements and the arrivals that they refused.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id};
use crate::shop::Shop;
use towpath_domain::buckets::BucketKey;
use towpath_domain::ids::{PlacementId, uuid_v7};
use towpath_domain::placements::{Cause, Placement, Placer, Refused};
use towpath_store::Error;
use towpath_store::buckets::{
    Bucket, Lived, Placed, RefusedArrival, current_at, find, find_placement, history, life, list, lock,
    named, pause, place, placed_at, refusals, refuse, refused, was_current,
};

/// The bucket `prod`, locked.
async fn prod(store: &Store, shop: &Shop) -> Bucket {
    let (integration, key) = (shop.integration.id, shop.prod_key());
    store.save(async move |tx| lock(tx, integration, key, id(80)).await).await
}

async fn put(store: &Store, bucket: &Bucket, placement: &Placement, why: Option<&'static str>) {
    let (bucket, placement) = (bucket.clone(), placement.clone());
    store.save(async move |tx| place(tx, &bucket, &placement, why).await).await;
}

#[test]
fn a_bucket_is_made_by_whoever_locks_it_first() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let mut conn = store.conn().await;
        let key = shop.prod_key();
        assert_eq!(find(&mut conn, shop.integration.id, key).await.expect("reads"), None);
        let made = prod(&store, &shop).await;
        assert_eq!(made, Bucket { id: id(80), key, current: None, paused_at: None, version: 0 });
        let integration = shop.integration.id;
        let again = store.save(async move |tx| lock(tx, integration, key, id(81)).await).await;
        assert_eq!(again, made, "the second lock finds the first one's row");
        assert_eq!(list(&mut conn, integration).await.expect("reads"), [made]);
    });
}

#[test]
fn a_placement_becomes_current_with_cause_and_token() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let token = shop.token(&store, 200).await.id;
        let placement = Placement {
            cause: Cause::Promotion { promotion: id(70), automatic: false },
            by: Placer { person: shop.ana.id, token: Some(token) },
            ..shop.placement(100, &shop.build)
        };
        let bucket = prod(&store, &shop).await;
        put(&store, &bucket, &placement, Some("because")).await;
        let mut conn = store.conn().await;
        let found = find(&mut conn, shop.integration.id, shop.prod_key()).await.expect("reads");
        let current = Some(placement.clone());
        assert_eq!(found, Some(Bucket { current, version: 1, ..bucket.clone() }));
        let placed = Placed { placement, reason: Some("because".to_owned()) };
        assert_eq!(
            history(&mut conn, bucket.id, None, 9).await.expect("reads"),
            std::slice::from_ref(&placed)
        );
        let found = find_placement(&mut conn, bucket.id, id(100)).await.expect("reads");
        assert_eq!(found, Some(placed.clone()));
        assert_eq!(find_placement(&mut conn, id(81), id(100)).await.expect("reads"), None);
        let lived = Lived { key: shop.prod_key(), placed, current: true, next: None };
        assert_eq!(life(&mut conn, shop.build.id, None, 9).await.expect("reads"), [lived]);
        assert!(was_current(&mut conn, bucket.id, shop.build.id).await.expect("reads"));
        assert!(!was_current(&mut conn, bucket.id, id(61)).await.expect("reads"));
    });
}

#[test]
fn who_looked_before_the_last_placement_places_nothing() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let other = shop.push(&store, 61, "2.0").await;
        let stale = prod(&store, &shop).await;
        put(&store, &stale, &shop.placement(100, &shop.build), None).await;
        let placement = shop.placement(101, &other);
        let outcome = store.write(async move |tx| place(tx, &stale, &placement, None).await).await;
        assert!(matches!(outcome, Err(Error::Changed)), "{outcome:?}");
        let placed = history(&mut store.conn().await, id(80), None, 9).await.expect("reads");
        assert_eq!(placed.len(), 1, "the refused placement left no row");
    });
}

#[test]
fn the_next_placement_sorts_after_the_current_one_whatever_the_clock_says() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let bucket = prod(&store, &shop).await;
        assert_eq!(bucket.next(id(50)), id(50));
        put(&store, &bucket, &shop.placement(100, &shop.build), None).await;
        let bucket = prod(&store, &shop).await;
        let next = |number| bucket.next(PlacementId::from(uuid::Uuid::from_u128(number)));
        assert_eq!([next(99), next(100), next(101)], [id(101), id(101), id(101)]);
    });
}

#[test]
fn history_is_paged_newest_first() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let other = shop.push(&store, 61, "2.0").await;
        for number in 100..105 {
            let build = if number % 2 == 0 { &shop.build } else { &other };
            put(&store, &prod(&store, &shop).await, &shop.placement(number, build), None).await;
        }
        let mut conn = store.conn().await;
        let mut pages = Vec::new();
        let mut before = None;
        loop {
            let page = history(&mut conn, id(80), before, 2).await.expect("reads");
            let Some(last) = page.last() else { break };
            before = Some(last.placement.id);
            pages.push(page.iter().map(|placed| placed.placement.id.uuid().as_u128()).collect::<Vec<_>>());
        }
        assert_eq!(pages, [vec![104, 103], vec![102, 101], vec![100]]);
    });
}

#[test]
fn what_was_current_is_found_by_the_moment() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let other = shop.push(&store, 61, "2.0").await;
        let id = |second: i64| PlacementId::from(uuid_v7(at(second), [0; 10]));
        for (second, build) in [(10, &shop.build), (20, &other)] {
            let placement = Placement { id: id(second), at: at(second), ..shop.placement(100, build) };
            put(&store, &prod(&store, &shop).await, &placement, None).await;
        }
        // A replica whose clock is late: its placement sorts after the others and has an earlier time.
        let late = Placement { id: id(120), at: at(30), ..shop.placement(100, &shop.build) };
        put(&store, &prod(&store, &shop).await, &late, None).await;
        let mut conn = store.conn().await;
        let (first, second) = (Some(shop.build.id), Some(other.id));
        for (moment, expected) in
            [(9, None), (10, first), (19, first), (20, second), (30, first), (999, first)]
        {
            let all = current_at(&mut conn, shop.integration.id, at(moment)).await.expect("reads");
            let told: Vec<_> = all.into_iter().map(|then| (then.bucket, then.build)).collect();
            let expected: Vec<_> = expected.map(|build| (shop.prod_key(), build)).into_iter().collect();
            assert_eq!(told, expected, "at {moment}");
        }
    });
}

#[test]
fn arrivals_pause_and_resume() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let bucket = prod(&store, &shop).await.id;
        store.save(async move |tx| pause(tx, bucket, Some(at(6))).await).await;
        assert_eq!(prod(&store, &shop).await.paused_at, Some(at(6)));
        store.save(async move |tx| pause(tx, bucket, None).await).await;
        assert_eq!(prod(&store, &shop).await.paused_at, None);
    });
}

#[test]
fn a_refused_arrival_is_renewed_and_goes_once_its_build_is_placed() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let other = shop.push(&store, 61, "2.0").await;
        let bucket = prod(&store, &shop).await;
        let arrival = |build: &towpath_domain::builds::Build, tag: &str, seconds| RefusedArrival {
            build: build.id,
            tag: tag.to_owned(),
            refused: Refused::PromotionOnly { from: vec!["qa".to_owned()] },
            by: shop.by(),
            at: at(seconds),
        };
        let newer = RefusedArrival { refused: Refused::Paused, ..arrival(&shop.build, "1.0.1", 3) };
        for arrival in [arrival(&shop.build, "1.0", 1), arrival(&other, "2.0", 2), newer.clone()] {
            let id = bucket.id;
            store.save(async move |tx| refuse(tx, id, &arrival).await).await;
        }
        let mut conn = store.conn().await;
        let kept = refused(&mut conn, bucket.id, 9).await.expect("reads");
        assert_eq!(kept, [newer.clone(), arrival(&other, "2.0", 2)]);
        assert_eq!(refused(&mut conn, bucket.id, 1).await.expect("reads"), [newer]);
        put(&store, &bucket, &shop.placement(100, &shop.build), None).await;
        let kept = refused(&mut conn, bucket.id, 9).await.expect("reads");
        assert_eq!(kept, [arrival(&other, "2.0", 2)]);
    });
}

#[test]
fn buckets_are_found_by_the_name_of_their_environment_or_stream() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let integration = shop.integration.id;
        let keys = [shop.qa_key(), BucketKey::ReleaseStream(shop.qa.stream.id), shop.prod_key()];
        for (number, key) in (80..).zip(keys) {
            store.save(async move |tx| lock(tx, integration, key, id(number)).await).await;
        }
        let mut conn = store.conn().await;
        let mut found = async |name: &str, of| {
            let mut ids = named(&mut conn, name, of).await.expect("reads");
            ids.sort_unstable();
            ids
        };
        assert_eq!(found("qa", None).await, [id(80), id(81)]);
        assert_eq!(found("prod", Some(integration)).await, [id(82)]);
        assert_eq!(found("prod", Some(id(51))).await, []);
        assert_eq!(found("nothing", None).await, []);
    });
}

#[test]
fn a_life_is_paged_and_tells_what_came_after() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let next = shop.push(&store, 700, "2.0").await;
        let bucket = prod(&store, &shop).await;
        let builds = [(100, &shop.build), (101, &next), (102, &shop.build), (103, &shop.build)];
        for (version, (number, build)) in (bucket.version..).zip(builds) {
            put(&store, &Bucket { version, ..bucket.clone() }, &shop.placement(number, build), None).await;
        }
        let mut conn = store.conn().await;
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let page = life(&mut conn, shop.build.id, after, 2).await.expect("reads");
            let Some(last) = page.last() else { break };
            after = Some(last.placed.placement.id);
            walked.extend(page);
        }
        let told: Vec<(PlacementId, Option<&str>, bool)> = walked
            .iter()
            .map(|lived| {
                (lived.placed.placement.id, lived.next.as_ref().map(|next| next.tag.as_str()), lived.current)
            })
            .collect();
        let expected = [(id(100), Some("2.0"), false), (id(102), Some("1.0"), false), (id(103), None, true)];
        assert_eq!(told, expected);
        assert_eq!(placed_at(&mut conn, shop.build.id, id(102)).await.expect("reads"), Some(at(4)));
        assert_eq!(placed_at(&mut conn, next.id, id(102)).await.expect("reads"), None);
    });
}

#[test]
fn a_build_knows_who_refused_it() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let bucket = prod(&store, &shop).await;
        let arrival = RefusedArrival {
            build: shop.build.id,
            tag: "1.0".to_owned(),
            refused: Refused::Paused,
            by: shop.by(),
            at: at(7),
        };
        let kept = arrival.clone();
        store.save(async move |tx| refuse(tx, bucket.id, &kept).await).await;
        let mut conn = store.conn().await;
        let found = refusals(&mut conn, shop.build.id, 9).await.expect("reads");
        assert_eq!(found, [(shop.prod_key(), arrival)]);
        assert_eq!(refusals(&mut conn, id(61), 9).await.expect("reads"), []);
    });
}
