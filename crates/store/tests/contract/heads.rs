//! The newest number of the audit log: told when it is committed, and never before.

use crate::engines::{on_both_engines, on_postgres};
use crate::fixture::{Store, event, open, project};
use std::time::Duration;
use tokio::sync::watch;
use towpath_store::timeline::list_after;
use towpath_store::{Error, Tx, projects};

/// Waits until the log is known to go as far as `seq`.
async fn reach(heads: &mut watch::Receiver<i64>, seq: i64) {
    let reached = heads.wait_for(|head| *head >= seq);
    let head = tokio::time::timeout(Duration::from_secs(20), reached).await.expect("it is told in time");
    assert_eq!(*head.expect("the writer lives"), seq);
}

async fn tell(tx: &mut Tx, number: u128) -> Result<(), Error> {
    tx.tell(event(number));
    Ok(())
}

#[test]
fn the_head_is_known_by_the_time_the_writer_is_answered() {
    on_both_engines(async |store: Store| {
        let heads = store.heads();
        assert_eq!(*heads.borrow(), 0);
        for number in 1..=3 {
            store.save(async move |tx| tell(tx, number).await).await;
            assert_eq!(*heads.borrow(), i64::try_from(number).expect("a number"));
        }
        let again = open(&store.url).await.expect("opens");
        assert_eq!(*again.heads().borrow(), 3, "what was there before is known from the start");
        again.close().await;
    });
}

#[test]
fn events_of_a_failed_command_are_never_announced() {
    on_both_engines(async |store: Store| {
        let mut heads = store.heads();
        heads.mark_unchanged();
        let failed = store
            .write(async |tx: &mut Tx| {
                tell(tx, 1).await?;
                Err::<(), _>(Error::Changed)
            })
            .await;
        assert!(matches!(failed, Err(Error::Changed)), "{failed:?}");
        store.save(async |tx| projects::insert(tx, &project(1, "silent")).await).await;
        assert!(!heads.has_changed().expect("the writer lives"), "nothing was told, so nothing is announced");
        store.save(async |tx| tell(tx, 2).await).await;
        assert!(heads.has_changed().expect("the writer lives"));
        assert_eq!(*heads.borrow(), 1);
    });
}

#[test]
fn who_watches_hears_that_it_ends() {
    on_both_engines(async |store: Store| {
        let mut heads = store.heads();
        heads.mark_unchanged();
        store.close().await;
        assert!(heads.changed().await.is_err());
    });
}

#[test]
fn commits_of_another_replica_are_heard_of() {
    on_postgres(async |store: Store| {
        let other = open(&store.url).await.expect("opens");
        let mut heads = store.heads();
        for number in 1..=3 {
            other.write(async move |tx| tell(tx, number).await).await.expect("it commits");
            reach(&mut heads, i64::try_from(number).expect("a number")).await;
        }
        other.close().await;
    });
}

#[test]
fn what_is_committed_while_the_connection_is_broken_is_heard_of_later() {
    on_postgres(async |store: Store| {
        let other = open(&store.url).await.expect("opens");
        let mut heads = store.heads();
        other.write(async |tx: &mut Tx| tell(tx, 1).await).await.expect("it commits");
        reach(&mut heads, 1).await;
        let kill = "select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid()";
        store.sql(kill).await.expect("kills");
        // The writer's own connection may be among them.
        let write = async |number| other.write(async move |tx: &mut Tx| tell(tx, number).await).await;
        if write(2).await.is_err() {
            write(2).await.expect("it runs on a fresh connection");
        }
        reach(&mut heads, 2).await;
        other.close().await;
    });
}

#[test]
fn events_after_a_number_come_oldest_first() {
    on_both_engines(async |store: Store| {
        for number in 1..=5 {
            store.save(async move |tx| tell(tx, number).await).await;
        }
        let numbers = async |after, limit| {
            let listed = list_after(&mut store.conn().await, after, limit).await.expect("reads");
            listed.into_iter().map(|(seq, _)| seq).collect::<Vec<_>>()
        };
        assert_eq!(numbers(2, 10).await, [3, 4, 5]);
        assert_eq!(numbers(0, 2).await, [1, 2]);
        assert!(numbers(5, 10).await.is_empty());
    });
}
