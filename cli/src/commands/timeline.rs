//! `timeline`.

use crate::args::{Format, Timeline};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Table, say, show};
use towpath_api::client::Client;
use towpath_api::pages::Page;
use towpath_api::timeline::{TimelineEntry, TimelineFilter};

pub async fn list(client: &Client, args: Timeline, format: Format) -> Result<Exit, Failure> {
    let (limit, cursor) = (Some(args.limit), args.cursor);
    let filter = TimelineFilter { cursor, limit, ..args.events.into() };
    let page = client.timeline(&filter).await?;
    show(format, &page, table)?;
    if let Some(next) = &page.next {
        say(&format!("Older events: the same with --cursor {next}"));
    }
    Ok(Exit::Success)
}

fn table(page: &Page<TimelineEntry>) -> Table {
    let mut table = Table::new(&["WHEN", "WHO", "WHAT", "WHY"]);
    for entry in &page.items {
        let token = entry.token.as_ref().map(|token| format!(" (token {token})")).unwrap_or_default();
        table.row([
            entry.at.0.to_words(),
            format!("{}{token}", entry.who),
            entry.sentence.clone(),
            entry.reason.clone().unwrap_or_default(),
        ]);
    }
    table
}
