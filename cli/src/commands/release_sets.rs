//! `sets`: comparing stages across services, and moving what differs as one.

use crate::args::Format;
use crate::args::sets::{Act, Carry, Compare, Decide, List, Make, Sets, Show, TakeBack};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::PromotionName;
use crate::output::{Table, say, show};
use towpath_api::client::Client;
use towpath_api::pages::Page;
use towpath_api::promotions::Choice;
use towpath_api::release_sets::{
    Course, NewReleaseSet, NewSetDecision, NewSetPromotion, NewSetRollback, ReleaseSet, ReleaseSetLine,
    SetAct, SetComparison, SetDecision, SetLikeness, SetOutcome, SetPart, SetResult,
};

pub async fn run(client: &Client, command: Sets, format: Format) -> Result<Exit, Failure> {
    match command {
        Sets::Compare(args) => compare(client, args, format).await,
        Sets::Make(args) => make(client, args, format).await,
        Sets::List(args) => list(client, args, format).await,
        Sets::Show(args) => view(client, args, format).await,
        Sets::Promote(args) => promote(client, args, format).await,
        Sets::TakeBack(args) => take_back(client, args, format).await,
        Sets::Approve(args) => decide(client, args, Choice::Approve, format).await,
        Sets::Reject(args) => decide(client, args, Choice::Reject, format).await,
    }
}

async fn compare(client: &Client, args: Compare, format: Format) -> Result<Exit, Failure> {
    let (project, new) = wished(args);
    let comparison = client.compare_stages(&project, &new).await?;
    show(format, &comparison, compared)?;
    say(&summary(&comparison));
    Ok(Exit::Success)
}

async fn make(client: &Client, args: Make, format: Format) -> Result<Exit, Failure> {
    let Make { compare, parts, title, act: Act { reason, reference, dry_run } } = args;
    let (project, new) = wished(compare);
    let reason = reason.unwrap_or_default();
    let reference = reference.unwrap_or_default();
    let new = NewReleaseSet { title: title.unwrap_or_default(), parts, reason, reference, ..new };
    if dry_run {
        return foresee(&client.compare_stages(&project, &new).await?, &new.parts, format);
    }
    let set = client.make_release_set(&project, &new).await?;
    say(&format!("Release set {project}#{}, “{}”.", set.number, set.title));
    tell(&set, format)
}

async fn list(client: &Client, args: List, format: Format) -> Result<Exit, Failure> {
    let page = client.release_sets(&args.project, args.cursor.as_deref()).await?;
    show(format, &page, |page| lines(&args.project, page))?;
    if let Some(next) = &page.next {
        say(&format!("Older sets: the same with --cursor {next}"));
    }
    Ok(Exit::Success)
}

async fn view(client: &Client, args: Show, format: Format) -> Result<Exit, Failure> {
    let name = named(&args.set)?;
    let set = client.release_set(&name.project, name.number).await?;
    show(format, &set, members)?;
    for act in set.acts.iter().rev() {
        say(&format!("{} by {}, {}: {}", course(&act.course), act.by, act.done_at.0.to_words(), act.reason));
        for result in &act.results {
            say(&format!("  {}", outcome(result)));
        }
    }
    for onward in &set.onward {
        say(&format!(
            "Carry it on with: towpath sets promote {name} --from {} --to {} --reason …",
            onward.from, onward.to
        ));
    }
    for bucket in &set.back {
        say(&format!("Take it back with: towpath sets take-back {name} --out-of {bucket} --reason …"));
    }
    if !set.to_decide.is_empty() {
        say(&format!("{} wait for you: towpath sets approve {name}", set.to_decide.join(", ")));
    }
    Ok(Exit::Success)
}

async fn promote(client: &Client, args: Carry, format: Format) -> Result<Exit, Failure> {
    let Carry { set, parts, from, to, act: Act { reason, reference, dry_run } } = args;
    let name = named(&set)?;
    let (reason, reference) = (reason.unwrap_or_default(), reference.unwrap_or_default());
    let new = NewSetPromotion { from, to, parts, reason, reference, dry_run };
    if dry_run {
        let comparison = client.consider_set(&name.project, name.number, &new).await?;
        return foresee(&comparison, &new.parts, format);
    }
    tell(&client.promote_set(&name.project, name.number, &new).await?, format)
}

