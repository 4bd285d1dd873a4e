//! The write path: one queue a process, whose waiting commands share a transaction and a commit.
//!
//! The queue has a thread and a runtime of its own. That makes three things true by construction: a
//! client that goes away cannot cancel a write half way; SQLite has one writer; and the audit head is
//! taken last, after every command of the batch, so that sequence numbers have no gaps.

use crate::db::{Address, Pool};
use crate::heads::{CHANNEL, Heads};
use crate::{Conn, Error, timeline};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use std::ops::{Deref, DerefMut};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use towpath_domain::timeline::Event;

/// How many commands share a commit at most.
const BATCH: usize = 64;
/// How many commands may wait before callers are held back.
const WAITING: usize = 1_024;

/// A transaction that is under way, with the audit events that its commands have told so far.
#[derive(Debug)]
pub struct Tx {
    conn: Conn,
    events: Vec<Event>,
}

impl Tx {
    /// Adds an event to the audit log; it gets its number when the transaction ends.
    pub fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(crate) fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

type Run = Box<dyn for<'t> FnOnce(&'t mut Tx) -> LocalBoxFuture<'t, Ran> + Send>;
/// Whether a command succeeded, and what tells its caller once the fate of the commit is known.
struct Ran {
    succeeded: bool,
    answer: Box<dyn FnOnce(Result<(), Error>)>,
}

/// A command with its type erased.
pub(crate) struct Job(Run);

impl Job {
    pub(crate) fn new<T, E>(
        command: impl AsyncFnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> (Self, oneshot::Receiver<Result<T, E>>)
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let run: Run = Box::new(move |tx| {
            async move {
                let outcome = command(tx).await;
                let succeeded = outcome.is_ok();
                let answer = move |committed: Result<(), Error>| {
                    // A caller that went away needs no answer.
                    _ = sender.send(outcome.and_then(|value| committed.map(|()| value).map_err(E::from)));
                };
                Ran { succeeded, answer: Box::new(answer) }
            }
            .boxed_local()
        });
        (Self(run), receiver)
    }
}

/// The way to the writer's thread.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    jobs: mpsc::Sender<Job>,
    stop: Arc<watch::Sender<bool>>,
    stopped: watch::Receiver<bool>,
    heads: watch::Receiver<i64>,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

impl Queue {
    pub(crate) async fn start(
        address: Address,
        salt: impl FnMut() -> [u8; 16] + Send + 'static,
    ) -> Result<Self, Error> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let (stop, stopping) = watch::channel(false);
        let (done, stopped) = watch::channel(false);
        let (ready, started) = oneshot::channel();
        let (told, heads) = Heads::new();
        std::thread::Builder::new()
            .name("towpath-writer".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                match runtime {
                    Ok(runtime) => runtime.block_on(work(address, salt, told, waiting, stopping, ready)),
                    Err(error) => _ = ready.send(Err(Error::Database(sqlx::Error::Io(error)))),
                }
                _ = done.send(true);
            })
            .map_err(|error| Error::Database(sqlx::Error::Io(error)))?;
        started.await.unwrap_or(Err(Error::Lost))?;
        Ok(Self { jobs, stop: Arc::new(stop), stopped, heads })
    }

    pub(crate) async fn send(&self, job: Job) -> Result<(), Error> {
        self.jobs.send(job).await.map_err(|_| Error::Lost)
    }

    pub(crate) fn heads(&self) -> watch::Receiver<i64> {
        self.heads.clone()
    }

    pub(crate) async fn stop(&self) {
        _ = self.stop.send(true);
        let mut stopped = self.stopped.clone();
        _ = stopped.wait_for(|stopped| *stopped).await;
    }
}

async fn work(
    address: Address,
    mut salt: impl FnMut() -> [u8; 16],
    heads: Heads,
    mut waiting: mpsc::Receiver<Job>,
    mut stopping: watch::Receiver<bool>,
    ready: oneshot::Sender<Result<(), Error>>,
) {
    let pool = match connect(address.clone(), &heads).await {
        Ok(pool) => pool,
        Err(error) => {
            _ = ready.send(Err(error));
            return;
        }
    };
    _ = ready.send(Ok(()));
    let listening = match address {
        Address::Sqlite(_) => None,
        Address::Postgres(options) => Some(tokio::spawn(heads.clone().listen(*options, stopping.clone()))),
    };
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            biased;
            received = waiting.recv_many(&mut batch, BATCH) => {
                if received == 0 {
                    break;
                }
            }
            _ = stopping.wait_for(|stop| *stop) => waiting.close(),
        }
        if !batch.is_empty() {
            run_batch(&pool, &mut batch, &mut salt, &heads).await;
        }
    }
    if let Some(listening) = listening {
        _ = listening.await;
    }
    match pool {
        Pool::Sqlite(pool) => pool.close().await,
        Pool::Postgres(pool) => pool.close().await,
    }
}

/// The connection that writes, once it is known how far the log goes.
async fn connect(address: Address, heads: &Heads) -> Result<Pool, Error> {
    let pool = address.writer().await?;
    heads.reached(timeline::size(&mut pool.acquire().await?).await?);
    Ok(pool)
}

