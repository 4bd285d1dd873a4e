//! `status`, `rollback` and `resume`.

use super::promotions::{foresee, tags};
use crate::args::{Format, Resume, Rollback as Args, Status};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::PromotionName;
use crate::output::{Table, say, show};
use std::time::Duration;
use towpath_api::boards::{Board, Bucket, Card};
use towpath_api::buckets::{NewRollback, Resumption, Rollback};
use towpath_api::client::Client;
use towpath_api::holds::HoldState;
use towpath_api::promotions::PromotionState;
use towpath_domain::ids::PlacementId;

/// How many earlier builds an error names.
const NAMED: usize = 10;

pub async fn status(client: &Client, args: Status, format: Format) -> Result<Exit, Failure> {
    let at = &args.integration;
    let mut shown = client.board(&at.project, &at.integration).await?;
    let mut is_read = tell(&shown, format)?;
    while args.watch && is_read {
        tokio::time::sleep(AGAIN).await;
        let now = client.board(&at.project, &at.integration).await?;
        if now.as_of != shown.as_of && differs(&now, &shown) {
            say("");
            is_read = tell(&now, format)?;
        }
        shown = now;
    }
    Ok(Exit::Success)
}

/// How long to wait before looking again.
const AGAIN: Duration = Duration::from_secs(2);

/// Whether two looks at a board differ in more than when they were taken.
fn differs(now: &Board, before: &Board) -> bool {
    Board { as_of: 0, ..now.clone() } != Board { as_of: 0, ..before.clone() }
}

/// Shows a board; answers whether anyone still reads it.
fn tell(shown: &Board, format: Format) -> Result<bool, Failure> {
    let is_read = show(format, shown, board)?;
    for hold in &shown.holds {
        let until = hold.until.map(|until| format!(", until {}", until.0.to_words())).unwrap_or_default();
        let (number, state, on, reason) = (hold.number, hold.state.name(), &hold.on, &hold.reason);
        say(&format!("Hold {number} on {on} is {state}{until}: {reason}"));
    }
    Ok(is_read)
}

fn board(board: &Board) -> Table {
    let mut table = Table::new(&["BUCKET", "CURRENT", "DIGEST", "SINCE", "BY", "NOTES"]);
    for bucket in &board.buckets {
        let [tag, digest, since, by] = match &bucket.current {
            Some(card) => [
                card.build.tag.clone(),
                short(&card.build.digest),
                card.at.0.to_words(),
                format!("{} by {}", card.by, card.cause),
            ],
            None => ["empty".to_owned(), String::new(), String::new(), String::new()],
        };
        table.row([bucket.slug.clone(), tag, digest, since, by, notes(board, bucket)]);
    }
    table
}

/// The first twelve digits, which people compare by eye.
fn short(digest: &str) -> String {
    let (_, digits) = digest.split_once(':').unwrap_or(("", digest));
    digits.chars().take(12).collect()
}

fn notes(board: &Board, bucket: &Bucket) -> String {
    // What marks a build is a hold on it, here or everywhere.
    let marks = board.holds.iter().filter(|hold| hold.state == HoldState::InForce).filter(|hold| {
        let of =
            hold.on.strip_prefix("build:").map(|of| of.rsplit_once('/').map_or(of, |(_, digest)| digest));
        of.is_some() && of == bucket.current.as_ref().map(|card| card.build.digest.as_str())
    });
    let bad = marks.map(|hold| format!("marked bad by hold {}", hold.number));
    let waiting = bucket.waiting.iter().map(|waiting| {
        format!("#{} of {} waits for {}", waiting.number, waiting.tag, waiting.needs.join(" and "))
    });
    let paused = bucket.paused_at.map(|since| format!("arrivals paused since {}", since.0.to_words()));
    let refused = bucket.refused.first().map(|refused| format!("{} refused: {}", refused.tag, refused.why));
    bad.chain(waiting).chain(paused).chain(refused).collect::<Vec<_>>().join("; ")
}

pub async fn roll_back(client: &Client, args: Args, format: Format) -> Result<Exit, Failure> {
    let at = &args.bucket.at;
    let board = client.board(&at.project, &at.integration).await?;
    let bucket = board.buckets.iter().find(|bucket| bucket.slug == args.bucket.bucket);
    let bucket =
        bucket.ok_or_else(|| Failure::NotFound(format!("{at} has no bucket “{}”", args.bucket.bucket)))?;
    let address = [&at.project, &at.integration, &bucket.slug].map(String::as_str);
    let new = NewRollback {
        placement: placement(client, address, &args).await?,
        reason: args.reason.clone().unwrap_or_default(),
        expected_version: Some(bucket.version),
        dry_run: args.dry_run,
    };
    if args.dry_run {
        let outlook = client.consider_rollback(address, &new).await?;
        return foresee(outlook, format);
    }
    let rollback = client.roll_back(address, &new).await?;
    show(format, &rollback, |rollback: &Rollback| {
        let current = if rollback.promotion.is_some() { "goes back to" } else { "current" };
        Table::facts([("bucket", args.bucket.to_string()), (current, rollback.digest.clone())])
    })?;
    let asked = rollback.promotion.map(|number| PromotionName { project: rollback.project, number });
    if let (Some(name), PromotionState::Ready) = (&asked, rollback.state) {
        say(&format!(
            "It is made once that is done which it does elsewhere. Wait for it with: towpath wait {name}"
        ));
        return Ok(Exit::Waiting);
    }
    if let (Some(name), PromotionState::Waiting) = (asked, rollback.state) {
        say(&format!("The stage wants rollbacks approved. Someone else does with: towpath approve {name}"));
        return Ok(Exit::Waiting);
    }
    say(
        "A rollback deploys nothing by itself. If builds arrive here from CI, they are paused until resumed.",
    );
    Ok(Exit::Success)
}

/// Lets builds enter a bucket by themselves again.
pub async fn resume(client: &Client, args: Resume) -> Result<Exit, Failure> {
    let at = &args.bucket.at;
    let address = [at.project.as_str(), at.integration.as_str(), args.bucket.bucket.as_str()];
    client.resume(address, &Resumption { reason: args.reason }).await?;
    say(&format!("Builds enter {} by themselves again.", args.bucket));
    Ok(Exit::Success)
}

/// The placement that is meant: by its id, or the newest of a build in the bucket's whole history.
async fn placement(client: &Client, address: [&str; 3], args: &Args) -> Result<String, Failure> {
    if args.to.parse::<PlacementId>().is_ok() {
        return Ok(args.to.clone());
    }
    let meant = |card: &&Card| card.build.tag == args.to || card.build.digest == args.to;
    let mut page = client.placements(address, None).await?;
    // The first one of all is what is current, which nothing is rolled back to.
    let newest: Vec<Card> = page.items.drain(..page.items.len().min(1)).collect();
    let lately = tags(page.items.iter().take(NAMED));
    loop {
        if let Some(found) = page.items.iter().find(meant) {
            return Ok(found.placement.clone().unwrap_or_default());
        }
        let Some(next) = page.next else { break };
        page = client.placements(address, Some(&next)).await?;
    }
    if newest.iter().any(|card| meant(&card)) {
        return Err(Failure::Conflict(format!("{} is already current in {}", args.to, args.bucket)));
    }
    Err(Failure::NotFound(format!("“{}” was never in {}; lately there were {lately}", args.to, args.bucket)))
}
