//! The write path: whole or absent, numbered without gaps, whoever goes away.

use crate::engines::{on_both_engines, on_postgres};
use crate::fixture::{Store, event, id, open, project};
use futures::FutureExt;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use towpath_store::timeline::{Criteria, list, size};
use towpath_store::{Db, Error, Tx, projects};

/// A project with the event that tells of it.
async fn found(tx: &mut Tx, number: u128) -> Result<(), Error> {
    projects::insert(tx, &project(number, &format!("p-{number}"))).await?;
    tx.tell(event(number));
    Ok(())
}

/// A command that keeps the writer busy, so that what is sent meanwhile waits together.
struct Held {
    release: oneshot::Sender<()>,
    write: JoinHandle<Result<(), Error>>,
}

async fn hold(db: &Db) -> Held {
    let (held, is_held) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let db = db.clone();
    let command = async move |_: &mut Tx| {
        _ = held.send(());
        _ = released.await;
        Ok::<_, Error>(())
    };
    let write = tokio::spawn(async move { db.write(command).await });
    is_held.await.expect("the writer runs");
    Held { release, write }
}

impl Held {
    /// Lets the writer go on, and yields how the command ended that held it.
    async fn release(self) -> Result<(), Error> {
        drop(self.release);
        self.write.await.expect("no panic")
    }
}

/// The numbers of all events, oldest first, with the projects that they tell of.
async fn log(store: &Store) -> (Vec<i64>, Vec<String>) {
    let mut conn = store.conn().await;
    let mut listed = list(&mut conn, &Criteria::default(), i64::MAX, 10_000).await.expect("reads");
    listed.reverse();
    let title = |event: &towpath_domain::timeline::Event| match &event.change {
        towpath_domain::timeline::Change::ProjectCreated { title } => title.clone(),
        other => panic!("another change came back: {other:?}"),
    };
    listed.iter().map(|(seq, event)| (*seq, title(event))).unzip()
}

/// Every number of founded project stands in a row and in an event, or in neither; numbers have no gaps.
async fn assert_sound(store: &Store) {
    let (numbers, mut told) = log(store).await;
    let count = i64::try_from(numbers.len()).expect("a count");
    assert!(numbers.into_iter().eq(1..=count), "the numbers of events have gaps");
    assert_eq!(size(&mut store.conn().await).await.expect("reads"), count);
    let listed = projects::list(&mut store.conn().await, "", 10_000).await.expect("reads");
    let mut rows: Vec<String> =
        listed.iter().map(|project| format!("Project {}", project.id.uuid().as_u128())).collect();
    rows.sort();
    told.sort();
    assert_eq!(rows, told, "rows and events differ");
}

#[test]
fn a_failed_or_panicking_command_leaves_nothing_and_its_neighbours_commit() {
    on_both_engines(async |store: Store| {
        let held = hold(&store).await;
        let mut waiting = Vec::new();
        for number in 1..=9_u128 {
            let db = store.db.clone();
            let command = async move |tx: &mut Tx| {
                found(tx, number).await?;
                match number % 3 {
                    1 => Ok(number),
                    2 => Err(Error::Changed),
                    _ => panic!("a bug of ours"),
                }
            };
            let mut write = Box::pin(async move { db.write(command).await });
            // Sends the command, so that they stand in this order.
            assert!((&mut write).now_or_never().is_none());
            waiting.push(write);
        }
        held.release().await.expect("it commits");
        for (number, write) in (1..).zip(waiting) {
            let outcome = write.await;
            match number % 3 {
                1 => assert_eq!(outcome.expect("it commits"), number),
                2 => assert!(matches!(outcome, Err(Error::Changed)), "{outcome:?}"),
                _ => assert!(matches!(outcome, Err(Error::Lost)), "{outcome:?}"),
            }
        }
        let (numbers, told) = log(&store).await;
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!(told, ["Project 1", "Project 4", "Project 7"]);
        assert_sound(&store).await;
    });
}

#[test]
fn a_statement_that_fails_does_not_spoil_the_batch() {
    on_both_engines(async |store: Store| {
        store.save(async |tx| found(tx, 1).await).await;
        let held = hold(&store).await;
        let twin = async |tx: &mut Tx| {
            tx.tell(event(2));
            projects::insert(tx, &project(2, "p-1")).await
        };
        let (one, other) = (store.write(twin), store.write(async |tx: &mut Tx| found(tx, 3).await));
        let (one, other, held) = tokio::join!(one, other, held.release());
        held.expect("it commits");
        assert!(one.expect_err("the name is taken").is_duplicate());
        other.expect("the other one is whole");
        assert_eq!(log(&store).await.1, ["Project 1", "Project 3"]);
        assert_sound(&store).await;
    });
}

#[test]
fn commands_that_wait_together_share_commits() {
    on_both_engines(async |store: Store| {
        let held = hold(&store).await;
        let write = |number| {
            // Within a transaction the log does not grow, so each transaction shows one size.
            store.write(async move |tx: &mut Tx| {
                let seen = size(tx).await?;
                found(tx, number).await?;
                Ok::<_, Error>(seen)
            })
        };
        let waiting = futures::future::join_all((1..=200).map(write));
        let (seen, held) = tokio::join!(waiting, held.release());
        held.expect("it commits");
        let mut sizes: Vec<i64> = seen.into_iter().map(|size| size.expect("it commits")).collect();
        sizes.sort_unstable();
        sizes.dedup();
        assert!(sizes.len() <= 5, "200 writes took {} commits", sizes.len());
        assert_sound(&store).await;
    });
}

