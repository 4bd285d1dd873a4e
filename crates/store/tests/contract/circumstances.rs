//! What gates are judged by: how long a build was where, and where it has been.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id};
use crate::shop::Shop;
use std::collections::HashMap;
use towpath_domain::buckets::BucketKey;
use towpath_domain::gates::Stay;
use towpath_domain::ids::BuildId;
use towpath_store::circumstances::{been, of_promotions, stay};
use towpath_store::{buckets, promotions};

#[test]
fn a_stay_lasts_from_the_last_placement_of_a_build_until_the_next_of_any() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let (first, second) = (shop.push(&store, 601, "2.0").await, shop.push(&store, 602, "2.1").await);
        let place = async |key: BucketKey, number: u128, build: &towpath_domain::builds::Build, time: i64| {
            let mut placement = shop.placement(number, build);
            placement.at = at(time);
            let integration = shop.integration.id;
            store
                .save(async move |tx| {
                    let bucket = buckets::lock(tx, integration, key, id(900 + number)).await?;
                    buckets::place(tx, &bucket, &placement, None).await?;
                    Ok(bucket.id)
                })
                .await
        };
        let qa = place(shop.qa_key(), 101, &first, 10).await;
        place(shop.qa_key(), 102, &second, 20).await;
        let mut conn = store.conn().await;
        let stays = async |conn: &mut _, build: BuildId| {
            stay(conn, qa, build).await.expect("reads").map(|(_, stay)| stay)
        };
        assert_eq!(stays(&mut conn, first.id).await, Some(Stay { from: at(10), to: Some(at(20)) }));
        assert_eq!(stays(&mut conn, second.id).await, Some(Stay { from: at(20), to: None }));
        assert_eq!(stays(&mut conn, shop.build.id).await, None);
        // It comes back: only the last time counts.
        place(shop.qa_key(), 103, &first, 30).await;
        assert_eq!(stays(&mut conn, first.id).await, Some(Stay { from: at(30), to: None }));

        let (step, never) = (shop.request(1, &first), shop.request(2, &shop.build));
        for step in [step.clone(), never.clone()] {
            store.save(async move |tx| promotions::save(tx, &step).await).await;
        }
        let ids = [step.promotion().id, never.promotion().id];
        let all = of_promotions(&mut conn, &ids).await.expect("reads");
        let stay = Some((id(103), Stay { from: at(30), to: None }));
        assert_eq!(
            all,
            HashMap::from([(ids[0], (first.received_at, stay)), (ids[1], (shop.build.received_at, None))])
        );

        place(shop.prod_key(), 104, &first, 40).await;
        let mut known = been(&mut conn, &[first.id, shop.build.id]).await.expect("reads");
        let mut of_first = known.remove(&first.id).expect("it has been somewhere");
        of_first.sort_unstable();
        let mut both = [shop.qa_key(), shop.prod_key()];
        both.sort_unstable();
        assert_eq!((of_first.as_slice(), known.len()), (&both[..], 0));
    });
}

#[test]
fn what_waits_is_due_when_its_last_step_said() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let step = shop.request(1, &shop.build);
        let due = step.due().expect("it waits");
        let promotion = step.promotion().clone();
        store.save(async move |tx| promotions::save(tx, &step).await).await;
        let mut conn = store.conn().await;
        let before = towpath_domain::times::Time::from_micros(due.micros() - 1);
        assert_eq!(promotions::due(&mut conn, before, 9).await.expect("reads"), []);
        let found = promotions::due(&mut conn, due, 9).await.expect("reads");
        assert_eq!(found, std::slice::from_ref(&promotion));
        let (actor, place) = (crate::shop::manager(shop.ana.id), shop.place());
        let over = promotion.cancel(&actor, &place, None, at(6)).expect("may cancel");
        store.save(async move |tx| promotions::save(tx, &over).await).await;
        assert_eq!(promotions::due(&mut conn, due, 9).await.expect("reads"), []);
    });
}