async fn take_back(client: &Client, args: TakeBack, format: Format) -> Result<Exit, Failure> {
    let TakeBack { set, parts, out_of, act: Act { reason, reference, dry_run } } = args;
    let name = named(&set)?;
    if reference.is_some() {
        return Err(Failure::Usage("taking back names no reference; say it in --reason".to_owned()));
    }
    let new = NewSetRollback { bucket: out_of, parts, reason: reason.unwrap_or_default(), dry_run };
    if dry_run {
        let comparison = client.consider_taking_back(&name.project, name.number, &new).await?;
        return foresee(&comparison, &new.parts, format);
    }
    tell(&client.take_back_set(&name.project, name.number, &new).await?, format)
}

async fn decide(client: &Client, args: Decide, choice: Choice, format: Format) -> Result<Exit, Failure> {
    let name = named(&args.set)?;
    let promotions = client.release_set(&name.project, name.number).await?.to_decide;
    if promotions.is_empty() {
        return Err(Failure::Conflict(format!("nothing of release set {name} waits for your decision")));
    }
    let new = NewSetDecision { choice, promotions, comment: args.comment };
    let decided = client.decide_set(&name.project, name.number, &new).await?;
    show(format, &decided, decisions)?;
    Ok(if decided.refused.is_empty() { Exit::Success } else { Exit::Blocked })
}

fn wished(args: Compare) -> (String, NewReleaseSet) {
    let Compare { project, from, to, at, also } = args;
    let (from, at) = (from.unwrap_or_default(), at.unwrap_or_default());
    (project, NewReleaseSet { from, to, at, projects: also, ..NewReleaseSet::default() })
}

fn named(text: &str) -> Result<PromotionName, Failure> {
    let wrong = |_| Failure::Usage(format!("“{text}” names no release set; write it as PROJECT#NUMBER"));
    PromotionName::parse(text, None).map_err(wrong)
}

/// Shows what an act would do, and tells by the exit code how it would end for the parts that are meant.
fn foresee(comparison: &SetComparison, parts: &[String], format: Format) -> Result<Exit, Failure> {
    show(format, comparison, compared)?;
    say(&summary(comparison));
    let meant = |part: &&SetPart| {
        let name = format!("{}/{}", part.project, part.integration);
        let named = |wanted: &String| wanted.split('@').next() == Some(name.as_str());
        parts.is_empty() && goes(part) || parts.iter().any(named)
    };
    let meant: Vec<&SetPart> = comparison.parts.iter().filter(meant).collect();
    Ok(if meant.is_empty() || meant.iter().any(|part| !goes(part)) {
        Exit::Blocked
    } else if meant.iter().any(|part| !part.needs.is_empty()) {
        Exit::Waiting
    } else {
        Exit::Success
    })
}

const fn goes(part: &SetPart) -> bool {
    matches!(part.likeness, SetLikeness::Differs | SetLikeness::New)
}

fn summary(comparison: &SetComparison) -> String {
    let count = |likeness| comparison.parts.iter().filter(|part| part.likeness == likeness).count();
    let [differ, new, same, cannot] =
        [SetLikeness::Differs, SetLikeness::New, SetLikeness::Same, SetLikeness::Cannot].map(count);
    let more = if comparison.more { " There are more than are shown." } else { "" };
    format!("{differ} differ, {new} new, {same} the same, {cannot} cannot go.{more}")
}

fn compared(comparison: &SetComparison) -> Table {
    let mut table = Table::new(&["SERVICE", "HOW", "COMES", "THERE", "NEEDS"]);
    for part in &comparison.parts {
        let how = match part.likeness {
            SetLikeness::Differs => "differs",
            SetLikeness::New => "new",
            SetLikeness::Same => "same",
            SetLikeness::Cannot => "cannot",
        };
        let tag = |build: &Option<towpath_api::release_sets::SetBuild>| {
            build.as_ref().map(|build| build.tag.clone()).unwrap_or_default()
        };
        let needs = part.because.clone().unwrap_or_else(|| part.needs.join(" and "));
        let until = part.until.map(|until| format!(", until {}", until.0.to_words())).unwrap_or_default();
        table.row([
            format!("{}/{}", part.project, part.integration),
            how.to_owned(),
            tag(&part.comes),
            tag(&part.there),
            format!("{needs}{until}"),
        ]);
    }
    table
}

