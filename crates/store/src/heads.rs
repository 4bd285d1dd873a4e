//! The number of the audit log's newest event, known to the whole process as soon as it is committed.
//!
//! This process knows its own commits by itself. What other replicas commit Postgres tells: each commit with
//! events notifies a channel, inside its transaction, so that nothing is announced that was not committed.
//! SQLite has one process that serves; what a command in the shell adds beside it is seen with the next commit.

use crate::Error;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The channel of Postgres on which commits are told, with the number of their newest event.
pub(crate) const CHANNEL: &str = "towpath_events";
/// A pause after the connection could not be made or broke.
const AGAIN: Duration = Duration::from_secs(1);

/// Where commits are announced. Those who watch hear of the end when the last one is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Heads(Arc<watch::Sender<i64>>);

impl Heads {
    pub fn new() -> (Self, watch::Receiver<i64>) {
        let (sender, receiver) = watch::channel(0);
        (Self(Arc::new(sender)), receiver)
    }

    /// An event of this number is committed, and with it all before it. News that come late change nothing.
    pub fn reached(&self, seq: i64) {
        self.0.send_if_modified(|known| {
            let newer = seq > *known;
            *known = seq.max(*known);
            newer
        });
    }

    /// Hears of the commits of other replicas until `stop`, whatever breaks meanwhile.
    pub async fn listen(self, options: PgConnectOptions, mut stop: watch::Receiver<bool>) {
        // A connection of its own, kept for as long as it holds.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with(options);
        let hear = async {
            loop {
                if let Err(error) = self.hear(&pool).await {
                    tracing::warn!(%error, "commits of other replicas are not heard of; trying again");
                }
                tokio::time::sleep(AGAIN).await;
            }
        };
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => {}
            () = hear => {}
        }
        pool.close().await;
    }

    async fn hear(&self, pool: &PgPool) -> Result<(), Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        loop {
            // What was committed before anybody listened, or while the connection was broken.
            let size = sqlx::query_as("select size from audit_head where id = 1");
            let (size,): (i64,) = size.fetch_one(&mut listener).await?;
            self.reached(size);
            while let Some(told) = listener.try_recv().await? {
                if let Ok(seq) = told.payload().parse() {
                    self.reached(seq);
                }
            }
        }
    }
}
