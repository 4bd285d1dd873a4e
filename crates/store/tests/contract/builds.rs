//! Builds.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, build, digest, id, integration};
use crate::shop::Shop;
use towpath_domain::builds::Build;
use towpath_domain::integrations::Follows;
use towpath_domain::placements::Placer;
use towpath_store::builds::{Pushed, find, insert, list, load, unclassified, with_digest};
use towpath_store::integrations;
use towpath_store::rules;

#[test]
fn a_build_comes_back_with_who_pushed_it() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let token = shop.token(&store, 200).await.id;
        let by = Placer { person: shop.ana.id, token: Some(token) };
        let pushed = Pushed { build: build(61, shop.integration.id, "2.0"), by };
        let saved = pushed.clone();
        store.save(async move |tx| insert(tx, &saved.build, saved.by).await).await;
        let first = Pushed { build: shop.build.clone(), by: shop.by() };
        let mut conn = store.conn().await;
        assert_eq!(load(&mut conn, id(61)).await.expect("reads"), pushed);
        assert!(load(&mut conn, id(62)).await.is_err(), "what is loaded must exist");
        let mut listed = list(&mut conn, &[id(61), id(60), id(62)]).await.expect("reads");
        listed.sort_by_key(|pushed| pushed.build.id);
        assert_eq!(listed, [first, pushed.clone()]);
        assert_eq!(list(&mut conn, &[]).await.expect("reads"), []);
        let integration = shop.integration.id;
        assert_eq!(find(&mut conn, integration, &digest("2.0"), "").await.expect("reads"), Some(pushed));
        assert_eq!(find(&mut conn, integration, &digest("2.0"), "arm").await.expect("reads"), None);
    });
}

#[test]
fn a_build_is_its_integration_its_digest_and_its_external_id() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let api = integration(51, shop.project.id, "api", Follows::None);
        let elsewhere = build(62, api.id, "1.0");
        let apart = Build { external_id: "arm".to_owned(), ..build(63, shop.integration.id, "1.0") };
        let by = shop.by();
        store
            .save(async move |tx| {
                integrations::insert(tx, &api).await?;
                insert(tx, &elsewhere, by).await?;
                insert(tx, &apart, by).await
            })
            .await;
        let twin = build(64, shop.integration.id, "1.0");
        let again = store.write(async move |tx| insert(tx, &twin, by).await).await;
        assert!(again.expect_err("it is known").is_duplicate());
        let known = with_digest(&mut store.conn().await, &digest("1.0")).await.expect("reads");
        let ids: Vec<_> = known.iter().map(|pushed| pushed.build.id).collect();
        assert_eq!(ids, [id(60), id(62), id(63)]);
    });
}

#[test]
fn what_came_without_a_name_and_was_led_nowhere_is_unclassified() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let mut unnamed = Vec::new();
        for (number, version) in [(61, "2.0"), (62, "3.0"), (63, "4.0")] {
            unnamed.push(shop.push(&store, number, version).await);
        }
        let saved = unnamed.clone();
        store
            .save(async move |tx| {
                for build in &saved {
                    rules::route(tx, build, None, at(1)).await?;
                }
                Ok(())
            })
            .await;
        let mut conn = store.conn().await;
        let mut ids = async |before, limit| {
            let listed = unclassified(&mut conn, shop.integration.id, before, limit).await.expect("reads");
            listed.into_iter().map(|pushed| pushed.build.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(None, 10).await, [id(63), id(62), id(61)]);
        assert_eq!(ids(None, 1).await, [id(63)]);
        assert_eq!(ids(Some(id(63)), 10).await, [id(62), id(61)]);
        store.save(async |tx| rules::name(tx, id(62)).await).await;
        assert_eq!(ids(None, 10).await, [id(63), id(61)]);
    });
}
