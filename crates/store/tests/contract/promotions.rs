//! Promotions and decisions.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id, person, reason};
use crate::shop::{Shop, manager};
use towpath_domain::gates::Circumstances;
use towpath_domain::ids::PersonId;
use towpath_domain::promotions::{Choice, Decision, Promotion, State, Transition};
use towpath_store::promotions::{find, list, lock, open, save, waiting, waiting_of};
use towpath_store::{Error, people};

async fn put(store: &Store, step: Transition) {
    store.save(async move |tx| save(tx, &step).await).await;
}

/// Saves Ana's requests to promote a build each, and yields them as they are then.
async fn asked(store: &Store, shop: &Shop, numbers: impl Iterator<Item = i64>) -> Vec<Promotion> {
    let mut asked = Vec::new();
    for number in numbers {
        let index = 600 + u128::try_from(number).expect("a number");
        let build = shop.push(store, index, &format!("0.{number}")).await;
        let step = shop.request(number, &build);
        asked.push(step.promotion().clone());
        put(store, step).await;
    }
    asked
}

fn decide(shop: &Shop, promotion: Promotion, person: PersonId, choice: Choice) -> Transition {
    let decision = Decision {
        person,
        by: None,
        choice,
        comment: Some(reason("I looked\nat it ✓")),
        digest: promotion.digest.clone(),
        roles: vec![towpath_domain::access::Role::release_manager().slug],
        at: at(6),
    };
    promotion
        .decide(&manager(person), &shop.place(), decision, &Circumstances::default(), id(81))
        .expect("may decide")
}

async fn bob(store: &Store) -> PersonId {
    let bob = person(2, "Bob");
    store.save(async move |tx| people::insert(tx, &bob, Some("a hash")).await).await;
    id(2)
}

#[test]
fn a_promotion_comes_back_step_by_step() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let bob = bob(&store).await;
        let mut conn = store.conn().await;
        assert_eq!(find(&mut conn, shop.project.id, 1).await.expect("reads"), None);
        let [asked] = asked(&store, &shop, 1..2).await.try_into().expect("one");
        let found = find(&mut conn, shop.project.id, 1).await.expect("reads").expect("is there");
        assert_eq!(found, asked);
        let applied = decide(&shop, found, bob, Choice::Approve);
        assert_eq!(applied.promotion().state, State::Applied { at: at(6), placement: Some(id(81)) });
        put(&store, applied.clone()).await;
        let found = find(&mut conn, shop.project.id, 1).await.expect("reads");
        assert_eq!(found.as_ref(), Some(applied.promotion()));
        let locked = store.save(async |tx| lock(tx, id(71)).await).await;
        assert_eq!(locked, found);
        assert_eq!(store.save(async |tx| lock(tx, id(999)).await).await, None);
    });
}

#[test]
fn who_looked_before_the_last_step_saves_nothing() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let bob = bob(&store).await;
        let [asked] = asked(&store, &shop, 1..2).await.try_into().expect("one");
        let (ana, place) = (manager(shop.ana.id), shop.place());
        put(&store, asked.clone().cancel(&ana, &place, None, at(6)).expect("may cancel")).await;
        let late = decide(&shop, asked, bob, Choice::Approve);
        let outcome = store.write(async move |tx| save(tx, &late).await).await;
        assert!(matches!(outcome, Err(Error::Changed)), "{outcome:?}");
        let mut conn = store.conn().await;
        let found = find(&mut conn, shop.project.id, 1).await.expect("reads").expect("is there");
        assert_eq!((found.state.name(), found.decisions), ("cancelled", Vec::new()));
    });
}

#[test]
fn the_same_wish_waits_once() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        put(&store, shop.request(1, &shop.build)).await;
        let mut conn = store.conn().await;
        let mut waits = async |build| {
            let number = open(&mut conn, shop.integration.id, build, shop.prod_key()).await;
            number.expect("reads")
        };
        assert_eq!(waits(shop.build.id).await, Some(1));
        assert_eq!(waits(id(61)).await, None);
        let again = shop.request(2, &shop.build);
        let outcome = store.write(async move |tx| save(tx, &again).await).await;
        assert!(outcome.expect_err("it waits already").is_duplicate());

        let ana = manager(shop.ana.id);
        let first = shop.request(1, &shop.build).into_promotion();
        put(&store, first.cancel(&ana, &shop.place(), None, at(6)).expect("may cancel")).await;
        assert_eq!(waits(shop.build.id).await, None);
        put(&store, shop.request(2, &shop.build)).await;
    });
}

#[test]
fn a_number_names_one_promotion_of_a_project() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        put(&store, shop.request(1, &shop.build)).await;
        let other = shop.push(&store, 61, "2.0").await;
        let twin = shop.request(1, &other);
        let outcome = store.write(async move |tx| save(tx, &twin).await).await;
        assert!(outcome.expect_err("the number is taken").is_duplicate());
    });
}

#[test]
fn what_waits_is_listed_oldest_first_and_all_of_a_project_newest_first() {
    on_both_engines(async |store: Store| {
        let shop = Shop::open(&store).await;
        let bob = bob(&store).await;
        let mut all = asked(&store, &shop, 1..6).await;
        for (index, choice) in [(1, Choice::Reject), (3, Choice::Approve)] {
            let step = decide(&shop, all[index].clone(), bob, choice);
            all[index] = step.promotion().clone();
            put(&store, step).await;
        }
        let mut conn = store.conn().await;
        let numbers = |listed: Vec<Promotion>| listed.iter().map(|one| one.number).collect::<Vec<_>>();
        assert_eq!(numbers(waiting(&mut conn, 9).await.expect("reads")), [1, 3, 5]);
        assert_eq!(numbers(waiting(&mut conn, 2).await.expect("reads")), [1, 3]);
        assert_eq!(numbers(waiting_of(&mut conn, shop.integration.id).await.expect("reads")), [1, 3, 5]);
        assert_eq!(waiting_of(&mut conn, id(51)).await.expect("reads"), []);
        store.sql("update projects set archived_at = 1").await.expect("archives");
        assert_eq!(waiting(&mut conn, 9).await.expect("reads"), [], "nobody can decide there");
        all.reverse();
        let project = shop.project.id;
        assert_eq!(list(&mut conn, project, i64::MAX, 2).await.expect("reads"), all[..2]);
        assert_eq!(list(&mut conn, project, 4, 9).await.expect("reads"), all[2..], "decisions included");
        assert_eq!(list(&mut conn, id(11), i64::MAX, 9).await.expect("reads"), []);
    });
}
