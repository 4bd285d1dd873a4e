//! `diff`.

use crate::args::{Diff, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Table, show};
use towpath_api::builds::Build;
use towpath_api::client::Client;
use towpath_api::differences::{Changed, Comparison, Names};

pub async fn diff(client: &Client, args: Diff, format: Format) -> Result<Exit, Failure> {
    let at = &args.integration;
    let comparison = client.difference(&at.project, &at.integration, &args.from, &args.to).await?;
    show(format, &comparison, table)?;
    Ok(Exit::Success)
}

fn table(comparison: &Comparison) -> Table {
    let mut table = Table::new(&["WHAT", "FROM", "TO"]);
    let from = |of: fn(&Build) -> String| comparison.from.as_ref().map(of).unwrap_or_default();
    let mut both = |name: &str, of: fn(&Build) -> String| {
        table.row([name.to_owned(), from(of), of(&comparison.to)]);
    };
    both("build", |build| build.tag.clone());
    both("digest", |build| build.digest.clone());
    both("commit", |build| build.origin.commit.as_ref().map(|claim| claim.value.clone()).unwrap_or_default());
    if let Some(link) = &comparison.commits {
        table.row(["commits".to_owned(), String::new(), link.clone()]);
    }
    let Some(told) = &comparison.difference else {
        if comparison.from.is_some() {
            table.row(["image".to_owned(), String::new(), "could not be read".to_owned()]);
        }
        return table;
    };
    let mut changed = |name: String, changed: &Changed| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        table.row([name, text(&changed.from), text(&changed.to)]);
    };
    told.settings.iter().for_each(|one| changed(one.name.clone(), one));
    told.labels.iter().for_each(|one| changed(format!("label {}", one.name), one));
    let mut names = |what: &str, Names { added, removed, changed }: &Names| {
        if !(added.is_empty() && removed.is_empty() && changed.is_empty()) {
            let also = changed.iter().map(|name| format!("{name} (changed)"));
            let added: Vec<String> = added.iter().cloned().chain(also).collect();
            table.row([what.to_owned(), removed.join(", "), added.join(", ")]);
        }
    };
    names("platforms", &told.platforms);
    names("environment variables", &told.environment);
    names("ports", &told.ports);
    let layers = &told.layers;
    let order = if layers.reordered { ", in another order or number" } else { "" };
    table.row([
        "layers".to_owned(),
        format!("{} taken away", layers.removed_count),
        format!("{} added, {} bytes; {} shared{order}", layers.added_count, layers.added_size, layers.shared),
    ]);
    table
}
