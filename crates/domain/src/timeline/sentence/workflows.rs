//! What changed about workflows and CI rules.

use super::Telling;
use crate::integrations::{FOLLOW_DEFAULT, FOLLOW_NONE};
use crate::slugs::Slug;
use crate::timeline::{Change, RuleShape, StageShape, WorkflowShape};
use crate::workflows::Contest;

pub(super) fn tell(told: &mut Telling<'_>, change: &Change) -> bool {
    match change {
        Change::WorkflowCreated { slug, stages, .. } => {
            let stages: Vec<&str> = stages.iter().map(Slug::as_str).collect();
            told.text("created the workflow ").name(slug).text(&format!(" ({})", stages.join(" → "))).place()
        }
        Change::WorkflowChanged { slug, version, before, after } => {
            told.text("changed the workflow ").name(slug).text(&format!(" to version {version}")).place();
            told.text(&differences(before, after))
        }
        Change::WorkflowDeleted { slug, .. } => told.text("deleted the workflow ").name(slug).place(),
        Change::RuleCreated { slug, criteria, .. } => {
            told.text("created the CI rule ").name(slug).text(&format!(" ({})", criteria.join("; "))).place()
        }
        Change::RuleChanged { slug, version, before, after } => {
            told.text("changed the CI rule ").name(slug).text(&format!(" to version {version}")).place();
            told.text(&rule_differences(before, after))
        }
        Change::WorkflowChosen { after, .. } => {
            let words = match after.as_str() {
                FOLLOW_DEFAULT => "the project's default workflow".to_owned(),
                FOLLOW_NONE => "no workflow".to_owned(),
                workflow => format!("the workflow {workflow}"),
            };
            told.text(&format!("chose {words} for ")).integration()
        }
        Change::RuleChosen { after, .. } => {
            let words = match after.as_str() {
                FOLLOW_DEFAULT => "the project's default rule".to_owned(),
                FOLLOW_NONE => "no rule".to_owned(),
                rule => format!("the rule {rule}"),
            };
            told.text(&format!("chose {words} for ")).integration()
        }
        Change::RuleDeleted { slug, .. } => told.text("deleted the CI rule ").name(slug).place(),
        _ => return false,
    };
    true
}

/// What is different about a CI rule, in words that follow a sentence.
fn rule_differences(before: &RuleShape, after: &RuleShape) -> String {
    let mut told = Vec::new();
    if before.title != after.title {
        told.push(format!("titled “{}”", after.title));
    }
    told.extend(default_differs(before.is_default, after.is_default).map(str::to_owned));
    if before.criteria != after.criteria {
        told.extend(after.criteria.iter().cloned());
    }
    if told.is_empty() { String::new() } else { format!(": {}", told.join("; ")) }
}

fn default_differs(before: bool, after: bool) -> Option<&'static str> {
    match (before, after) {
        (false, true) => Some("now the default"),
        (true, false) => Some("no longer the default"),
        _ => None,
    }
}

/// What is different about a workflow, in words that follow a sentence.
fn differences(before: &WorkflowShape, after: &WorkflowShape) -> String {
    let mut told = Vec::new();
    if before.title != after.title {
        told.push(format!("titled “{}”", after.title));
    }
    told.extend(default_differs(before.is_default, after.is_default).map(str::to_owned));
    let of = |shape: &WorkflowShape, bucket: &Slug| {
        shape.stages.iter().find(|stage| stage.bucket == *bucket).cloned()
    };
    for stage in &before.stages {
        if of(after, &stage.bucket).is_none() {
            told.push(format!("without {}", stage.bucket));
        }
    }
    for StageShape { bucket, gates, arrivals, automatic, contest, rollbacks_ask, by_hand, order } in
        &after.stages
    {
        let words = if gates.is_empty() { "no gate".to_owned() } else { gates.join(", ") };
        let differs = match of(before, bucket) {
            None => Some(format!("with {bucket} ({words})")),
            Some(earlier) if earlier.gates != *gates => Some(format!("{bucket} with {words}")),
            Some(earlier) if earlier.arrivals != *arrivals => Some(format!("{bucket} with other arrivals")),
            Some(_) => None,
        };
        told.extend(differs);
        let before = of(before, bucket);
        let had = |option: fn(&StageShape) -> bool| before.as_ref().is_some_and(option);
        let late = ("for older commits that arrive late, too", "not for older commits that arrive late");
        for (had, has, on, off) in [
            (had(|stage| stage.order.is_some()), &order.is_some(), late.0, late.1),
            (had(|stage| stage.automatic), automatic, "automatic", "no longer automatic"),
            (had(|stage| stage.by_hand), by_hand, "by hand", "no longer by hand"),
            (
                had(|stage| stage.rollbacks_ask),
                rollbacks_ask,
                "rolled back by approval",
                "rolled back at once",
            ),
        ] {
            if had != *has {
                told.push(format!("{bucket} {}", if *has { on } else { off }));
            }
        }
        if before.and_then(|stage| stage.contest) != *contest {
            let words = contest.and_then(Contest::words).unwrap_or("the newest promotion winning");
            told.push(format!("{bucket} with {words}"));
        }
    }
    let kept = |shape: &WorkflowShape, other: &WorkflowShape| {
        let stages = shape.stages.iter().map(|stage| stage.bucket.clone());
        stages.filter(|bucket| of(other, bucket).is_some()).collect::<Vec<_>>()
    };
    if kept(before, after) != kept(after, before) {
        told.push("in another order".to_owned());
    } else if before.stages.len() == after.stages.len() && before.edges != after.edges {
        told.push("with other ways between the stages".to_owned());
    }
    if told.is_empty() { String::new() } else { format!(": {}", told.join("; ")) }
}
