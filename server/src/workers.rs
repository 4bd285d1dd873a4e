//! Work that no request asks for.

mod attempts;
mod evidence;
mod outside_steps;
mod subscriptions;

use crate::audit::{self, Places};
use std::fmt::Display;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use towpath_service::{
    Service, garbage, hooks, idempotency, images, pins, promotions, proposals, providers, publishers, scrub,
    sessions, tokens,
};

const SWEEP: Duration = Duration::from_mins(10);
/// How late what waits for a moment may be.
const TURN: Duration = Duration::from_secs(2);

/// How often it is looked whether the audit log is to be signed.
const SIGN: Duration = Duration::from_secs(2);
/// A pause after it could not be, so that the log of the server is not filled with it.
const SIGN_AGAIN: Duration = Duration::from_mins(1);

/// Starts all of it; each ends by itself after `stop`.
pub fn start(service: &Service, places: Places, stop: &CancellationToken) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    workers.spawn(sweep(service.clone(), stop.clone()));
    workers.spawn(take_turns(service.clone(), stop.clone()));
    workers.spawn(attempts::write_down(service.clone(), stop.clone()));
    workers.spawn(evidence::examine(service.clone(), stop.clone()));
    workers.spawn(subscriptions::send(service.clone(), stop.clone()));
    workers.spawn(outside_steps::work(service.clone(), stop.clone()));
    workers.spawn(collect(service.clone(), stop.clone()));
    workers.spawn(scrub(service.clone(), stop.clone()));
    workers.spawn(sign(service.clone(), places, stop.clone()));
    workers
}

/// Takes away what has expired, now and then.
async fn sweep(service: Service, stop: CancellationToken) {
    let mut turns = tokio::time::interval(SWEEP);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = turns.tick() => {}
        }
        match tokens::warn(&service).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "tokens are about to expire"),
            Err(error) => tracing::error!(%error, "the ends of tokens could not be told"),
        }
        tell("sessions", sessions::sweep(&service).await);
        tell("sign-ins", providers::sweep(&service).await);
        tell("exchanges of CI jobs", publishers::sweep(&service).await);
        tell("uploads", images::sweep_uploads(&service).await);
        tell("deliveries", towpath_service::subscriptions::sweep(&service).await);
        tell("webhooks", hooks::sweep(&service).await);
        tell("idempotency keys", idempotency::sweep(&service).await);
        tell("refused attempts", towpath_service::attempts::sweep(&service).await);
    }
}

/// Takes away what nothing needs, when it is due.
async fn collect(service: Service, stop: CancellationToken) {
    let mut turns = tokio::time::interval_at(Instant::now() + SWEEP, SWEEP);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = turns.tick() => {}
        }
        // It may be stopped between any two steps, and goes on the next time.
        let collected = tokio::select! {
            () = stop.cancelled() => return,
            collected = garbage::collect_when_due(&service) => collected,
        };
        match collected {
            Ok(Some(collected)) if collected.is_something() => {
                tracing::info!(%collected, "garbage was collected");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "garbage could not be collected"),
        }
    }
}

/// Reads what is stored again, slowly.
async fn scrub(service: Service, stop: CancellationToken) {
    let mut turns = tokio::time::interval_at(Instant::now() + SWEEP, SWEEP);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = turns.tick() => {}
        }
        let scrubbed = tokio::select! {
            () = stop.cancelled() => return,
            scrubbed = scrub::go_on(&service) => scrubbed,
        };
        if let Err(error) = scrubbed {
            tracing::error!(%error, "what is stored could not be read again");
        }
    }
}

/// Applies, or ends, the promotions that time has had its say in, and tells of pins that are over.
async fn take_turns(service: Service, stop: CancellationToken) {
    let mut turns = tokio::time::interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = turns.tick() => {}
        }
        match promotions::promote_on(&service).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "automatic stages asked for promotions"),
            Err(error) => tracing::error!(%error, "automatic stages could not be looked at"),
        }
        match promotions::look_again(&service).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "waiting promotions ended by themselves"),
            Err(error) => tracing::error!(%error, "waiting promotions could not be looked at again"),
        }
        match pins::end_over(&service).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "pins ended by themselves"),
            Err(error) => tracing::error!(%error, "the ends of pins could not be told"),
        }
        match proposals::expire(&service).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "proposals ended by themselves"),
            Err(error) => tracing::error!(%error, "the ends of proposals could not be told"),
        }
    }
}

/// Signs the audit log.
async fn sign(service: Service, places: Places, stop: CancellationToken) {
    loop {
        let pause = match audit::sign_when_due(&service, &places).await {
            Ok(()) => SIGN,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the audit log could not be signed");
                SIGN_AGAIN
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn tell(what: &str, swept: Result<u64, impl Display>) {
    match swept {
        Ok(0) => {}
        Ok(count) => tracing::info!(what, count, "swept"),
        Err(error) => tracing::error!(what, %error, "the sweep failed"),
    }
}
