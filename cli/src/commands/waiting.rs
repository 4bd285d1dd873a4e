//! `wait`: looks again and again, until what is waited for is so, cannot be any more, or takes too long.

use super::promotions;
use crate::args::{Format, Wait};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::{BucketName, PromotionName};
use crate::output::say;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use towpath_api::client::{self, Client};
use towpath_api::problems::ProblemKind;
use towpath_api::promotions::PromotionState;

/// The first pause between two looks, and the longest.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(10);

pub async fn run(client: &Client, args: Wait, format: Format) -> Result<Exit, Failure> {
    let until = Instant::now() + args.timeout;
    match &args.digest {
        None => {
            let name = PromotionName::parse(&args.on, None)?;
            promotion(client, &name, until, format).await
        }
        Some(digest) => {
            let name: BucketName = args.on.parse().map_err(Failure::Usage)?;
            bucket(client, &name, digest, until).await
        }
    }
}

/// Waits for the end of a promotion. One that has failed is waited for no more: somebody has to see to it.
pub(super) async fn promotion(
    client: &Client,
    name: &PromotionName,
    until: Instant,
    format: Format,
) -> Result<Exit, Failure> {
    let mut pause = FIRST;
    loop {
        if let Some(promotion) = looked(client.promotion(&name.project, name.number).await, until)? {
            let state = promotion.line.state;
            if state == PromotionState::Failed {
                return promotions::tell(&promotion, format);
            }
            if !state.is_open() {
                promotions::tell(&promotion, format)?;
                // It is not applied, and will not be.
                return Ok(if state == PromotionState::Applied { Exit::Success } else { Exit::Blocked });
            }
            if Instant::now() >= until {
                say(&format!("{name} still waits for {}", promotion.line.needs.join(" and ")));
                return Ok(Exit::TimedOut);
            }
        }
        pause = rest(pause, until).await;
    }
}

async fn bucket(client: &Client, name: &BucketName, digest: &str, until: Instant) -> Result<Exit, Failure> {
    let at = &name.at;
    let mut pause = FIRST;
    loop {
        if let Some(board) = looked(client.board(&at.project, &at.integration).await, until)? {
            let bucket = board.buckets.iter().find(|bucket| bucket.slug == name.bucket);
            let bucket = bucket.ok_or_else(|| Failure::NotFound(format!("there is no bucket {name}")))?;
            let current = bucket.current.as_ref().map(|card| card.build.digest.as_str());
            if current == Some(digest) {
                say(&format!("{digest} is current in {name}"));
                return Ok(Exit::Success);
            }
            if Instant::now() >= until {
                say(&format!("{} is current in {name}", current.unwrap_or("nothing")));
                return Ok(Exit::TimedOut);
            }
        }
        pause = rest(pause, until).await;
    }
}

/// What was seen; a server that is busy or starting anew is looked for again, while there is time.
fn looked<T>(seen: Result<T, client::Error>, until: Instant) -> Result<Option<T>, Failure> {
    let error = match seen {
        Ok(seen) => return Ok(Some(seen)),
        Err(error) => error,
    };
    if passes(&error) && Instant::now() < until { Ok(None) } else { Err(error.into()) }
}

/// Whether it may be otherwise in a moment: the server is busy or starting anew.
pub fn passes(error: &client::Error) -> bool {
    match error {
        client::Error::Unreachable { .. } | client::Error::TimedOut => true,
        client::Error::Problem(problem) => problem.known() == Some(ProblemKind::Busy),
        _ => false,
    }
}

/// Pauses, but not past the end, and answers with the next pause.
async fn rest(pause: Duration, until: Instant) -> Duration {
    sleep(pause.min(until.saturating_duration_since(Instant::now()))).await;
    (pause * 2).min(LONGEST)
}
