//! Requests that named a key.

use crate::engines::on_both_engines;
use crate::fixture::{Store, at, id};
use towpath_store::idempotency::{Answer, Key, begin, find, finish, release, sweep};

fn key(caller: u128) -> Key {
    Key { caller: id(caller), key: "k-1".to_owned() }
}

fn answer() -> Answer {
    Answer { status: 201, location: Some("/api/v1/projects/bank".to_owned()), body: Some("{}".to_owned()) }
}

#[test]
fn an_answer_is_kept_for_the_request_that_began_it() {
    on_both_engines(async |store: Store| {
        store.save(async |tx| begin(tx, &key(1), b"a request", at(1)).await).await;
        // A request of before, which was taken for lost, has no say any more.
        store.save(async |tx| finish(tx, &key(1), at(0), &answer()).await).await;
        store.save(async |tx| release(tx, &key(1), at(0)).await).await;
        let mut conn = store.conn().await;
        let known = find(&mut conn, &key(1)).await.expect("reads").expect("is kept");
        assert_eq!(
            (known.fingerprint.as_slice(), known.begun_at, known.answer),
            (&b"a request"[..], at(1), None)
        );
        store.save(async |tx| finish(tx, &key(1), at(1), &answer()).await).await;
        let known = find(&mut conn, &key(1)).await.expect("reads").expect("is kept");
        assert_eq!(known.answer, Some(answer()));
        assert_eq!(find(&mut conn, &key(2)).await.expect("reads"), None, "it is another caller's");
        store.save(async |tx| begin(tx, &key(1), b"another", at(5)).await).await;
        let known = find(&mut conn, &key(1)).await.expect("reads").expect("is kept");
        assert_eq!((known.begun_at, known.answer), (at(5), None));
        store.save(async |tx| release(tx, &key(1), at(5)).await).await;
        assert_eq!(find(&mut conn, &key(1)).await.expect("reads"), None);
    });
}

#[test]
fn what_began_before_a_time_is_forgotten() {
    on_both_engines(async |store: Store| {
        for caller in 1..=3 {
            let begun = at(i64::try_from(caller).expect("small"));
            store.save(async move |tx| begin(tx, &key(caller), b"a request", begun).await).await;
        }
        assert_eq!(store.write(async |tx| sweep(tx, at(3)).await).await.expect("sweeps"), 2);
        assert!(find(&mut store.conn().await, &key(3)).await.expect("reads").is_some());
    });
}
