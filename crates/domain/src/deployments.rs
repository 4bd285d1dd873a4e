//! Deployment reports: a deployer's word on what an environment runs, beside what it should run.

use crate::digests::Digest;
use crate::forms::{Check, Invalid};
use crate::ids::{BuildId, DeploymentId, EnvironmentId, ServiceId};
use crate::pins::Mark;
use crate::placements::Placer;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::Link;
use serde::{Deserialize, Serialize};

/// One report: what a deployer did with an image of a service in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    pub id: DeploymentId,
    pub service: ServiceId,
    pub environment: EnvironmentId,
    /// As it was reported: of the build, or of the image of one platform in it.
    pub digest: Digest,
    /// The build of the service's integration that has this digest, if one does.
    pub build: Option<BuildId>,
    /// By which the build went there, where it had been in a bucket that feeds the environment.
    pub tag: Option<Tag>,
    pub outcome: Outcome,
    /// Where more is told of it, such as the run of the deployer.
    pub link: Option<Link>,
    /// When it happened, by the clock of who reports.
    pub at: Time,
    pub by: Placer,
    pub reported_at: Time,
}

/// A report with the names of what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentLine {
    pub report: Deployment,
    pub service: Slug,
    /// The tag of the build, where it is one.
    pub tag: Option<Tag>,
    pub by: String,
    /// Whether a machine did it, by a token of that person.
    pub by_token: bool,
}

/// How far a deployment came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Started,
    /// It runs.
    Succeeded,
    Failed,
}

/// A report as it is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportForm {
    pub service: String,
    pub digest: String,
    pub outcome: String,
    pub link: String,
    /// When it happened; empty for now.
    pub at: String,
}

/// A report that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    pub service: Slug,
    pub digest: Digest,
    pub outcome: Outcome,
    pub link: Option<Link>,
    /// When it happened, where who reports says so; else it is now.
    pub at: Option<Time>,
}

/// How many seconds ago it may have happened: ten years.
const LONGEST_AGO: i64 = 3_653 * 86_400;
/// By how many seconds the clock of a deployer may be ahead.
const AHEAD: i64 = 300;

impl ReportForm {
    pub fn check(&self, now: Time) -> Result<NewReport, Invalid> {
        let mut check = Check::default();
        let service = check.field("service", Slug::parse(&self.service));
        let digest = check.field("digest", Digest::parse(&self.digest));
        let outcome = Outcome::parse(&self.outcome).ok_or("Use started, succeeded or failed.");
        let outcome = check.field("outcome", outcome);
        let link = match self.link.trim() {
            "" => Some(None),
            text => check.field("link", Link::parse(text)).map(Some),
        };
        let at = check.field("at", read_moment(&self.at, now));
        let new = service.zip(digest).zip(outcome.zip(link)).zip(at).map(
            |(((service, digest), (outcome, link)), at)| NewReport { service, digest, outcome, link, at },
        );
        check.finish(new)
    }
}

fn read_moment(text: &str, now: Time) -> Result<Option<Time>, String> {
    let at = match text.trim() {
        "" => return Ok(None),
        text => Time::parse(text).map_err(|error| error.to_string())?,
    };
    if at.plus_seconds(LONGEST_AGO) < now {
        return Err("This is more than ten years ago.".to_owned());
    }
    if now.plus_seconds(AHEAD) < at {
        return Err("This is in the future. Report what has happened.".to_owned());
    }
    Ok(Some(at.min(now)))
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Started, Self::Succeeded, Self::Failed];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == text)
    }
}

/// What a service was reported to run in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// What runs since when: the newest report of success.
    pub runs: Option<Ran>,
    /// The newest report of all, where it is another one: of a deployment under way, or of one that failed.
    pub last: Option<Last>,
}

/// The image that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    pub digest: Digest,
    pub build: Option<BuildId>,
    /// The tag of the build, where it is one.
    pub tag: Option<Tag>,
    pub since: Time,
}

/// A report that changed nothing about what runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    pub outcome: Outcome,
    pub digest: Digest,
    pub tag: Option<Tag>,
    pub link: Option<Link>,
    pub at: Time,
}

