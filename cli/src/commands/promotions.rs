//! `promote`, `retry`, `explain`, `approve`, `reject`, `pass` and `review`.

use super::waiting;
use crate::args::{Decide, Explain, Format, Pass, Promote, Retry, Review, UntilEnd};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::PromotionName;
use crate::output::{Table, say, show};
use tokio::time::Instant;
use towpath_api::boards::{Board, Card};
use towpath_api::client::Client;
use towpath_api::outside_steps::OutsideProgress;
use towpath_api::pins::Pinning;
use towpath_api::promotions::{
    Application, Choice, Emergency, GateStanding, NewDecision, NewEmergency, NewPromotion, NewReview,
    Outlook, Promotion, PromotionLine, PromotionState,
};

pub async fn promote(client: &Client, args: Promote, format: Format) -> Result<Exit, Failure> {
    let at = &args.integration;
    let digest = if args.build.contains(':') {
        args.build.clone()
    } else {
        tagged(&client.board(&at.project, &at.integration).await?, &args)?
    };
    let (reason, reference) = (args.wish.reason.unwrap_or_default(), args.wish.reference.unwrap_or_default());
    let new = NewPromotion {
        digest,
        from: args.from,
        to: args.to,
        reason,
        reference,
        scheduled_for: args.wish.at.unwrap_or_default(),
        emergency: args.wish.emergency,
        expected_current: args.expect_current.unwrap_or_default(),
        dry_run: args.wish.dry_run,
    };
    if args.wish.dry_run {
        let outlook = client.consider(&at.project, &at.integration, &new).await?;
        return foresee(outlook, format);
    }
    let promotion = client.promote(&at.project, &at.integration, &new).await?;
    tell_at_end(client, &promotion, &args.until, format).await
}

/// Lets one that has failed try again what it does elsewhere.
pub async fn retry(client: &Client, args: Retry, format: Format) -> Result<Exit, Failure> {
    let name = args.which.name()?;
    let promotion = client.retry_promotion(&name.project, name.number).await?;
    tell_at_end(client, &promotion, &args.until, format).await
}

/// Shows a promotion as it is, or as it is in the end, where that is to be waited for.
async fn tell_at_end(
    client: &Client,
    promotion: &Promotion,
    until: &UntilEnd,
    format: Format,
) -> Result<Exit, Failure> {
    if !until.wait || !promotion.line.state.is_open() {
        return tell(promotion, format);
    }
    let line = &promotion.line;
    let name = PromotionName { project: line.project.clone(), number: line.number };
    say(&format!("{name} waits for {}.", line.needs.join(" and ")));
    waiting::promotion(client, &name, Instant::now() + until.timeout, format).await
}

/// Applies one that is ready, having told what that does.
pub async fn apply(
    client: &Client,
    name: PromotionName,
    digest: Option<String>,
    format: Format,
) -> Result<Exit, Failure> {
    let line = client.promotion(&name.project, name.number).await?.line;
    if let Some(expected) = digest.filter(|expected| *expected != line.digest) {
        return Err(Failure::Conflict(format!("{name} is of {}, not of {expected}", line.digest)));
    }
    say(&format!("{name} {}.", goal(&line)));
    let application = Application { digest: line.digest };
    tell(&client.apply_promotion(&name.project, name.number, &application).await?, format)
}

/// The digest of the build that has a tag in the stage that it comes from.
fn tagged(board: &Board, args: &Promote) -> Result<String, Failure> {
    let Promote { integration: at, build, from, .. } = args;
    let bucket = board.buckets.iter().find(|bucket| bucket.slug == *from);
    let bucket = bucket.ok_or_else(|| Failure::NotFound(format!("{at} has no bucket “{from}”")))?;
    digest_of(build, || bucket.current.iter().chain(&bucket.history), from)
}

/// The digest of the one build of these that has a tag.
pub(super) fn digest_of<'a, Cards: Iterator<Item = &'a Card>>(
    build: &str,
    cards: impl Fn() -> Cards,
    place: &str,
) -> Result<String, Failure> {
    let mut digests: Vec<&str> =
        cards().filter(|card| card.build.tag == build).map(|card| card.build.digest.as_str()).collect();
    digests.sort_unstable();
    digests.dedup();
    match digests.as_slice() {
        [digest] => Ok((*digest).to_owned()),
        [] => Err(Failure::NotFound(format!(
            "no build “{build}” was in {place} lately; there were {}",
            tags(cards())
        ))),
        several => Err(Failure::Conflict(format!(
            "“{build}” is the tag of several builds; name one by its digest:\n{}",
            several.join("\n")
        ))),
    }
}

