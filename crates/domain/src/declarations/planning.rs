//! Which steps make what there is as documents declare it.

use super::{Declaration, Kind, Name, World};
use crate::forms::{Check, Invalid, below};
use crate::slugs::Slug;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// All that documents declare, each with what has to be done for it, in an order in which it can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub steps: Vec<Step>,
}

/// One thing, as it is and as it is declared; one that is there and is not declared any more is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub name: Name,
    /// Which of the documents declares it, counted from 0.
    pub document: Option<usize>,
    pub before: Option<Declaration>,
    pub after: Option<Declaration>,
    /// What else it means, in words.
    pub note: Option<String>,
    /// Why it cannot be done, in words.
    pub refused: Option<String>,
}

/// What has to be done for a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Create,
    Change,
    Delete,
    /// Nothing: it is as it is declared.
    Keep,
}

/// How many documents are taken at once.
pub const MOST: usize = 5_000;

/// Compares what documents declare with what there is. `doomed` is what they do not declare any more; `fresh` gives ids, by
/// which what is new is known for as long as this takes.
///
/// # Errors
/// What is wrong in the documents, all of it at once; a field is named as `documents[3][stages][0][bucket]`.
pub fn plan(
    world: &World,
    wanted: &[Declaration],
    doomed: &[Name],
    mut fresh: impl FnMut() -> Uuid,
) -> Result<Plan, Invalid> {
    if wanted.len() > MOST {
        let message = format!("Send at most {MOST} documents at once.");
        return Err(Invalid::field("documents", message));
    }
    let mut check = Check::default();
    note_doubles(wanted, &mut check);
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    // A default that gives its place up does so before the one that takes it.
    order.sort_by_key(|&number| (wanted[number].name().kind, wanted[number].is_default()));
    let mut after = world.clone();
    for &number in &order {
        // What is there and stays is not checked anew: rules may be stricter by now than when it was made.
        if world.declaration(&wanted[number].name()).as_ref() == Some(&wanted[number]) {
            continue;
        }
        if let Err(invalid) = after.take(&wanted[number], fresh()) {
            for error in invalid.errors() {
                check.mistake(&field(number, &error.field), &error.message);
            }
        }
    }
    let mut steps: Vec<Step> = order
        .iter()
        .map(|&number| {
            let name = wanted[number].name();
            let (before, after) = (world.declaration(&name), after.declaration(&name));
            let refused =
                before.as_ref().zip(after.as_ref()).and_then(|(before, after)| fixed(before, after));
            Step { document: Some(number), before, after, note: None, refused, name }
        })
        .collect();
    // What uses others goes before them.
    let mut doomed: Vec<&Name> = doomed.iter().collect();
    doomed.sort_by(|one, other| other.cmp(one));
    steps.extend(doomed.into_iter().filter_map(|name| {
        let before = Some(world.declaration(name)?);
        Some(Step { name: name.clone(), document: None, before, after: None, note: None, refused: None })
    }));
    check.finish(Some(Plan { steps }))
}

/// A field of a document by its name among all.
fn field(number: usize, name: &str) -> String {
    // In a document, `kind` says what it declares.
    below(&format!("documents[{number}]"), if name == "kind" { "type" } else { name })
}

/// Notes what is declared twice, and defaults of which there can be one only.
fn note_doubles(wanted: &[Declaration], check: &mut Check) {
    let mut names = std::collections::HashMap::new();
    let mut defaults = std::collections::HashMap::new();
    for (number, declaration) in wanted.iter().enumerate() {
        let name = declaration.name();
        if let Some(earlier) = names.insert(name.clone(), number) {
            let message = format!("Document {} declares {name}, too. Leave one of them out.", earlier + 1);
            check.mistake(&field(number, "slug"), message);
            continue;
        }
        let of = match declaration {
            Declaration::Workflow { workflow, .. } => workflow.kind.name(),
            Declaration::Rule { form, .. } => form.kind.as_str(),
            _ => continue,
        };
        if !declaration.is_default() {
            continue;
        }
        if let Some(earlier) = defaults.insert((name.kind, name.project, of), number) {
            let what = name.kind.name();
            let message = format!(
                "Document {} declares the default {what} of this type already. There is one in a project.",
                earlier + 1
            );
            check.mistake(&field(number, "is_default"), message);
        }
    }
}

/// Why one cannot become the other.
fn fixed(before: &Declaration, after: &Declaration) -> Option<String> {
    let same = match (before, after) {
        (Declaration::Stream(before), Declaration::Stream(after)) => {
            (before == after).then_some(()).ok_or("its title and whether it is of production")
        }
        (Declaration::TrustRoot { form: before, .. }, Declaration::TrustRoot { form: after, .. }) => {
            (before == after).then_some(()).ok_or("what it trusts")
        }
        (Declaration::Project(before), Declaration::Project(after)) => {
            (before == after).then_some(()).ok_or("its title")
        }
        (Declaration::Environment { form: before, .. }, Declaration::Environment { form: after, .. }) => {
            (before.title == after.title).then_some(()).ok_or("its title")
        }
        (Declaration::Workflow { workflow: before, .. }, Declaration::Workflow { workflow: after, .. }) => {
            (before.kind == after.kind).then_some(()).ok_or("its type")
        }
        (Declaration::Rule { form: before, .. }, Declaration::Rule { form: after, .. }) => {
            (before.kind == after.kind).then_some(()).ok_or("its type")
        }
        (Declaration::Integration(before), Declaration::Integration(after)) => {
            let fixed = (&before.form.title, &before.form.kind) == (&after.form.title, &after.form.kind);
            fixed.then_some(()).ok_or("its title and its type")
        }
        _ => Ok(()),
    };
    same.err().map(|what| format!("It stays as it was made: {what} cannot be changed. Declare it as it is."))
}

impl Step {
    pub fn verb(&self) -> Verb {
        match (&self.before, &self.after) {
            (None, _) => Verb::Create,
            (_, None) => Verb::Delete,
            (before, after) if before == after => Verb::Keep,
            _ => Verb::Change,
        }
    }

    /// The project whose thing it is; none for what the whole installation shares, and for a project that is new.
    pub fn project(&self) -> Option<Slug> {
        let slug = if self.name.kind == Kind::Project && self.before.is_some() {
            &self.name.slug
        } else {
            &self.name.project
        };
        Slug::parse(slug).ok()
    }
}

impl Plan {
    /// What has to be done.
    pub fn to_do(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.verb() != Verb::Keep)
    }

    /// What tells this plan from one of another state or of other documents.
    pub fn fingerprint(&self) -> String {
        // Plain data is always told; and a plan that could not be would be no other's.
        let told = serde_json::to_vec(&self.steps).unwrap_or_default();
        hex::encode(Sha256::digest(told))
    }
}
