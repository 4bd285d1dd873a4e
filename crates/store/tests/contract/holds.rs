//! Holds and marks on builds.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id, reason, slug};
use crate::shop::Shop;
use towpath_domain::holds::{Hold, HoldAddress, HoldOn, Listed, Released};
use towpath_store::holds::{find, insert, integrations_with, list, marks, next_number, release, standing};
use towpath_store::promotions;

fn hold(shop: &Shop, number: i64, on: HoldOn, until: Option<i64>) -> Hold {
    let address = match &on {
        HoldOn::Build { digest, .. } => HoldAddress::Build { project: None, digest: digest.clone() },
        _ => HoldAddress::Project { project: slug("shop") },
    };
    Hold {
        id: id(700 + u128::try_from(number).expect("a number")),
        number,
        on,
        address,
        reason: reason("freeze"),
        from: at(10),
        until: until.map(at),
        rollbacks: number == 1,
        made_by: shop.ana.id,
        made_at: at(9),
        released: None,
    }
}

async fn keep(store: &Store, hold: &Hold) {
    let hold = hold.clone();
    store.save(async move |tx| insert(tx, &hold).await).await;
}

fn numbers(holds: &[Hold]) -> Vec<i64> {
    holds.iter().map(|hold| hold.number).collect()
}

#[test]
fn holds_stand_until_their_end_or_their_release() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let on = || HoldOn::Project { project: shop.project.id };
        assert_eq!(store.save(async |tx| next_number(tx).await).await, 1);
        let (forever, short) = (hold(&shop, 1, on(), None), hold(&shop, 2, on(), Some(20)));
        keep(&store, &forever).await;
        keep(&store, &short).await;
        assert_eq!(store.save(async |tx| next_number(tx).await).await, 3);
        let mut conn = store.conn().await;
        assert_eq!(find(&mut conn, 1).await.expect("reads"), Some(forever.clone()));
        assert_eq!(find(&mut conn, 3).await.expect("reads"), None);
        assert_eq!(numbers(&standing(&mut conn, at(19)).await.expect("reads")), [1, 2]);
        assert_eq!(numbers(&standing(&mut conn, at(20)).await.expect("reads")), [1]);

        let released = Released { by: shop.ana.id, at: at(15), reason: Some(reason("mended")) };
        let step = async |time: i64, id| {
            let released = Released { at: at(time), ..released.clone() };
            store.save(async move |tx| release(tx, id, &released).await).await
        };
        assert!(step(15, forever.id).await);
        assert!(!step(16, forever.id).await, "it is over");
        assert!(!step(21, short.id).await, "it has ended by itself");
        let stored = find(&mut conn, 1).await.expect("reads").expect("is there");
        assert_eq!(stored, Hold { released: Some(released), ..forever });
        assert_eq!(numbers(&standing(&mut conn, at(16)).await.expect("reads")), [2]);
        let listed = async |conn: &mut _, listed, before| {
            numbers(&list(conn, listed, at(16), before, 10).await.expect("reads"))
        };
        assert_eq!(listed(&mut conn, Listed::Standing, i64::MAX).await, [2]);
        assert_eq!(listed(&mut conn, Listed::Ended, i64::MAX).await, [1]);
        assert!(listed(&mut conn, Listed::Standing, 2).await.is_empty());
    });
}

#[test]
fn marks_are_found_by_the_digest_and_are_no_holds_on_places() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let digest = &shop.build.digest;
        let on = HoldOn::Build { digest: digest.clone(), project: None };
        keep(&store, &hold(&shop, 1, on.clone(), None)).await;
        keep(&store, &hold(&shop, 2, on, Some(20))).await;
        let other = shop.push(&store, 601, "2.0").await;
        let mut conn = store.conn().await;
        assert!(standing(&mut conn, at(11)).await.expect("reads").is_empty());
        assert_eq!(
            numbers(&marks(&mut conn, &[digest, &other.digest], at(11)).await.expect("reads")),
            [1, 2]
        );
        assert_eq!(numbers(&marks(&mut conn, &[digest], at(20)).await.expect("reads")), [1]);
        assert!(marks(&mut conn, &[&other.digest], at(11)).await.expect("reads").is_empty());
        let homes = integrations_with(&mut conn, &[digest]).await.expect("reads");
        assert_eq!(homes, [(digest.clone(), shop.project.id, shop.integration.id)]);
    });
}

#[test]
fn what_waits_for_a_place_is_looked_at_again_when_it_is_held_no_more() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let stream = shop.prod.stream.id;
        let (project, integration, bucket) = (shop.project.id, shop.integration.id, shop.prod_key());
        let environment = shop.prod.id;
        let elsewhere = shop.qa.id;
        let step = shop.request(1, &shop.build);
        store.save(async move |tx| promotions::save(tx, &step).await).await;
        let due = async |on: HoldOn, time: i64| {
            store.save(async move |tx| promotions::look_soon_at(tx, &on, at(time)).await).await;
            let due = promotions::due(&mut store.conn().await, at(time), 10).await.expect("reads");
            let id = due.first().map(|promotion| promotion.id);
            if let Some(id) = id {
                let later = at(1_000_000);
                store.save(async move |tx| promotions::postpone(tx, id, later).await).await;
            }
            due.len()
        };
        assert_eq!(due(HoldOn::Installation, 20).await, 1);
        assert_eq!(due(HoldOn::Project { project }, 21).await, 1);
        assert_eq!(due(HoldOn::Stream { stream }, 22).await, 1);
        assert_eq!(due(HoldOn::Environment { project, environment, stream }, 23).await, 1);
        assert_eq!(due(HoldOn::Bucket { project, integration, bucket, stream }, 24).await, 1);
        let digest = shop.build.digest.clone();
        assert_eq!(due(HoldOn::Build { digest, project: None }, 25).await, 1);
        let other = HoldOn::Environment { project, environment: elsewhere, stream: shop.qa.stream.id };
        assert_eq!(due(other, 26).await, 0);
        assert_eq!(due(HoldOn::Project { project: id(999) }, 27).await, 0);
    });
}