/// An environment that a bucket feeds with a service, and what it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fed {
    pub project: Slug,
    pub environment: Slug,
    pub service: Slug,
    /// Absent where nobody has reported anything.
    pub run: Option<Run>,
    /// The pin in force, where the environment should run something else than its bucket says.
    pub pin: Option<Mark>,
}

/// How what runs compares with what should run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// Nobody has said what runs.
    Unknown,
    Same,
    Differs,
}

impl Ran {
    /// As people name it: its tag, or else the digits of its digest that they compare.
    pub fn name(&self) -> String {
        self.tag.as_ref().map_or_else(|| self.digest.short().to_owned(), ToString::to_string)
    }
}

impl Last {
    /// As people name it: its tag, or else the digits of its digest that they compare.
    pub fn name(&self) -> String {
        self.tag.as_ref().map_or_else(|| self.digest.short().to_owned(), ToString::to_string)
    }
}

impl Run {
    /// Compares with the build that should run.
    pub fn likeness(&self, should: Option<BuildId>) -> Likeness {
        match &self.runs {
            None => Likeness::Unknown,
            Some(ran) if ran.build.is_some() && ran.build == should => Likeness::Same,
            Some(_) => Likeness::Differs,
        }
    }
}

impl Fed {
    /// Compares with its pin, or else with what its bucket says.
    pub fn likeness(&self, should: Option<BuildId>) -> Likeness {
        let should = self.pin.as_ref().map(|pin| pin.build).or(should);
        self.run.as_ref().map_or(Likeness::Unknown, |run| run.likeness(should))
    }
}

/// How all environments that a bucket feeds compare, in one line for a card: “Runs in 3 of 4 environments”.
pub fn summary(fed: &[Fed], should: Option<BuildId>) -> (Likeness, String) {
    let (pinned, free): (Vec<&Fed>, Vec<&Fed>) = fed.iter().partition(|fed| fed.pin.is_some());
    let (likeness, words) = compared(&free, should);
    let astray = pinned.iter().any(|fed| fed.likeness(should) == Likeness::Differs);
    let likeness = if astray { Likeness::Differs } else { likeness };
    let words = match (free.as_slice(), pinned.as_slice()) {
        (_, []) => words,
        ([], [Fed { pin: Some(pin), .. }]) => format!("Not here: {}.", pin.words()),
        ([], _) => "Every environment is pinned.".to_owned(),
        (_, [_]) => format!("{}; 1 is pinned.", words.trim_end_matches('.')),
        (_, some) => format!("{}; {} are pinned.", words.trim_end_matches('.'), some.len()),
    };
    (likeness, words)
}

