//! `push`.

use crate::args::{Common, Destination, Format, Push, ReportedCheck, Said};
use crate::config::signed_in_to_push;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::origins::{self, Git};
use crate::output::{Table, say, show};
use crate::progress::{Progress, bytes};
use crate::{sources, summaries};
use serde_json::Value;
use std::{env, fs};
use towpath_api::builds::{ArrivalOutcome, NewBuild, NewOrigin, ReceivedBuild};
use towpath_api::checks::NewCheck;
use towpath_api::client::Client;
use towpath_domain::builds::AnnounceForm;
use towpath_domain::references::Tag;
use towpath_oci::{Credentials, Image, Place, Pushed, Registry, push};

/// The label in which images name the commit that they were made from (OCI image-spec, `annotations.md`).
const REVISION: &str = "org.opencontainers.image.revision";

pub async fn run(common: &Common, args: Push, format: Format) -> Result<Exit, Failure> {
    let session = signed_in_to_push(common, args.to.at.project.as_str()).await?;
    let client = Client::new(&session.server, Some(session.credential.clone()))?;
    let given = args.tag.as_deref().map(parse_tag).transpose()?;
    let place = Place::parse(&args.image)?;
    let source = sources::reach(place)?;
    let mut image = Image::open(source).await?;
    if let Some(platform) = &args.platform {
        image = image.only(platform).await?;
    }
    let revision = image.label(REVISION).await;
    let origin = origin(args.said, revision.as_deref());
    let tag = given.map_or_else(|| tag(&origin), Ok)?;
    let mut new = NewBuild {
        digest: String::new(),
        tag: tag.into(),
        bucket: args.to.bucket.clone().unwrap_or_default(),
        origin,
    };
    check(&new)?;
    let http = sources::http().build().map_err(|error| Failure::Usage(error.to_string()))?;
    let credentials = Credentials::new("towpath", &session.credential);
    let registry = Registry::new(http, &session.server, Some(credentials), sources::retries())?.at_once();
    let progress = Progress::new();
    let pushed =
        push(&image, &registry.to_write(&args.to.repository()), move |step| progress.tell(step)).await?;
    tell(&pushed, &args.to);
    new.digest = pushed.digest.to_string();
    let received = client.announce(&args.to.at.project, &args.to.at.integration, &new).await?;
    summaries::write(&summaries::of_push(&args.to, &received))?;
    show(format, &received, |received| table(&args.to, received))?;
    // The build is in, and was told of, whatever becomes of its checks.
    report(&client, &args.to, &received, args.check).await?;
    Ok(Exit::Success)
}

/// Refuses what the server would not keep before anything is uploaded for it.
fn check(new: &NewBuild) -> Result<(), Failure> {
    AnnounceForm::from(new.clone()).check().map(drop).map_err(|invalid| {
        let words =
            "What was detected gives way to what is given, such as by --author; --no-detect detects nothing.";
        Failure::Usage(format!("{invalid}\n{words}"))
    })
}

async fn report(
    client: &Client,
    to: &Destination,
    received: &ReceivedBuild,
    checks: Vec<ReportedCheck>,
) -> Result<(), Failure> {
    for ReportedCheck { name, state, link } in checks {
        let new = NewCheck { name, state, link, bucket: String::new(), summary: String::new() };
        client.report_check(&to.at.project, &to.at.integration, &received.build.digest, &new).await?;
    }
    Ok(())
}

/// What is detected, with what was given instead of it.
fn origin(said: Said, revision: Option<&str>) -> NewOrigin {
    let mut origin = if said.no_detect { NewOrigin::default() } else { detected() };
    // Without a CI it is a guess that the image was built of what is checked out, and the image may know better.
    if origin.ci.is_empty() && revision.is_some_and(|revision| revision != origin.commit) {
        origin = NewOrigin::default();
    }
    let git_ref = said.branch.map(|name| full("refs/heads/", name));
    let git_ref = git_ref.or(said.git_tag.map(|name| full("refs/tags/", name)));
    // Of another commit than the detected one, nothing that was detected of the commit holds.
    if said.commit.as_ref().is_some_and(|commit| *commit != origin.commit) {
        (origin.author, origin.message, origin.committed_at) = Default::default();
    }
    for (field, given) in [
        (&mut origin.git_ref, git_ref),
        (&mut origin.commit, said.commit),
        (&mut origin.repository, said.repository),
        (&mut origin.message, said.message),
        (&mut origin.author, said.author),
        (&mut origin.actor, said.actor),
        (&mut origin.event, said.event),
        (&mut origin.version, said.release),
        (&mut origin.run, said.run),
        (&mut origin.run_link, said.run_link),
    ] {
        if let Some(given) = given {
            *field = given;
        }
    }
    origin.metadata.extend(said.meta);
    origin
}

fn full(kind: &str, name: String) -> String {
    if name.starts_with("refs/") { name } else { format!("{kind}{name}") }
}

fn detected() -> NewOrigin {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let event = variable("GITHUB_EVENT_PATH").and_then(|path| fs::read(path).ok());
    let event: Option<Value> = event.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    origins::detect(&variable, event.as_ref(), &Git::read)
}

/// The git tag, or else the first digits of the commit.
fn tag(origin: &NewOrigin) -> Result<Tag, Failure> {
    let short = || origin.commit.get(..12).unwrap_or(&origin.commit);
    match origins::git_tag(origin).unwrap_or_else(short) {
        "" => {
            let words = "neither a git tag nor a commit is known here; name the build's tag by --tag";
            Err(Failure::Usage(words.to_owned()))
        }
        text => parse_tag(text),
    }
}

fn parse_tag(text: &str) -> Result<Tag, Failure> {
    let wrong = |error| format!("“{text}” cannot be the tag of an image: {error}; give one by --tag");
    Tag::parse(text).map_err(|error| Failure::Usage(wrong(error)))
}

fn tell(pushed: &Pushed, to: &Destination) {
    let (sent, there) = (bytes(pushed.sent), bytes(pushed.there));
    say(&format!("pushed {} to {}: {sent} sent, {there} there already", pushed.digest, to.repository()));
}

fn table(to: &Destination, received: &ReceivedBuild) -> Table {
    let build = &received.build;
    let rule = received.rule.as_ref().zip(received.rule_version);
    let claim = |claim: &Option<towpath_api::builds::Claim>| {
        claim.as_ref().map(|claim| claim.value.clone()).unwrap_or_default()
    };
    Table::facts([
        ("build", build.tag.clone()),
        ("digest", build.digest.clone()),
        ("integration", to.at.to_string()),
        ("bucket", bucket(received)),
        ("rule", rule.map(|(rule, version)| format!("{rule}, version {version}")).unwrap_or_default()),
        ("git ref", claim(&build.origin.git_ref)),
        ("commit", claim(&build.origin.commit)),
        ("page", received.page.clone()),
    ])
}

/// Where it is, in words.
pub fn bucket(received: &ReceivedBuild) -> String {
    let bucket = received.bucket.as_deref().unwrap_or_default();
    match received.outcome {
        ArrivalOutcome::Placed => format!("{bucket}, current now"),
        ArrivalOutcome::AlreadyThere if bucket.is_empty() => "received before; nothing moved".to_owned(),
        ArrivalOutcome::AlreadyThere => format!("{bucket}, received before; nothing moved"),
        ArrivalOutcome::Unclassified => "none: no CI rule leads it to one".to_owned(),
    }
}
