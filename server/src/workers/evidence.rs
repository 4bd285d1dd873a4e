//! Holds what is said about images against trust roots, where that was not done when it came.

use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use towpath_service::{Service, evidence};

/// How late what changed trust roots make of it may be.
const TURN: Duration = Duration::from_secs(1);
/// A pause after it failed, so that the log of the server is not filled with it.
const AGAIN: Duration = Duration::from_mins(1);

/// Looks for what waits, until `stop`.
pub(super) async fn examine(service: Service, stop: CancellationToken) {
    let mut turns = tokio::time::interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = turns.tick() => {}
        }
        if let Err(error) = evidence::go_on(&service).await {
            tracing::error!(%error, "what is said about images could not be held against trust roots");
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
    }
}