fn lines(project: &str, page: &Page<ReleaseSetLine>) -> Table {
    let mut table = Table::new(&["SET", "TITLE", "BUILDS", "LAST", "BY", "MADE"]);
    for line in &page.items {
        table.row([
            format!("{project}#{}", line.number),
            line.title.clone(),
            line.size.to_string(),
            course(&line.last),
            line.made_by.clone(),
            line.made_at.0.to_words(),
        ]);
    }
    table
}

fn members(set: &ReleaseSet) -> Table {
    let mut table = Table::new(&["SERVICE", "TAG", "DIGEST", "CURRENT IN"]);
    for member in &set.members {
        table.row([
            format!("{}/{}", member.project, member.integration),
            member.build.tag.clone(),
            member.build.digest.clone(),
            member.current_in.join(", "),
        ]);
    }
    table
}

fn decisions(decided: &SetDecision) -> Table {
    let mut table = Table::new(&["PROMOTION", "RESULT"]);
    for done in &decided.done {
        table.row([done.clone(), "done".to_owned()]);
    }
    for refused in &decided.refused {
        table.row([refused.promotion.clone(), refused.because.clone()]);
    }
    table
}

fn course(course: &Course) -> String {
    match course {
        Course::Promote { from, to } => format!("promoted from {from} to {to}"),
        Course::TakeBack { bucket } => format!("taken back out of {bucket}"),
        Course::Restore { bucket, at } => format!("{bucket} returned to {}", at.0.to_words()),
    }
}

fn outcome(result: &SetResult) -> String {
    let name = format!("{}/{} {}", result.project, result.integration, result.build.tag);
    match &result.outcome {
        SetOutcome::Asked { promotion, state, needs } if needs.is_empty() => {
            format!("{name}: #{promotion} is {}", state.name())
        }
        SetOutcome::Asked { promotion, needs, .. } => {
            format!("{name}: #{promotion} waits for {}", needs.join(" and "))
        }
        SetOutcome::RolledBack => format!("{name}: rolled back"),
        SetOutcome::Refused { because } => format!("{name}: refused. {because}"),
    }
}

/// Shows what the newest act of a set did, part by part.
fn tell(set: &ReleaseSet, format: Format) -> Result<Exit, Failure> {
    show(format, set, results)?;
    let results = set.acts.first().map(|act| act.results.as_slice()).unwrap_or_default();
    let refused = results.iter().any(|result| matches!(result.outcome, SetOutcome::Refused { .. }));
    let waits = results
        .iter()
        .any(|result| matches!(result.outcome, SetOutcome::Asked { state, .. } if state.is_open()));
    if waits {
        say(&format!(
            "What waits, someone else approves with: towpath sets approve {}#{}",
            set.project, set.number
        ));
    }
    Ok(match (refused, waits) {
        (true, _) => Exit::Blocked,
        (false, true) => Exit::Waiting,
        (false, false) => Exit::Success,
    })
}

fn results(set: &ReleaseSet) -> Table {
    let mut table = Table::new(&["SERVICE", "BUILD", "PROMOTION", "RESULT"]);
    let newest: Option<&SetAct> = set.acts.first();
    for result in newest.into_iter().flat_map(|act| &act.results) {
        let (promotion, words) = match &result.outcome {
            SetOutcome::Asked { promotion, state, needs } if needs.is_empty() => {
                (format!("{}#{promotion}", result.project), state.name().to_owned())
            }
            SetOutcome::Asked { promotion, needs, .. } => {
                (format!("{}#{promotion}", result.project), format!("waits for {}", needs.join(" and ")))
            }
            SetOutcome::RolledBack => (String::new(), "rolled back".to_owned()),
            SetOutcome::Refused { because } => (String::new(), format!("refused: {because}")),
        };
        table.row([
            format!("{}/{}", result.project, result.integration),
            result.build.tag.clone(),
            promotion,
            words,
        ]);
    }
    table
}