/// The tags of builds, for a person who named none of them.
pub fn tags<'a>(cards: impl Iterator<Item = &'a Card>) -> String {
    let mut tags: Vec<&str> = Vec::new();
    for card in cards {
        if !tags.contains(&card.build.tag.as_str()) {
            tags.push(&card.build.tag);
        }
    }
    if tags.is_empty() { "none".to_owned() } else { tags.join(", ") }
}

pub(super) fn foresee(outlook: Outlook, format: Format) -> Result<Exit, Failure> {
    show(format, &outlook, |outlook| {
        let words = match outlook {
            Outlook::Enters => "enters at once".to_owned(),
            Outlook::Waits { needs, until } => {
                let until = until.as_ref().map(|until| format!(", until {}", until.0)).unwrap_or_default();
                format!("waits for {}{until}", needs.join(" and "))
            }
            Outlook::PassesGates { missing } => {
                format!("passes the gates; missing is {}", or_nothing(missing))
            }
            Outlook::Refused { .. } => "refused".to_owned(),
        };
        Table::facts([("outlook", words)])
    })?;
    match outlook {
        Outlook::Enters | Outlook::PassesGates { .. } => Ok(Exit::Success),
        Outlook::Waits { .. } => Ok(Exit::Waiting),
        Outlook::Refused { problem } => Err(Failure::Refused(Box::new(problem))),
    }
}

/// What a promotion does, after its name: the sentence by which people decide.
fn goal(line: &PromotionLine) -> String {
    let PromotionLine { digest, tag, from, to, pin, rollback, .. } = line;
    match pin {
        None if *rollback => format!("rolls {to} back to {tag} ({digest})"),
        None => format!("moves {tag} ({digest}) from {from} to {to}"),
        Some(Pinning { project, environment, service, until, .. }) => {
            format!("pins {tag} ({digest}) for {service} in {project}/{environment} until {}", until.0)
        }
    }
}

pub async fn decide(client: &Client, args: Decide, choice: Choice, format: Format) -> Result<Exit, Failure> {
    let name = args.which.name()?;
    let line = client.promotion(&name.project, name.number).await?.line;
    let goal = goal(&line);
    let PromotionLine { digest, .. } = line;
    if let Some(expected) = args.digest.filter(|expected| *expected != digest) {
        return Err(Failure::Conflict(format!("{name} is of {digest}, not of {expected}")));
    }
    say(&format!("{name} {goal}."));
    let decision = NewDecision { choice, comment: args.comment, digest, in_name_of: args.in_name_of };
    let promotion = client.decide(&name.project, name.number, &decision).await?;
    tell(&promotion, format)
}

pub async fn pass(client: &Client, args: Pass, format: Format) -> Result<Exit, Failure> {
    let name = args.which.name()?;
    let line = client.promotion(&name.project, name.number).await?.line;
    let goal = goal(&line);
    let PromotionLine { digest, .. } = line;
    if let Some(expected) = args.digest.filter(|expected| *expected != digest) {
        return Err(Failure::Conflict(format!("{name} is of {digest}, not of {expected}")));
    }
    say(&format!("{name} {goal}, past its gates."));
    let new = NewEmergency { reason: args.reason, digest };
    let promotion = client.pass_gates(&name.project, name.number, &new).await?;
    tell(&promotion, format)
}

pub async fn review(client: &Client, args: Review, format: Format) -> Result<Exit, Failure> {
    let name = args.which.name()?;
    let new = NewReview { comment: args.comment };
    let promotion = client.review_emergency(&name.project, name.number, &new).await?;
    show(format, &promotion, table)?;
    Ok(Exit::Success)
}

/// Tells how its gates stand, one by one.
pub async fn explain(client: &Client, args: Explain, format: Format) -> Result<Exit, Failure> {
    let name = args.which.name()?;
    let promotion = client.promotion(&name.project, name.number).await?;
    show(format, &promotion, gates)?;
    let state = promotion.line.state;
    say(&format!("{name} of {} to {} is {}.", promotion.line.tag, promotion.line.to, state.name()));
    if let Some(progress) = promotion.outside.as_ref().filter(|progress| progress.trouble.is_some()) {
        say(&elsewhere(progress));
    }
    if let Some(words) = course(&promotion) {
        say(&words);
    }
    Ok(exit(state))
}

