//! Builds and promotions by what people know of them.

use crate::engines::on_both_engines;
use crate::fixture::{Store, id, integration, tag};
use crate::shop::Shop;
use towpath_domain::builds::{Build, Claim};
use towpath_domain::ids::{BuildId, IntegrationId};
use towpath_domain::integrations::Follows;
use towpath_store::search::{Key, Prefix, Wanted, builds, current_in, promotions};
use towpath_store::{Conn, buckets, integrations};

fn prefix(key: Key, text: &str) -> Prefix {
    Prefix { key, text: text.to_owned() }
}

fn all(prefix: &Prefix) -> Wanted<'_> {
    Wanted { prefix, before: &[], visible: None, after: None }
}

async fn tags(conn: &mut Conn, wanted: &Wanted<'_>) -> Vec<String> {
    let found = builds(conn, wanted, 100).await.expect("reads");
    found.into_iter().map(|found| found.tag.to_string()).collect()
}

/// Saves builds of these tags, later ones with higher ids.
async fn push(store: &Store, shop: &Shop, tags: &[&str]) {
    for (number, name) in (700..).zip(tags) {
        shop.push(store, number, name).await;
    }
}

/// Saves a build of a tag and a commit.
async fn push_commit(store: &Store, shop: &Shop, number: u128, name: &str, commit: &str) -> Build {
    let mut build = crate::fixture::build(number, shop.integration.id, name);
    build.origin.commit = Some(Claim { value: commit.to_owned(), verified: false });
    let (saved, by) = (build.clone(), shop.by());
    store.save(async move |tx| towpath_store::builds::insert(tx, &saved, by).await).await;
    build
}

/// What a language would sort otherwise, such as hyphens and capitals, does not break a prefix.
#[test]
fn a_prefix_finds_every_tag_that_starts_so_in_the_order_of_bytes() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        push(&store, &shop, &["1.4.10", "1.4-rc", "1.4", "1_4", "14", "1.4_x", "1.4.2", "V2-Beta", "1.40"])
            .await;
        let mut conn = store.conn().await;
        let expected = ["1.4", "1.4-rc", "1.4.10", "1.4.2", "1.40", "1.4_x"];
        assert_eq!(tags(&mut conn, &all(&prefix(Key::Tag, "1.4"))).await, expected);
        assert_eq!(tags(&mut conn, &all(&prefix(Key::Tag, "v2-b"))).await, ["V2-Beta"]);
        for strange in ["%", "1%", "_", "1.4'", "\u{202e}1.4", "🚀"] {
            assert_eq!(tags(&mut conn, &all(&prefix(Key::Tag, strange))).await, [""; 0], "{strange}");
        }
    });
}

#[test]
fn pages_go_on_where_the_one_before_ended_newest_first_of_one_tag() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        for number in 0..5 {
            let digest = format!("main {number}");
            let mut build = crate::fixture::build(700 + number, shop.integration.id, "main");
            build.digest = crate::fixture::digest(&digest);
            let by = shop.by();
            store.save(async move |tx| towpath_store::builds::insert(tx, &build, by).await).await;
        }
        shop.push(&store, 720, "main-2").await;
        shop.push(&store, 710, "main-1").await;
        let mut conn = store.conn().await;
        let prefix = prefix(Key::Tag, "main");
        let mut walked: Vec<BuildId> = Vec::new();
        loop {
            let wanted = Wanted { after: walked.last().copied(), ..all(&prefix) };
            let page = builds(&mut conn, &wanted, 2).await.expect("reads");
            if page.is_empty() {
                break;
            }
            walked.extend(page.iter().map(|found| found.id));
        }
        let expected = [704, 703, 702, 701, 700, 710, 720].map(id);
        assert_eq!(walked, expected);
    });
}

#[test]
fn a_build_is_known_by_its_commit_and_its_digest_too_and_found_once() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let both = push_commit(&store, &shop, 700, "c0ffee1-main", "C0FFEE1DEADBEEF").await;
        let long = push_commit(&store, &shop, 701, "2.0", &"c0ffee1".repeat(20)).await;
        let mut conn = store.conn().await;
        let (by_tag, by_commit) = (prefix(Key::Tag, "c0ffee1"), prefix(Key::Commit, "c0ffee1"));
        assert_eq!(tags(&mut conn, &all(&by_tag)).await, [both.tag.as_str()]);
        assert_eq!(tags(&mut conn, &all(&by_commit)).await, [long.tag.as_str(), both.tag.as_str()]);
        let before = [by_tag];
        let rest = Wanted { before: &before, ..all(&by_commit) };
        assert_eq!(tags(&mut conn, &rest).await, [long.tag.as_str()]);
        let by_digest = prefix(Key::Digest, &both.digest.to_string()[..14]);
        assert_eq!(tags(&mut conn, &all(&by_digest)).await, [both.tag.as_str()]);
        // A build without a commit is not lost to what excludes commits.
        let without = shop.push(&store, 702, "3.0").await;
        store.sql("update builds set commit_key = null where tag = '3.0'").await.expect("runs");
        let before = [by_commit];
        let by_tag = prefix(Key::Tag, "3");
        let found = tags(&mut conn, &Wanted { before: &before, ..all(&by_tag) }).await;
        assert_eq!(found, [without.tag.as_str()]);
    });
}

