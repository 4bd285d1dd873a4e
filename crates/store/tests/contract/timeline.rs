//! The audit log as it is read, and that nobody can change it.

use crate::engines::on_both_engines;
use crate::fixture::{Store, event, id, slug};
use crate::shop::Shop;
use towpath_domain::access::Role;
use towpath_domain::timeline::{Change, Event, EventActor, Named, Personal, Scene};
use towpath_store::timeline::{Criteria, list, size};

/// Writes events, each by a command of its own.
async fn tell(store: &Store, events: &[Event]) {
    for event in events {
        let event = event.clone();
        store
            .save(async move |tx| {
                tx.tell(event);
                Ok(())
            })
            .await;
    }
}

/// The numbers of the events that fit.
async fn fitting(store: &Store, criteria: &Criteria) -> Vec<i64> {
    let listed = list(&mut store.conn().await, criteria, i64::MAX, 100).await.expect("reads");
    listed.into_iter().map(|(seq, _)| seq).collect()
}

fn joined(number: u128) -> Event {
    let change = Change::PersonJoined {
        person: id(1),
        link: id(2),
        name: Personal::new(&"Ana Ångström"),
        email: Personal::new(&"ana@example.org"),
    };
    Event { actor: EventActor::Person { person: id(1) }, change, ..event(number) }
}

#[test]
fn events_come_back_newest_first_in_pages() {
    on_both_engines(async |store: Store| {
        let events: Vec<Event> = (1..=5).map(event).collect();
        tell(&store, &events).await;
        let mut conn = store.conn().await;
        assert_eq!(size(&mut conn).await.expect("reads"), 5);
        let mut seen = Vec::new();
        let mut before = i64::MAX;
        loop {
            let page = list(&mut conn, &Criteria::default(), before, 2).await.expect("reads");
            let Some((last, _)) = page.last() else { break };
            before = *last;
            seen.push(page);
        }
        let mut expected: Vec<(i64, Event)> = (1..).zip(events).collect();
        expected.reverse();
        assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
        assert_eq!(seen.concat(), expected);
    });
}

fn named<Id: From<uuid::Uuid>>(number: u128, name: &str) -> Named<Id> {
    Named { id: id(number), slug: slug(name) }
}

#[test]
fn each_filter_narrows_and_together_they_narrow_further() {
    on_both_engines(async |store: Store| {
        let shop = Scene { project: Some(named(10, "shop")), ..Scene::default() };
        let checkout = Scene { integration: Some(named(50, "checkout")), ..shop.clone() };
        let qa = Scene { bucket: Some(named(80, "qa")), ..checkout.clone() };
        let prod = Scene { bucket: Some(named(81, "prod")), ..checkout.clone() };
        let bank = Scene { project: Some(named(11, "bank")), ..Scene::default() };
        let by = |number: u128| EventActor::Token { token: id(200), owner: id(number) };
        tell(
            &store,
            &[
                event(1),
                Event { scene: shop, actor: by(1), ..event(2) },
                Event { scene: checkout.clone(), actor: by(2), ..event(3) },
                Event { scene: qa, change: Change::ArrivalsResumed { reason: None }, ..event(4) },
                Event { scene: prod, actor: by(1), ..event(5) },
                Event { scene: bank, ..event(6) },
            ],
        )
        .await;
        let all = Criteria::default;
        let cases = [
            (all(), vec![6, 5, 4, 3, 2, 1]),
            (Criteria { project: Some(id(10)), ..all() }, vec![5, 4, 3, 2]),
            (Criteria { integration: Some(id(50)), ..all() }, vec![5, 4, 3]),
            (Criteria { buckets: Some(vec![id(80), id(81)]), ..all() }, vec![5, 4]),
            (Criteria { buckets: Some(vec![]), ..all() }, vec![]),
            (Criteria { person: Some(id(1)), ..all() }, vec![5, 2]),
            (Criteria { kind: Some("arrivals_resumed".to_owned()), ..all() }, vec![4]),
            (Criteria { visible: Some(vec![id(11)]), ..all() }, vec![6]),
            (Criteria { visible: Some(vec![]), ..all() }, vec![]),
            (Criteria { narrowed: Some(vec![id(50), id(51)]), ..all() }, vec![5, 4, 3]),
            (Criteria { narrowed: Some(vec![]), ..all() }, vec![]),
            (Criteria { project: Some(id(10)), visible: Some(vec![id(11)]), ..all() }, vec![]),
            (Criteria { integration: Some(id(50)), person: Some(id(1)), ..all() }, vec![5]),
        ];
        for (criteria, expected) in cases {
            assert_eq!(fitting(&store, &criteria).await, expected, "{criteria:?}");
        }
    });
}

#[test]
fn events_are_final() {
    on_both_engines(async |store: Store| {
        Shop::open(&store).await;
        tell(&store, &[joined(1), event(2)]).await;
        let mut attempts = vec!["update events set at = 0 where seq = 1", "delete from events where seq = 2"];
        if store.is_postgres() {
            attempts.extend(["truncate events cascade", "truncate event_texts, events"]);
        } else {
            // SQLite has no truncate; without a condition its delete is one.
            attempts.push("delete from events");
        }
        for attempt in attempts {
            let error = store.sql(attempt).await.expect_err(attempt).to_string();
            assert!(error.contains("audit events are final"), "{attempt}: {error}");
        }
        assert_eq!(fitting(&store, &Criteria::default()).await, [2, 1]);
    });
}

#[test]
fn an_erased_text_opens_as_erased_and_its_event_stays() {
    on_both_engines(async |store: Store| {
        tell(&store, &[joined(1), joined(2)]).await;
        store.sql("update event_texts set text = null where seq = 1").await.expect("texts can be erased");
        let listed = list(&mut store.conn().await, &Criteria::default(), i64::MAX, 9).await.expect("reads");
        let texts: Vec<(i64, &str, &str)> = listed
            .iter()
            .map(|(seq, event)| match &event.change {
                Change::PersonJoined { name, email, .. } => (*seq, name.text(), email.text()),
                other => panic!("another change came back: {other:?}"),
            })
            .collect();
        assert_eq!(texts, [(2, "Ana Ångström", "ana@example.org"), (1, "(erased)", "(erased)")]);
    });
}

#[test]
fn no_personal_text_stands_in_the_bytes() {
    on_both_engines(async |store: Store| {
        let granted = Change::RoleGranted {
            binding: id(3),
            person: id(1),
            role: Role::viewer().slug,
            place: towpath_domain::access::Place::Installation,
            source: None,
        };
        tell(&store, &[joined(1), Event { change: granted, ..event(2) }]).await;
        let haystack =
            if store.is_postgres() { "convert_from(bytes, 'UTF8')" } else { "cast(bytes as text)" };
        let named = |text| format!("select count(*) from events where {haystack} like '%{text}%'");
        assert_eq!(store.count(&named("towpath audit 1")).await, 2);
        assert_eq!(store.count(&named("ana@example.org")).await, 0);
        assert_eq!(store.count("select count(*) from events where subject is not null").await, 2);
        assert_eq!(store.count("select count(distinct salt) from event_texts").await, 2);
    });
}