fn gates(promotion: &Promotion) -> Table {
    let mut table = Table::new(&["GATE", "PASSES", "NEEDS", "NOTE"]);
    for gate in &promotion.gates {
        let until = gate.until.map(|until| format!(", until {}", until.0.to_words())).unwrap_or_default();
        let needs = gate.needs.clone().or_else(|| gate.blocked.clone()).unwrap_or_default();
        table.row([
            gate.rule.clone(),
            if gate.passes { "yes" } else { "no" }.to_owned(),
            format!("{needs}{until}"),
            gate.note.clone().unwrap_or_default(),
        ]);
    }
    table
}

/// Shows a promotion; one that waits says what for, and how that is given.
pub(super) fn tell(promotion: &Promotion, format: Format) -> Result<Exit, Failure> {
    show(format, promotion, table)?;
    if let Some(words) = course(promotion) {
        say(&words);
    }
    Ok(exit(promotion.line.state))
}

const fn exit(state: PromotionState) -> Exit {
    match state {
        PromotionState::Waiting | PromotionState::Ready => Exit::Waiting,
        PromotionState::Failed => Exit::Failure,
        _ => Exit::Success,
    }
}

/// How it goes on, or why it ended without anybody ending it.
fn course(promotion: &Promotion) -> Option<String> {
    let line = &promotion.line;
    let name = PromotionName { project: line.project.clone(), number: line.number };
    Some(match line.state {
        PromotionState::Waiting => {
            format!("It waits for {}. {}", line.needs.join(" and "), next(promotion, &name))
        }
        PromotionState::Failed => {
            let because = line.failed_because.as_deref().unwrap_or_default();
            format!("It has failed: {because} Let it try again with: towpath retry {name}")
        }
        PromotionState::Ready if promotion.outside.is_some() => {
            format!(
                "It is applied once that is done which it does elsewhere. Wait for it with: towpath wait {name}"
            )
        }
        PromotionState::Ready => {
            format!("It is ready. Whoever may promote there applies it with: towpath apply {name}")
        }
        PromotionState::Expired => format!("It has ended by itself: {}", line.expired_because.as_deref()?),
        PromotionState::Superseded => {
            format!("It has ended in favour of {}#{}.", line.project, line.superseded_by?)
        }
        PromotionState::Applied | PromotionState::Rejected | PromotionState::Cancelled => return None,
    })
}

/// How what is missing is given. What a gate is, the contract tells by its words alone.
fn next(promotion: &Promotion, name: &PromotionName) -> String {
    let mut missing = promotion.gates.iter().filter(|gate| !gate.passes);
    let wants_approval =
        |gate: &GateStanding| gate.needs.as_ref().is_some_and(|needs| needs.contains("approval"));
    if missing.clone().any(wants_approval) {
        format!("Someone else gives it with: towpath approve {name}")
    } else if missing.all(|gate| gate.until.is_some()) {
        format!("It goes on by itself then. Wait for it with: towpath wait {name}")
    } else {
        format!("It goes on by itself once that is so. Wait for it with: towpath wait {name}")
    }
}

fn table(promotion: &Promotion) -> Table {
    let line = &promotion.line;
    let decisions: Vec<String> = promotion
        .decisions
        .iter()
        .map(|decision| {
            let verb = match decision.choice {
                Choice::Approve => "approved",
                Choice::Reject => "rejected",
            };
            let comment = decision.comment.as_ref().map(|comment| format!(" ({comment})"));
            let who = match &decision.by {
                None => decision.person.clone(),
                Some(by) => format!("{by} for {}", decision.person),
            };
            format!("{who} {verb}{}", comment.unwrap_or_default())
        })
        .collect();
    Table::facts([
        ("promotion", format!("{}#{}", line.project, line.number)),
        ("state", line.state.name().to_owned()),
        ("build", line.tag.clone()),
        ("digest", line.digest.clone()),
        ("way", way(line)),
        ("pins", line.pin.as_ref().map(pinned).unwrap_or_default()),
        ("needs", line.needs.join(", ")),
        ("because", ended(line)),
        ("elsewhere", promotion.outside.as_ref().map(elsewhere).unwrap_or_default()),
        ("reason", line.reason.clone()),
        ("not before", line.scheduled_for.map(|at| at.0.to_words()).unwrap_or_default()),
        ("emergency", promotion.emergency.as_ref().map(emergency).unwrap_or_default()),
        ("asked by", format!("{}, {}", line.requested_by, line.requested_at.0.to_words())),
        ("decisions", decisions.join(", ")),
    ])
}