/// Runs a batch and answers its callers. When the transaction as a whole fails, each of them hears it.
async fn run_batch(pool: &Pool, batch: &mut Vec<Job>, salt: &mut impl FnMut() -> [u8; 16], heads: &Heads) {
    let mut answers = Vec::with_capacity(batch.len());
    let committed = transaction(pool, batch, &mut answers, salt).await;
    match &committed {
        Ok(Some(head)) => heads.reached(*head),
        Ok(None) => {}
        Err(error) => {
            tracing::error!(%error, commands = answers.len(), "a write transaction failed");
        }
    }
    // Jobs that did not run are dropped, which tells their callers that the connection broke.
    batch.clear();
    for answer in answers {
        answer(if committed.is_ok() { Ok(()) } else { Err(Error::Lost) });
    }
}

type Answers = Vec<Box<dyn FnOnce(Result<(), Error>)>>;

/// Yields the number of the newest event, where the commands told any.
async fn transaction(
    pool: &Pool,
    batch: &mut Vec<Job>,
    answers: &mut Answers,
    salt: &mut impl FnMut() -> [u8; 16],
) -> Result<Option<i64>, Error> {
    let mut tx = Tx { conn: pool.acquire().await?, events: Vec::new() };
    tx.statement(Statement::Begin).await?;
    let finished = match tx.take_turn().await {
        Ok(()) => commands(&mut tx, batch, answers, salt).await,
        Err(error) => Err(error),
    };
    if finished.is_err() {
        // The connection may be the cause; then closing it is what ends the transaction.
        if tx.statement(Statement::Rollback).await.is_err() {
            tx.conn.discard().await;
        }
    }
    finished
}

async fn commands(
    tx: &mut Tx,
    batch: &mut Vec<Job>,
    answers: &mut Answers,
    salt: &mut impl FnMut() -> [u8; 16],
) -> Result<Option<i64>, Error> {
    for Job(run) in batch.drain(..) {
        let told = tx.events.len();
        tx.statement(Statement::Savepoint).await?;
        // A panicking command is a bug of ours; it must not take the writer with it.
        let ran = AssertUnwindSafe(run(tx)).catch_unwind().await;
        match ran {
            Ok(Ran { succeeded: true, answer }) => {
                tx.statement(Statement::Release).await?;
                answers.push(answer);
            }
            other => {
                tx.events.truncate(told);
                tx.statement(Statement::RollbackTo).await?;
                tx.statement(Statement::Release).await?;
                if let Ok(ran) = other {
                    answers.push(ran.answer);
                } else {
                    tracing::error!("a write command panicked; its changes were undone");
                }
            }
        }
    }
    let events = std::mem::take(&mut tx.events);
    let head = timeline::append(tx, &events, salt).await?;
    if let Some(head) = head {
        tx.notify(head).await?;
    }
    tx.statement(Statement::Commit).await?;
    Ok(head)
}

/// The statements that frame a transaction.
#[derive(Debug, Clone, Copy)]
enum Statement {
    Begin,
    Savepoint,
    Release,
    RollbackTo,
    Rollback,
    Commit,
}

impl Tx {
    /// Waits until no other replica writes. The commands of two batches would otherwise want the same rows in
    /// opposite orders, and what a command checks before it writes (the last admin, the free name) would hold on
    /// its own replica only. SQLite has one writer by itself.
    async fn take_turn(&mut self) -> Result<(), Error> {
        match &self.conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(_) => {
                crate::query::execute!(self.conn(), "select pg_advisory_xact_lock(7061773)").map(drop)
            }
        }
    }

    /// Tells other replicas how far the log goes, if this transaction commits.
    async fn notify(&mut self, head: i64) -> Result<(), Error> {
        match &self.conn {
            Conn::Sqlite(_) => Ok(()),
            Conn::Postgres(_) => {
                let sql = "select pg_notify($1, $2)";
                crate::query::execute!(self.conn(), sql, CHANNEL, head.to_string()).map(drop)
            }
        }
    }

    async fn statement(&mut self, statement: Statement) -> Result<(), Error> {
        let sql = match (statement, &self.conn) {
            // Takes the write lock at once: a deferred transaction could fail later without waiting.
            (Statement::Begin, Conn::Sqlite(_)) => "begin immediate",
            (Statement::Begin, Conn::Postgres(_)) => "begin",
            (Statement::Savepoint, _) => "savepoint command",
            (Statement::Release, _) => "release savepoint command",
            (Statement::RollbackTo, _) => "rollback to savepoint command",
            (Statement::Rollback, _) => "rollback",
            (Statement::Commit, _) => "commit",
        };
        crate::query::execute!(self.conn(), sql).map(drop)
    }
}

impl Conn {
    /// Closes the connection for good, so that nobody gets it in an unknown state.
    async fn discard(self) {
        let closed = match self {
            Self::Sqlite(conn) => conn.close().await,
            Self::Postgres(conn) => conn.close().await,
        };
        if let Err(error) = closed {
            tracing::warn!(%error, "closing a broken connection");
        }
    }
}
