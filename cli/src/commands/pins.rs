//! `pin`, `pins` and `unpin`.

use super::promotions::{foresee, tell};
use crate::args::{Format, Pin as Ask, Pins, Unpin};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Table, say, show};
use towpath_api::client::Client;
use towpath_api::pages::Page;
use towpath_api::pins::{NewPin, NewPinRelease, Pin};
use towpath_api::promotions::PromotionState;

pub async fn ask(client: &Client, args: Ask, format: Format) -> Result<Exit, Failure> {
    let new = NewPin {
        service: args.service,
        digest: args.digest,
        from: args.from.unwrap_or_default(),
        until: args.until,
        reason: args.wish.reason.unwrap_or_default(),
        reference: args.wish.reference.unwrap_or_default(),
        scheduled_for: args.wish.at.unwrap_or_default(),
        emergency: args.wish.emergency,
        dry_run: args.wish.dry_run,
    };
    if args.wish.dry_run {
        return foresee(client.consider_pin(&args.project, &args.environment, &new).await?, format);
    }
    let promotion = client.pin(&args.project, &args.environment, &new).await?;
    let exit = tell(&promotion, format)?;
    if promotion.line.state == PromotionState::Applied {
        let (project, environment, service) = (&args.project, &args.environment, &new.service);
        say(&format!("Release it with: towpath unpin {project} {environment} {service} --reason …"));
    }
    Ok(exit)
}

pub async fn list(client: &Client, args: Pins, format: Format) -> Result<Exit, Failure> {
    let page = client.pins(&args.project, &args.environment, args.ended, args.cursor.as_deref()).await?;
    show(format, &page, table)?;
    if let Some(next) = &page.next {
        say(&format!("Older pins: the same with --cursor {next}"));
    }
    Ok(Exit::Success)
}

pub async fn release(client: &Client, args: Unpin) -> Result<Exit, Failure> {
    let Unpin { project, environment, service, reason } = args;
    // What is in force now is what is meant, and nothing that comes in between.
    let pins = client.pins(&project, &environment, false, None).await?.items;
    let pin = pins.into_iter().find(|pin| pin.service == service);
    if let Some(Pin { number, tag, project: home, .. }) = &pin {
        say(&format!("{home}#{number} pins {tag} in {project}/{environment}."));
    }
    let number = pin.map(|pin| pin.number);
    client.release_pin([&project, &environment, &service], &NewPinRelease { number, reason }).await?;
    say(&format!("{service} should run in {project}/{environment} what its bucket says again."));
    Ok(Exit::Success)
}

fn table(page: &Page<Pin>) -> Table {
    let mut table = Table::new(&["SERVICE", "STATE", "TAG", "UNTIL", "PROMOTION", "BY", "REASON"]);
    for pin in &page.items {
        table.row([
            pin.service.clone(),
            pin.state.name().to_owned(),
            pin.tag.clone(),
            pin.until.0.to_words(),
            format!("{}#{}", pin.project, pin.number),
            pin.by.clone(),
            pin.reason.clone(),
        ]);
    }
    table
}
