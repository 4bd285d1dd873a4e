//! `search` and `where`.

use crate::args::{Format, Search as Args, Where};
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

/// How many builds are looked through.
const BUILDS: usize = 50;

/// Tells where the builds of a commit, tag or digest are current.
pub async fn locate(client: &Client, args: Where, format: Format) -> Result<Exit, Failure> {
    let results = client.search(&Search { q: args.build.clone(), limit: Some(BUILDS) }).await?;
    let more = results.more;
    let is_there =
        |build: &FoundBuild| args.bucket.as_ref().is_none_or(|bucket| build.current_in.contains(bucket));
    let builds = results.items.into_iter().filter_map(|found| match found {
        Found::Build(build) if is_there(&build) => Some(build),
        _ => None,
    });
    let builds: Vec<FoundBuild> = builds.collect();
    show(format, &builds, |builds| places(builds))?;
    if more {
        say("There is more. Type more of it.");
    }
    if builds.is_empty() {
        let place = args.bucket.map(|bucket| format!(" that is current in {bucket}")).unwrap_or_default();
        say(&format!("You see no build “{}”{place}.", args.build));
        return Ok(Exit::NotFound);
    }
    Ok(Exit::Success)
}

fn places(builds: &[FoundBuild]) -> Table {
    let mut table = Table::new(&["INTEGRATION", "TAG", "COMMIT", "CURRENT IN", "DIGEST"]);
    for build in builds {
        let current =
            if build.current_in.is_empty() { "nowhere".to_owned() } else { build.current_in.join(", ") };
        table.row([
            format!("{}/{}", build.project, build.integration),
            build.tag.clone(),
            build.commit.clone().unwrap_or_default(),
            current,
            build.digest.clone(),
        ]);
    }
    table
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
