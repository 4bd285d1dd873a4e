//! Sending events to those who subscribed to them.

use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use towpath_service::{Error, Service, subscriptions};

/// How late an event may be sent.
const TURN: Duration = Duration::from_secs(1);
/// To how many subscriptions is sent at once, so that a slow one is in nobody's way.
const AT_ONCE: usize = 16;

/// Sends until `stop`. What is under way then is sent again by the next server: it may have arrived.
pub async fn send(service: Service, stop: CancellationToken) {
    let mut turns = tokio::time::interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sending = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = turns.tick() => {}
        }
        while let Some(ended) = sending.try_join_next() {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "events could not be sent to a subscription"),
                Err(error) => tracing::error!(%error, "sending to a subscription broke off"),
            }
        }
        if let Err(error) = turn(&service, &mut sending).await {
            tracing::error!(%error, "events could not be queued for subscriptions");
        }
    }
}

async fn turn(service: &Service, sending: &mut JoinSet<Result<(), Error>>) -> Result<(), Error> {
    while subscriptions::queue(service).await? > 0 {}
    let free = AT_ONCE - sending.len();
    for id in subscriptions::claim(service, free).await? {
        let service = service.clone();
        sending.spawn(async move { subscriptions::drain(&service, id).await });
    }
    Ok(())
}
