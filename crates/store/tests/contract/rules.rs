//! CI rules with their versions, who follows them, and where they have led builds.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id, integration, slug, title};
use crate::shop::Shop;
use towpath_domain::buckets::BucketKind;
use towpath_domain::integrations::Follows;
use towpath_domain::rules::{Criterion, Key, Operator, Routing, Rule, RuleName};
use towpath_store::rules::{
    change, find, find_default, followers, insert, list, load, route, routing, unnamed,
};
use towpath_store::{Error, integrations};

fn rule(shop: &Shop, number: u128, name: &str, is_default: bool) -> Rule {
    let kind = BucketKind::Environment;
    let criterion = Criterion {
        key: Key::Branch,
        operator: Operator::Glob,
        value: "release/*".to_owned(),
        bucket: shop.qa_key(),
    };
    Rule {
        name: RuleName { id: id(number), slug: slug(name), title: title(name), kind },
        project: shop.project.id,
        is_default,
        version: 1,
        criteria: vec![criterion],
    }
}

async fn keep(store: &Store, rule: &Rule) {
    let rule = rule.clone();
    store.save(async move |tx| insert(tx, &rule, at(1)).await).await;
}

#[test]
fn a_rule_is_read_in_its_newest_version_and_changed_from_it_only() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let (first, other) = (rule(&shop, 90, "branches", true), rule(&shop, 91, "all", false));
        keep(&store, &first).await;
        keep(&store, &other).await;
        let next = Rule { version: 2, is_default: false, criteria: Vec::new(), ..first.clone() };
        for (expected, of) in [(true, next.clone()), (false, next.clone())] {
            let changed = store.db.write(async move |tx| change(tx, &of, at(2)).await).await;
            assert_eq!(matches!(changed, Err(Error::Changed)), !expected);
        }
        let mut conn = store.conn().await;
        assert_eq!(load(&mut conn, first.name.id).await.expect("reads"), next);
        assert_eq!(
            find(&mut conn, shop.project.id, &slug("branches")).await.expect("reads"),
            Some(next.clone())
        );
        assert_eq!(find(&mut conn, shop.project.id, &slug("none")).await.expect("reads"), None);
        assert_eq!(list(&mut conn, shop.project.id).await.expect("reads"), [other, next]);
        let default = find_default(&mut conn, shop.project.id, BucketKind::Environment).await;
        assert_eq!(default.expect("reads"), None);
    });
}

#[test]
fn those_follow_a_rule_that_chose_it_or_the_default() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let (default, other) = (rule(&shop, 90, "branches", true), rule(&shop, 91, "all", false));
        keep(&store, &default).await;
        keep(&store, &other).await;
        let api = integration(51, shop.project.id, "api", Follows::None);
        let saved = api.clone();
        store.save(async move |tx| integrations::insert(tx, &saved).await).await;
        let mut conn = store.conn().await;
        let follows = async |conn: &mut _, rule: &Rule| {
            let all = followers(conn, rule).await.expect("reads");
            all.into_iter().map(|(_, slug)| slug.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(follows(&mut conn, &default).await, ["api", "checkout"]);
        assert!(follows(&mut conn, &other).await.is_empty());
        let (own, none) = (Follows::Own(other.name.id), Follows::None);
        let first = shop.integration.id;
        store
            .save(async move |tx| {
                integrations::set_rule(tx, api.id, own).await?;
                integrations::set_rule(tx, first, none).await
            })
            .await;
        assert!(follows(&mut conn, &default).await.is_empty());
        assert_eq!(follows(&mut conn, &other).await, ["api"]);
        assert_eq!(integrations::load(&mut conn, id(51)).await.expect("reads").rule, own);
    });
}

#[test]
fn where_builds_were_led_is_kept_by_build() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        keep(&store, &rule(&shop, 90, "branches", true)).await;
        let second = shop.push(&store, 61, "2.0").await;
        let led = Routing { rule: id(90), version: 1, bucket: shop.qa_key() };
        let builds = [shop.build.clone(), second.clone()];
        store
            .save(async move |tx| {
                route(tx, &builds[0], Some(led), at(1)).await?;
                route(tx, &builds[1], Some(led), at(1)).await?;
                route(tx, &builds[1], None, at(2)).await
            })
            .await;
        let mut conn = store.conn().await;
        assert_eq!(routing(&mut conn, shop.build.id).await.expect("reads"), Some(Some(led)));
        assert_eq!(routing(&mut conn, second.id).await.expect("reads"), Some(None));
        assert_eq!(routing(&mut conn, id(999)).await.expect("reads"), None);
        let all = unnamed(&mut conn, shop.integration.id, None, 10).await.expect("reads");
        let told: Vec<_> = all.into_iter().map(|(pushed, led)| (pushed.build.id, led)).collect();
        assert_eq!(told, [(second.id, None), (shop.build.id, Some(led))]);
        let newest = unnamed(&mut conn, shop.integration.id, None, 1).await.expect("reads");
        assert_eq!(newest[0].0.build.id, second.id);
        let older = unnamed(&mut conn, shop.integration.id, Some(second.id), 9).await.expect("reads");
        assert_eq!(older.iter().map(|(pushed, _)| pushed.build.id).collect::<Vec<_>>(), [shop.build.id]);
    });
}
