//! `status`, `resolve` and `rollback`.

use super::promotions::tags;
use crate::args::{Format, Rollback as Args, Status};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::PromotionName;
use crate::output::{Table, say, show};
use std::time::Duration;
use towpath_api::boards::{Board, Bucket, Card};
use towpath_api::buckets::{NewRollback, Rollback};
use towpath_api::client::Client;
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
        table.row([bucket.slug.clone(), tag, digest, since, by, notes(bucket)]);
    }
    table
}

/// The first twelve digits, which people compare by eye.
fn short(digest: &str) -> String {
    let (_, digits) = digest.split_once(':').unwrap_or(("", digest));
    digits.chars().take(12).collect()
}

fn notes(bucket: &Bucket) -> String {
    let waiting = bucket.waiting.iter().map(|waiting| {
        format!("#{} of {} waits for {}", waiting.number, waiting.tag, waiting.needs.join(" and "))
    });
    let paused = bucket.paused_at.map(|since| format!("arrivals paused since {}", since.0.to_words()));
    let refused = bucket.refused.first().map(|refused| format!("{} refused: {}", refused.tag, refused.why));
    waiting.chain(paused).chain(refused).collect::<Vec<_>>().join("; ")
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
        reason: args.reason,
        expected_version: Some(bucket.version),
    };
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
