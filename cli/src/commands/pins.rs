//! `pin`, `pins` and `unpin`.

use super::promotions::{digest_of, foresee, tell};
use crate::args::{Format, Pin as Ask, Pins, Unpin};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::BucketName;
use crate::output::{Table, say, show};
use towpath_api::buckets::{EnvironmentImages, Image};
use towpath_api::client::Client;
use towpath_api::pages::Page;
use towpath_api::pins::{NewPin, NewPinRelease, Pin};
use towpath_api::promotions::PromotionState;

pub async fn ask(client: &Client, args: Ask, format: Format) -> Result<Exit, Failure> {
    let digest = if args.build.contains(':') { args.build.clone() } else { tagged(client, &args).await? };
    let new = NewPin {
        service: args.service,
        digest,
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

/// The digest of the build that has a tag in the buckets of the integration that the service is of.
async fn tagged(client: &Client, args: &Ask) -> Result<String, Failure> {
    let Ask { project, environment, service, build, from, .. } = args;
    let resolved = client.images(project, environment).await?;
    let bucket = bucket(&resolved, service);
    let bucket =
        bucket.ok_or_else(|| Failure::NotFound(format!("there is no service “{service}” in {project}")))?;
    let bucket: BucketName = bucket.parse().map_err(Failure::Usage)?;
    let at = &bucket.at;
    let board = client.board(&at.project, &at.integration).await?;
    let buckets =
        || board.buckets.iter().filter(|known| from.as_ref().is_none_or(|from| known.slug == *from));
    let cards = || buckets().flat_map(|bucket| bucket.current.iter().chain(&bucket.history));
    let place = from.as_ref().map_or_else(|| at.to_string(), |from| format!("{at}/{from}"));
    digest_of(build, cards, &place)
}

/// The bucket that feeds an environment with a service, whether or not it has something: `PROJECT/INTEGRATION/BUCKET`.
fn bucket<'a>(resolved: &'a EnvironmentImages, service: &str) -> Option<&'a str> {
    let image = resolved.images.iter().find(|image| image.service == service);
    let missing = resolved.missing.iter().find(|missing| missing.service == service);
    let named = |image: &'a Image| Some(image.reference.rsplit_once('@')?.0.split_once('/')?.1);
    image.and_then(named).or_else(|| missing.map(|missing| missing.bucket.as_str()))
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
