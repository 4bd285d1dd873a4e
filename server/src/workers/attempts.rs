//! Writes down who was turned away. Every server writes what it counted itself.

use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use towpath_service::{Service, attempts};

const TURN: Duration = Duration::from_mins(1);

/// Every minute, until `stop`; then once more.
pub(super) async fn write_down(service: Service, stop: CancellationToken) {
    let mut turns = tokio::time::interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let stopped = tokio::select! {
            () = stop.cancelled() => true,
            _ = turns.tick() => false,
        };
        if let Err(error) = attempts::write_down(&service).await {
            tracing::error!(%error, "refused attempts could not be written down");
        }
        if stopped {
            return;
        }
    }
}
