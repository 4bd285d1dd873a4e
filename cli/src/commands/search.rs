//! `search`.

use crate::args::{Format, Search as Args};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Table, say, show};
use towpath_api::client::Client;
use towpath_api::search::{Found, FoundBuild, FoundPart, Search, SearchResults};

pub async fn find(client: &Client, args: Args, format: Format) -> Result<Exit, Failure> {
    let results = client.search(&Search { q: args.term.join(" "), limit: Some(args.limit) }).await?;
    show(format, &results, table)?;
    if results.more {
        say("There is more. Type more of it, or use --limit.");
    }
    // A script asks whether there is such a thing.
    Ok(if results.items.is_empty() { Exit::NotFound } else { Exit::Success })
}

fn table(results: &SearchResults) -> Table {
    let mut table = Table::new(&["KIND", "NAME", "WHERE", "ABOUT"]);
    for found in &results.items {
        table.row(match found {
            Found::Project(project) => line("project", &project.slug, String::new(), project.title.clone()),
            Found::Integration(FoundPart { project, slug, title }) => {
                line("integration", slug, project.clone(), title.clone())
            }
            Found::Service(service) => {
                line("service", &service.part.slug, service.part.project.clone(), service.part.title.clone())
            }
            Found::Environment(FoundPart { project, slug, title }) => {
                line("environment", slug, project.clone(), title.clone())
            }
            Found::Build(build) => {
                line("build", &build.tag, format!("{}/{}", build.project, build.integration), about(build))
            }
            Found::Promotion(one) => {
                let name = format!("{}#{}", one.project, one.number);
                let about = format!("{} to {}: {}", one.tag, one.to, one.state);
                line("promotion", &name, format!("{}/{}", one.project, one.integration), about)
            }
            Found::Person(person) => line("person", &person.name, String::new(), person.id.clone()),
        });
    }
    table
}

fn line(kind: &str, name: &str, at: String, about: String) -> [String; 4] {
    [kind.to_owned(), name.to_owned(), at, about]
}

/// “Is my commit in production?”, and the digest to go on with.
fn about(build: &FoundBuild) -> String {
    let current = match build.current_in.as_slice() {
        [] => "current nowhere".to_owned(),
        buckets => format!("current in {}", buckets.join(", ")),
    };
    format!("{current}; {}", build.digest)
}