/// The same of those that should run what the bucket says.
fn compared(fed: &[&Fed], should: Option<BuildId>) -> (Likeness, String) {
    let count = |wanted: Likeness| fed.iter().filter(|fed| fed.likeness(should) == wanted).count();
    let (same, unknown, all) = (count(Likeness::Same), count(Likeness::Unknown), fed.len());
    if all == unknown {
        return (Likeness::Unknown, "Should run.".to_owned());
    }
    if same == all {
        let words = if all == 1 { "Runs.".to_owned() } else { format!("Runs in all {all} environments.") };
        return (Likeness::Same, words);
    }
    match fed {
        [Fed { run: Some(Run { runs: Some(ran), .. }), .. }] => {
            (Likeness::Differs, format!("Should run; {} runs.", ran.name()))
        }
        _ => (Likeness::Differs, format!("Runs in {same} of {all} environments.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digests::Algorithm;
    use uuid::Uuid;

    fn build(number: u128) -> BuildId {
        BuildId(Uuid::from_u128(number))
    }

    fn fed(build: Option<BuildId>) -> Fed {
        let slug = |text| Slug::parse(text).unwrap();
        let ran = Ran {
            digest: Digest::of(Algorithm::Sha256, b"image"),
            build,
            tag: Tag::parse("1.4.2").ok(),
            since: Time::from_micros(0),
        };
        let run = Some(Run { runs: Some(ran), last: None });
        let (environment, service) = (slug("prod"), slug("checkout"));
        Fed { project: slug("shop"), environment, service, run, pin: None }
    }

    fn silent() -> Fed {
        Fed { run: None, ..fed(None) }
    }

    #[test]
    fn what_runs_is_told_for_one_environment_and_counted_for_several() {
        let told = |fed: &[Fed]| summary(fed, Some(build(1)));
        assert_eq!(told(&[]), (Likeness::Unknown, "Should run.".to_owned()));
        assert_eq!(told(&[silent(), silent()]), (Likeness::Unknown, "Should run.".to_owned()));
        assert_eq!(told(&[fed(Some(build(1)))]), (Likeness::Same, "Runs.".to_owned()));
        assert_eq!(told(&[fed(Some(build(2)))]), (Likeness::Differs, "Should run; 1.4.2 runs.".to_owned()));
        let three = [fed(Some(build(1))), fed(Some(build(1))), fed(Some(build(1)))];
        assert_eq!(told(&three), (Likeness::Same, "Runs in all 3 environments.".to_owned()));
        let some = [fed(Some(build(1))), fed(Some(build(2))), silent()];
        assert_eq!(told(&some), (Likeness::Differs, "Runs in 1 of 3 environments.".to_owned()));
    }

    #[test]
    fn what_is_pinned_is_compared_with_its_pin_and_told_apart() {
        let pinned = |runs: u128| {
            let mark = Mark {
                build: build(2),
                digest: Digest::of(Algorithm::Sha256, b"other"),
                tag: Tag::parse("1.4.1").unwrap(),
                reason: crate::words::Reason::parse("canary").unwrap(),
                by: crate::ids::PersonId(Uuid::nil()),
                at: Time::from_micros(0),
                until: Time::from_micros(0).plus_seconds(60),
                project: Slug::parse("shop").unwrap(),
                number: 1,
            };
            Fed { pin: Some(mark), ..fed(Some(build(runs))) }
        };
        let told = |fed: &[Fed]| summary(fed, Some(build(1)));
        let words = "Not here: pinned to 1.4.1 until 1970-01-01 00:01:00 UTC.".to_owned();
        assert_eq!(told(&[pinned(2)]), (Likeness::Unknown, words));
        let mixed = [fed(Some(build(1))), pinned(2)];
        assert_eq!(told(&mixed), (Likeness::Same, "Runs; 1 is pinned.".to_owned()));
        let astray = [fed(Some(build(1))), pinned(1)];
        assert_eq!(told(&astray), (Likeness::Differs, "Runs; 1 is pinned.".to_owned()));
    }

    #[test]
    fn an_image_that_is_no_build_never_is_what_should_run() {
        assert_eq!(fed(None).likeness(None), Likeness::Differs);
        assert_eq!(fed(None).likeness(Some(build(1))), Likeness::Differs);
    }

    fn report() -> ReportForm {
        ReportForm {
            service: "checkout".to_owned(),
            digest: Digest::of(Algorithm::Sha256, b"image").to_string(),
            outcome: "succeeded".to_owned(),
            ..ReportForm::default()
        }
    }

    #[test]
    fn a_report_is_of_the_past_and_names_what_it_is_about() {
        let now = Time::parse("2026-12-01T10:00:00Z").unwrap();
        assert_eq!(report().check(now).map(|report| report.at), Ok(None));
        let at =
            |text: &str| ReportForm { at: text.to_owned(), ..report() }.check(now).map(|report| report.at);
        assert_eq!(at("2026-12-01T10:04:00Z"), Ok(Some(now)), "its clock is ahead");
        assert!(at("-000001-01-01T00:00:00Z").is_err());
        assert!(at("2026-12-01T10:06:00Z").is_err());
        let wrong = ReportForm {
            service: "A".to_owned(),
            digest: "latest".to_owned(),
            outcome: "done".to_owned(),
            link: "javascript:alert(1)".to_owned(),
            at: "now".to_owned(),
        };
        let mistakes = wrong.check(now).unwrap_err();
        let fields: Vec<&str> = mistakes.errors().iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["service", "digest", "outcome", "link", "at"]);
    }
}