#[test]
fn only_what_may_be_seen_is_found_whether_it_is_little_or_much() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let other = integration(51, shop.project.id, "other", Follows::None);
        let hidden = crate::fixture::build(701, other.id, "1.9");
        let by = shop.by();
        store
            .save(async move |tx| {
                integrations::insert(tx, &other).await?;
                towpath_store::builds::insert(tx, &hidden, by).await
            })
            .await;
        let mut conn = store.conn().await;
        let prefix = prefix(Key::Tag, "1");
        let little = [shop.integration.id];
        let much: Vec<IntegrationId> = (1000..1100).map(id).chain(little).collect();
        for visible in [&little[..], &much] {
            let wanted = Wanted { visible: Some(visible), ..all(&prefix) };
            assert_eq!(tags(&mut conn, &wanted).await, ["1.0"]);
        }
        assert_eq!(tags(&mut conn, &Wanted { visible: Some(&[]), ..all(&prefix) }).await, [""; 0]);
        assert_eq!(tags(&mut conn, &all(&prefix)).await, ["1.0", "1.9"]);
    });
}

#[test]
fn builds_of_before_are_found_as_well() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        push_commit(&store, &shop, 700, "V1", "ABCDEF0123").await;
        store.sql("update builds set tag_key = '', commit_key = null").await.expect("forgets");
        let migration = if store.is_postgres() {
            include_str!("../../../../migrations/postgres/0003_finding.sql")
        } else {
            include_str!("../../../../migrations/sqlite/0003_finding.sql")
        };
        let fill = migration.split(';').find(|statement| statement.contains("update builds")).expect("fills");
        store.sql(fill).await.expect("fills");
        let mut conn = store.conn().await;
        assert_eq!(tags(&mut conn, &all(&prefix(Key::Tag, "v1"))).await, ["V1"]);
        assert_eq!(tags(&mut conn, &all(&prefix(Key::Commit, "abcdef01"))).await, ["V1"]);
        assert_eq!(tags(&mut conn, &all(&prefix(Key::Commit, "c0ffee “·” \"q"))).await, ["1.0"]);
    });
}

#[test]
fn a_build_is_current_where_its_placement_is_the_last() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let next = shop.push(&store, 700, "2.0").await;
        let (saved, second) = (shop.clone(), next.clone());
        store
            .save(async move |tx| {
                for (key, number) in [(saved.qa_key(), 80), (saved.prod_key(), 81)] {
                    let bucket = buckets::lock(tx, saved.integration.id, key, id(number)).await?;
                    let placement = saved.placement(number + 20, &saved.build);
                    buckets::place(tx, &bucket, &placement, None).await?;
                }
                let bucket = buckets::lock(tx, saved.integration.id, saved.qa_key(), id(80)).await?;
                buckets::place(tx, &bucket, &saved.placement(110, &second), None).await
            })
            .await;
        let mut conn = store.conn().await;
        let current = current_in(&mut conn, &[shop.build.id, next.id]).await.expect("reads");
        let of = |build: BuildId| current[&build].iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!((of(shop.build.id), of(next.id)), (vec!["prod".to_owned()], vec!["qa".to_owned()]));
    });
}

#[test]
fn a_promotion_is_found_by_its_number() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let step = shop.request(7, &shop.build);
        store.save(async move |tx| towpath_store::promotions::save(tx, &step).await).await;
        let mut conn = store.conn().await;
        let [found] = promotions(&mut conn, 7).await.expect("reads").try_into().expect("one");
        assert_eq!((found.project.as_str(), found.integration.as_str()), ("shop", "checkout"));
        assert_eq!(
            (found.tag, found.to_slug.as_str(), found.state.as_str()),
            (tag("1.0"), "prod", "waiting")
        );
        assert_eq!(promotions(&mut conn, 8).await.expect("reads"), []);
    });
}