/// Why it has come to nothing by itself.
fn ended(line: &PromotionLine) -> String {
    let instead = line.superseded_by.map(|number| format!("superseded by {}#{number}", line.project));
    line.expired_because.clone().or_else(|| line.failed_because.clone()).or(instead).unwrap_or_default()
}

fn way(line: &PromotionLine) -> String {
    let PromotionLine { project, integration, from, to, rollback, .. } = line;
    if *rollback {
        return format!("{project}/{integration}, {to} back");
    }
    format!("{project}/{integration} from {from} to {to}")
}

fn pinned(pin: &Pinning) -> String {
    let Pinning { project, environment, service, until } = pin;
    format!("{service} in {project}/{environment} until {}", until.0.to_words())
}

fn emergency(emergency: &Emergency) -> String {
    let review = match &emergency.review {
        Some(review) => format!("reviewed by {} ({})", review.by, review.comment),
        None => "not reviewed".to_owned(),
    };
    let missing = or_nothing(&emergency.passed);
    format!("{} ({}), missing was {missing}, {review}", emergency.by, emergency.reason)
}

/// How far that is which it does elsewhere.
fn elsewhere(progress: &OutsideProgress) -> String {
    let OutsideProgress { does, tries, trouble, next_try_at, sent_bytes, total_bytes } = progress;
    let does = does.as_deref().unwrap_or("does nothing any more");
    let far = if *total_bytes > 0 { format!(", {}%", sent_bytes * 100 / total_bytes) } else { String::new() };
    let again = next_try_at.map(|at| format!(", again on {}", at.0.to_words())).unwrap_or_default();
    let failed = trouble.as_ref().map(|why| format!("; {tries} failed{again}: {why}"));
    format!("{does}{far}{}", failed.unwrap_or_default())
}

fn or_nothing(missing: &[String]) -> String {
    if missing.is_empty() { "nothing".to_owned() } else { missing.join(" and ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(of: serde_json::Value) -> (String, Exit) {
        let mut promotion = json!({
            "project": "shop", "number": 2, "integration": "checkout", "digest": "sha256:ab", "tag": "1.4",
            "from": "qa", "to": "prod", "state": "waiting", "needs": ["3 days in the stage before"],
            "reason": "Release", "requested_by": "Ana", "requested_at": "2026-01-31T09:30:00Z",
            "workflow_version": 1, "gates": [], "decisions": [],
        });
        let (serde_json::Value::Object(all), serde_json::Value::Object(of)) = (&mut promotion, of) else {
            unreachable!("both are objects")
        };
        all.extend(of);
        let promotion: Promotion = serde_json::from_value(promotion).expect("a promotion");
        (course(&promotion).unwrap_or_default(), exit(promotion.line.state))
    }

    #[test]
    fn what_waits_for_time_alone_asks_nobody() {
        let time =
            json!({"rule": "3 days", "passes": false, "needs": "3 days", "until": "2026-02-01T09:30:00Z"});
        let check = json!({"rule": "the check smoke", "passes": false, "needs": "the check smoke"});
        let approval =
            json!({"rule": "1 approval", "passes": false, "needs": "1 approval by a release manager"});
        let (words, exit) = told(json!({"gates": [time]}));
        assert!(
            words.ends_with("It goes on by itself then. Wait for it with: towpath wait shop#2"),
            "{words}"
        );
        assert_eq!(exit, Exit::Waiting);
        let (words, _) = told(json!({"gates": [time, check]}));
        assert!(words.contains("by itself once that is so") && !words.contains("approve"), "{words}");
        let (words, _) = told(json!({"gates": [time, approval]}));
        assert!(words.ends_with("Someone else gives it with: towpath approve shop#2"), "{words}");
    }

    #[test]
    fn what_ended_by_itself_says_why() {
        let expired = json!({"state": "expired", "expired_because": "The build is older than 3 minutes."});
        let words = "It has ended by itself: The build is older than 3 minutes.";
        assert_eq!(told(expired), (words.to_owned(), Exit::Success));
        let superseded = json!({"state": "superseded", "superseded_by": 7});
        assert_eq!(told(superseded).0, "It has ended in favour of shop#7.");
        assert_eq!(told(json!({"state": "applied"})), (String::new(), Exit::Success));
    }
}
