//! Sessions.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at};
use crate::shop::Shop;
use towpath_domain::ids::PersonId;
use towpath_store::sessions::{Session, delete, delete_of, extend, find, insert, save, sweep};

fn session(person: Option<PersonId>, data: &str, seconds: i64) -> Session {
    Session { person, data: data.to_owned(), expires_at: at(seconds) }
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
        assert!(store.save(async move |tx| insert(tx, b"one", &saved, at(0)).await).await);
        let found = find(&mut store.conn().await, b"one", at(9)).await.expect("reads");
        assert_eq!(found, Some(kept));
        assert_eq!(data(&store, b"one", 10).await, None);
        assert_eq!(data(&store, b"other", 0).await, None);
    });
}

#[test]
fn a_new_session_never_replaces_another_but_a_saved_one_does() {
    on_both_engines(async |store: Store| {
        let insert = async |data: &'static str| {
            store.save(async move |tx| insert(tx, b"one", &session(None, data, 10), at(0)).await).await
        };
        assert!(insert("first").await);
        assert!(!insert("second").await);
        assert_eq!(data(&store, b"one", 0).await.as_deref(), Some("first"));
        store.save(async |tx| save(tx, b"one", &session(None, "third", 20), at(0)).await).await;
        store.save(async |tx| save(tx, b"two", &session(None, "new", 20), at(0)).await).await;
        assert_eq!(data(&store, b"one", 15).await.as_deref(), Some("third"));
        assert_eq!(data(&store, b"two", 15).await.as_deref(), Some("new"));
    });
}

#[test]
fn the_end_of_a_session_is_put_off_only_while_it_is_there() {
    on_both_engines(async |store: Store| {
        store.save(async |tx| insert(tx, b"one", &session(None, "{}", 10), at(0)).await).await;
        store.save(async |tx| extend(tx, b"one", at(20)).await).await;
        store.save(async |tx| extend(tx, b"two", at(20)).await).await;
        assert_eq!(data(&store, b"one", 15).await.as_deref(), Some("{}"));
        assert_eq!(data(&store, b"two", 15).await, None);
    });
}

#[test]
fn sessions_end_one_by_one_by_person_or_by_age() {
    on_both_engines(async |store: Store| {
        let ana = Shop::open(&store).await.ana.id;
        store
            .save(async move |tx| {
                for (hash, person, seconds) in
                    [(b"a", Some(ana), 10), (b"b", Some(ana), 10), (b"c", None, 10), (b"d", None, 5)]
                {
                    insert(tx, hash, &session(person, "{}", seconds), at(0)).await?;
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