#[test]
fn a_caller_that_goes_away_in_mid_write_leaves_it_whole_or_absent() {
    on_both_engines(async |store: Store| {
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        for round in 0..20 {
            let callers: Vec<_> = (0..50_u128)
                .map(|caller| {
                    let (db, number) = (store.db.clone(), 1 + round * 50 + caller);
                    tokio::spawn(async move { db.write(async move |tx| found(tx, number).await).await })
                })
                .collect();
            for caller in &callers {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                for _ in 0..random % 16 {
                    tokio::task::yield_now().await;
                }
                caller.abort();
            }
            for caller in callers {
                if let Ok(outcome) = caller.await {
                    outcome.expect("who stayed hears that it went well");
                }
            }
        }
        store.save(async |tx| found(tx, 5_000).await).await;
        assert_sound(&store).await;
        assert_idle(&store).await;
    });
}

/// No session of Postgres was left inside a transaction, and nothing holds the lock of SQLite.
async fn assert_idle(store: &Store) {
    let open = "select count(*) from pg_stat_activity where datname = current_database()
                and state like 'idle in transaction%'";
    let write = "update audit_head set size = size";
    if store.is_postgres() {
        assert_eq!(store.count(open).await, 0, "a session was left inside a transaction");
    }
    store.sql(write).await.expect("another connection can write");
}

#[test]
fn a_reader_that_goes_away_leaves_the_pool_healthy() {
    on_both_engines(async |store: Store| {
        store.save(async |tx| found(tx, 1).await).await;
        for _ in 0..200 {
            let db = store.db.clone();
            let reader = tokio::spawn(async move {
                let mut conn = db.read().await?;
                list(&mut conn, &Criteria::default(), i64::MAX, 10).await
            });
            tokio::task::yield_now().await;
            reader.abort();
            _ = reader.await;
        }
        let reads = (0..50).map(|_| async { log(&store).await.0 });
        assert!(futures::future::join_all(reads).await.iter().all(|numbers| *numbers == [1]));
        assert_idle(&store).await;
    });
}

#[test]
fn two_writers_of_one_database_number_without_gaps() {
    on_both_engines(async |store: Store| {
        let other = open(&store.url).await.expect("opens");
        let write = |number: u128| {
            let db = if number.is_multiple_of(2) { store.db.clone() } else { other.clone() };
            async move { db.write(async move |tx| found(tx, number).await).await }
        };
        for outcome in futures::future::join_all((1..=200).map(write)).await {
            outcome.expect("it commits");
        }
        assert_eq!(log(&store).await.0.len(), 200);
        assert_sound(&store).await;
        other.close().await;
    });
}

#[test]
fn writers_that_want_the_same_rows_in_opposite_orders_all_succeed() {
    on_both_engines(async |store: Store| {
        let other = open(&store.url).await.expect("opens");
        for number in 1..=8 {
            store.save(async move |tx| found(tx, number).await).await;
        }
        let next = |db: &Db, number: u128| {
            let db = db.clone();
            async move { db.write(async move |tx| projects::next_promotion(tx, id(number)).await).await }
        };
        for _ in 0..30 {
            let writes = (1..=8).flat_map(|number| [next(&store, number), next(&other, 9 - number)]);
            for outcome in futures::future::join_all(writes).await {
                outcome.expect("it commits");
            }
        }
        for number in 1..=8 {
            assert_eq!(next(&store, number).await.expect("it commits"), 61);
        }
        other.close().await;
    });
}

#[test]
fn waiting_writes_finish_before_closing_and_none_begins_after() {
    on_both_engines(async |store: Store| {
        let held = hold(&store).await;
        let (db, closer) = (store.db.clone(), store.db.clone());
        let mut write = Box::pin(async move { db.write(async |tx: &mut Tx| found(tx, 1).await).await });
        assert!((&mut write).now_or_never().is_none());
        let closing = tokio::spawn(async move { closer.close().await });
        held.release().await.expect("it commits");
        write.await.expect("it was sent before");
        closing.await.expect("closes");
        let late = store.write(async |tx: &mut Tx| found(tx, 2).await).await;
        assert!(matches!(late, Err(Error::Lost)), "{late:?}");
        let again = open(&store.url).await.expect("opens");
        let store = Store { db: again, url: store.url.clone() };
        assert_eq!(log(&store).await.1, ["Project 1"]);
    });
}

#[test]
fn a_broken_connection_fails_its_batch_and_the_next_one_works() {
    on_postgres(async |store: Store| {
        let held = hold(&store).await;
        let kill = "select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and state like 'idle in transaction%'";
        store.sql(kill).await.expect("kills");
        let next = store.write(async |tx: &mut Tx| found(tx, 1).await);
        let (next, broken) = tokio::join!(next, held.release());
        assert!(matches!(broken, Err(Error::Lost)), "{broken:?}");
        next.expect("it runs on a fresh connection");
        assert_sound(&store).await;
    });
}
