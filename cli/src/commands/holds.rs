//! `hold`, `holds` and `release`.

use crate::args::{Format, Hold as Place, Holds, Release};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Table, say, show};
use towpath_api::client::Client;
use towpath_api::holds::{Hold, HoldState, NewHold, NewRelease};
use towpath_api::pages::Page;
use towpath_api::proposals::{Outcome, Proposal};

pub async fn place(client: &Client, args: Place, format: Format) -> Result<Exit, Failure> {
    let new = NewHold {
        on: args.on.to_string(),
        reason: args.reason,
        from: args.from.unwrap_or_default(),
        until: args.until.unwrap_or_default(),
        rollbacks: args.rollbacks,
    };
    let hold = client.place_hold(&new).await?;
    show(format, &hold, facts)?;
    say(&format!("Release it with: towpath release {}", hold.number));
    Ok(Exit::Success)
}

pub async fn list(client: &Client, args: Holds, format: Format) -> Result<Exit, Failure> {
    let page = client.holds(args.ended, args.cursor.as_deref()).await?;
    show(format, &page, table)?;
    if let Some(next) = &page.next {
        say(&format!("Older holds: the same with --cursor {next}"));
    }
    Ok(Exit::Success)
}

pub async fn release(client: &Client, args: Release, format: Format) -> Result<Exit, Failure> {
    match client.release_hold(args.number, &NewRelease { reason: args.reason }).await? {
        Outcome::Done(hold) => {
            show(format, &hold, facts)?;
            Ok(Exit::Success)
        }
        Outcome::Proposed(proposal) => {
            show(format, proposal.as_ref(), proposal_facts)?;
            say("It takes a second person, who confirms it on the page Proposals.");
            Ok(Exit::Waiting)
        }
    }
}

fn proposal_facts(proposal: &Proposal) -> Table {
    Table::facts([
        ("proposal", proposal.number.to_string()),
        ("what", proposal.title.clone()),
        ("state", proposal.state.name().to_owned()),
        ("by", proposal.proposed_by.clone()),
        ("expires", proposal.expires_at.0.to_string()),
    ])
}

fn table(page: &Page<Hold>) -> Table {
    let mut table = Table::new(&["HOLD", "STATE", "ON", "UNTIL", "BY", "REASON"]);
    for hold in &page.items {
        table.row([
            hold.number.to_string(),
            state(hold),
            hold.on.clone(),
            until(hold),
            hold.made_by.clone(),
            hold.reason.clone(),
        ]);
    }
    table
}

fn facts(hold: &Hold) -> Table {
    Table::facts([
        ("hold", hold.number.to_string()),
        ("on", hold.on.clone()),
        ("state", state(hold)),
        ("until", until(hold)),
        ("rollbacks", if hold.rollbacks { "stopped, too".to_owned() } else { String::new() }),
        ("reason", hold.reason.clone()),
        ("by", hold.made_by.clone()),
        ("released by", hold.released.as_ref().map(|released| released.by.clone()).unwrap_or_default()),
        ("because", hold.released.as_ref().and_then(|released| released.reason.clone()).unwrap_or_default()),
    ])
}

fn state(hold: &Hold) -> String {
    match hold.state {
        HoldState::Planned => format!("planned from {}", hold.from.0.to_words()),
        other => other.name().to_owned(),
    }
}

fn until(hold: &Hold) -> String {
    match (&hold.released, hold.until) {
        (Some(released), _) => released.at.0.to_words(),
        (None, Some(until)) => until.0.to_words(),
        (None, None) => "it is released".to_owned(),
    }
}
