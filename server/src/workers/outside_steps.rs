//! Doing in registries elsewhere what promotions are to do there.

use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use towpath_service::{Error, Service, outside_steps};

/// How late something may begin.
const TURN: Duration = Duration::from_secs(1);
/// For how many promotions something is done at once: a large image is in nobody's way, and no network is worn out.
const AT_ONCE: usize = 4;

/// Works until `stop`. What is under way then is begun again by the next server: what is there already is not sent again.
pub async fn work(service: Service, stop: CancellationToken) {
    let mut turns = tokio::time::interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut working: JoinSet<Result<(), Error>> = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = turns.tick() => {}
        }
        while let Some(ended) = working.try_join_next() {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "an outside step could not be taken"),
                Err(error) => tracing::error!(%error, "an outside step broke off"),
            }
        }
        match outside_steps::claim(&service, AT_ONCE - working.len()).await {
            Ok(claimed) => {
                for due in claimed {
                    let service = service.clone();
                    working.spawn(async move { outside_steps::work(&service, due).await });
                }
            }
            Err(error) => tracing::error!(%error, "outside steps could not be looked for"),
        }
    }
}
