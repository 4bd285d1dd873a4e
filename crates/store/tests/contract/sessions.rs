//! Sessions.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id, person};
use crate::shop::Shop;
use towpath_domain::ids::{PersonId, SessionId};
use towpath_store::people;
use towpath_store::sessions::{
    Origin, Session, delete, delete_of, delete_one, delete_others, find, insert, list, save, sweep, touch,
};

fn session(person: Option<PersonId>, data: &str, seconds: i64) -> Session {
    let origin = Origin { user_agent: "Firefox".to_owned(), address: "10.0.0.1".to_owned() };
    Session {
        person,
        data: data.to_owned(),
        origin,
        proven_at: person.map(|_| at(-5)),
        used_at: at(0),
        expires_at: at(seconds),
    }
}

fn number(number: u128) -> SessionId {
    id(number)
}

async fn data(store: &Store, hash: &[u8], seconds: i64) -> Option<String> {
    let found = find(&mut store.conn().await, hash, at(seconds)).await.expect("reads");
    found.map(|session| session.data)
}

#[test]
fn a_session_is_found_until_it_expires() {
    on_both_engines(async |store: Store| {
        let ana = Shop::open(&store).await.ana.id;
        let kept = session(Some(ana), "{}", 10);
        let saved = kept.clone();
        assert!(store.save(async move |tx| insert(tx, number(1), b"one", &saved).await).await);
        let found = find(&mut store.conn().await, b"one", at(9)).await.expect("reads");
        assert_eq!(found, Some(kept));
        assert_eq!(data(&store, b"one", 10).await, None);
        assert_eq!(data(&store, b"other", 0).await, None);
    });
}

#[test]
fn a_new_session_never_replaces_another_but_a_saved_one_does() {
    on_both_engines(async |store: Store| {
        let ana = Shop::open(&store).await.ana.id;
        let insert = async |which: u128, data: &'static str| {
            store
                .save(async move |tx| insert(tx, number(which), b"one", &session(Some(ana), data, 10)).await)
                .await
        };
        assert!(insert(1, "first").await);
        assert!(!insert(2, "second").await);
        assert_eq!(data(&store, b"one", 0).await.as_deref(), Some("first"));
        store.save(async move |tx| save(tx, number(3), b"one", &session(Some(ana), "third", 20)).await).await;
        store.save(async |tx| save(tx, number(4), b"two", &session(None, "new", 20)).await).await;
        assert_eq!(data(&store, b"one", 15).await.as_deref(), Some("third"));
        assert_eq!(data(&store, b"two", 15).await.as_deref(), Some("new"));
        let listed = list(&mut store.conn().await, ana, at(0), 9).await.expect("reads");
        assert_eq!(listed.iter().map(|one| one.id).collect::<Vec<_>>(), [number(1)], "it keeps its name");
    });
}

#[test]
fn the_use_of_a_session_is_noted_only_while_it_is_there() {
    on_both_engines(async |store: Store| {
        store.save(async |tx| insert(tx, number(1), b"one", &session(None, "{}", 10)).await).await;
        store.save(async |tx| touch(tx, b"one", at(7), at(20)).await).await;
        store.save(async |tx| touch(tx, b"two", at(7), at(20)).await).await;
        let found = find(&mut store.conn().await, b"one", at(15)).await.expect("reads").expect("goes on");
        assert_eq!((found.used_at, found.expires_at), (at(7), at(20)));
        assert_eq!(data(&store, b"two", 15).await, None);
    });
}

#[test]
fn sessions_end_one_by_one_by_person_or_by_age() {
    on_both_engines(async |store: Store| {
        let ana = Shop::open(&store).await.ana.id;
        store
            .save(async move |tx| {
                for (which, hash, person, seconds) in [
                    (1, b"a", Some(ana), 10),
                    (2, b"b", Some(ana), 10),
                    (3, b"c", None, 10),
                    (4, b"d", None, 5),
                ] {
                    insert(tx, number(which), hash, &session(person, "{}", seconds)).await?;
                }
                Ok(())
            })
            .await;
        assert_eq!(store.save(async |tx| sweep(tx, at(5)).await).await, 1);
        store.save(async move |tx| delete_of(tx, ana).await).await;
        let left = [data(&store, b"a", 0).await, data(&store, b"b", 0).await, data(&store, b"c", 0).await];
        assert_eq!(left, [None, None, Some("{}".to_owned())]);
        store.save(async |tx| delete(tx, b"c").await).await;
        assert_eq!(data(&store, b"c", 0).await, None);
    });
}

#[test]
fn a_person_lists_their_own_sessions_and_ends_them_by_their_public_ids() {
    on_both_engines(async |store: Store| {
        let ana = Shop::open(&store).await.ana.id;
        let other = person(2, "Ben");
        let ben = other.id;
        store
            .save(async move |tx| {
                people::insert(tx, &other, Some("a hash")).await?;
                for (which, hash, person, used) in
                    [(1, b"a", ana, 1), (2, b"b", ana, 3), (3, b"c", ana, 2), (4, b"d", ben, 9)]
                {
                    let session = Session { used_at: at(used), ..session(Some(person), "{}", 10) };
                    insert(tx, number(which), hash, &session).await?;
                }
                Ok(())
            })
            .await;
        let ids = async || -> Vec<SessionId> {
            let listed = list(&mut store.conn().await, ana, at(0), 9).await.expect("reads");
            listed.into_iter().map(|listed| listed.id).collect()
        };
        assert_eq!(ids().await, [number(2), number(3), number(1)], "the last used first");
        assert!(list(&mut store.conn().await, ana, at(10), 9).await.expect("reads").is_empty());
        assert!(!store.save(async move |tx| delete_one(tx, ana, number(4)).await).await, "Ben's");
        assert!(store.save(async move |tx| delete_one(tx, ana, number(3)).await).await);
        assert_eq!(store.save(async move |tx| delete_others(tx, ana, b"a").await).await, [number(2)]);
        assert_eq!(ids().await, [number(1)]);
        assert!(data(&store, b"d", 0).await.is_some(), "Ben's goes on");
    });
}
