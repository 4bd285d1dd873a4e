//! What documents would change, and what became of it.

use super::Document;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use towpath_domain::declarations::{self as domain, Declaration};
use utoipa::ToSchema;

/// What documents would change, in the order in which it would be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeclarationPlan {
    /// Tells this plan from one of other documents, or of another state. Send it along to apply this plan and no other.
    pub fingerprint: String,
    /// Whether anything would be done.
    pub changes: bool,
    /// Whether nothing stands against it.
    pub can_be_applied: bool,
    pub steps: Vec<DeclarationStep>,
}

/// What became of documents that were applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AppliedDeclarations {
    /// Whether all is as it was declared. If not, the first step that was refused says why; applying the same documents again
    /// goes on from there.
    pub complete: bool,
    /// What there was to do.
    pub steps: Vec<DeclarationStep>,
}

/// One thing, and what is to be done for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeclarationStep {
    pub action: StepAction,
    /// As the field `kind` of a document.
    pub kind: String,
    /// Absent for projects, and for what the whole installation shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    pub slug: String,
    /// Which of the documents declares it, counted from 0; absent for what is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// What else it means, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Why it cannot be done, or was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Absent in a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<StepOutcome>,
}

/// What is done for a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepAction {
    Create,
    Change,
    Delete,
    /// Nothing: it is as it is declared.
    Keep,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    Done,
    Refused,
    /// It was not begun, since one before it was refused.
    Left,
}

/// A field that becomes another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    #[schema(examples("stages[1].gates[0].count"))]
    pub field: String,
    /// As it is, as JSON; absent for what is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// As it is to be, alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl From<domain::Plan> for DeclarationPlan {
    fn from(plan: domain::Plan) -> Self {
        let changes = plan.to_do().count() > 0;
        Self {
            fingerprint: plan.fingerprint(),
            changes,
            can_be_applied: plan.steps.iter().all(|step| step.refused.is_none()),
            steps: plan.steps.into_iter().map(DeclarationStep::from).collect(),
        }
    }
}

impl AppliedDeclarations {
    pub fn new(steps: Vec<DeclarationStep>) -> Self {
        let complete = steps.iter().all(|step| step.outcome == Some(StepOutcome::Done));
        Self { complete, steps }
    }
}

impl From<domain::Step> for DeclarationStep {
    fn from(step: domain::Step) -> Self {
        let action = match step.verb() {
            domain::Verb::Create => StepAction::Create,
            domain::Verb::Change => StepAction::Change,
            domain::Verb::Delete => StepAction::Delete,
            domain::Verb::Keep => StepAction::Keep,
        };
        Self {
            action,
            kind: step.name.kind.name().to_owned(),
            project: (!step.name.kind.is_shared()).then_some(step.name.project),
            slug: step.name.slug,
            document: step.document,
            changes: if action == StepAction::Delete { Vec::new() } else { changes(step.before, step.after) },
            note: step.note,
            refused: step.refused,
            outcome: None,
        }
    }
}

/// The fields that one document has otherwise than the other.
fn changes(before: Option<Declaration>, after: Option<Declaration>) -> Vec<FieldChange> {
    let fields = |declaration: Option<Declaration>| {
        let document = declaration.map(Document::from);
        match document.map(serde_json::to_value) {
            Some(Ok(Value::Object(mut fields))) => {
                // By these it is named already.
                fields.retain(|name, _| !matches!(name.as_str(), "kind" | "project" | "slug"));
                Value::Object(fields)
            }
            _ => Value::Object(serde_json::Map::new()),
        }
    };
    let mut found = Vec::new();
    compare("", Some(&fields(before)), Some(&fields(after)), &mut found);
    found
}

fn compare(field: &str, from: Option<&Value>, to: Option<&Value>, found: &mut Vec<FieldChange>) {
    match (from, to) {
        (from, to) if from == to => {}
        (Some(Value::Object(from)), Some(Value::Object(to))) => {
            let added = to.keys().filter(|name| !from.contains_key(*name));
            for name in from.keys().chain(added) {
                let dot = if field.is_empty() { "" } else { "." };
                compare(&format!("{field}{dot}{name}"), from.get(name), to.get(name), found);
            }
        }
        // A list of parts is compared part by part, also where there is none yet.
        (None | Some(Value::Array(_)), Some(Value::Array(to)))
            if !to.is_empty() && to.iter().chain(parts(from)).all(Value::is_object) =>
        {
            let from = parts(from);
            for number in 0..from.len().max(to.len()) {
                compare(&format!("{field}[{number}]"), from.get(number), to.get(number), found);
            }
        }
        (from, to) => {
            let (from, to) = (from.map(Value::to_string), to.map(Value::to_string));
            found.push(FieldChange { field: field.to_owned(), from, to });
        }
    }
}

fn parts(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(from: &Value, to: &Value) -> Vec<String> {
        let mut found = Vec::new();
        compare("", Some(from), Some(to), &mut found);
        let side = |text: Option<String>| text.unwrap_or_else(|| "nothing".to_owned());
        found
            .into_iter()
            .map(|one| format!("{}: {} to {}", one.field, side(one.from), side(one.to)))
            .collect()
    }

    #[test]
    fn a_change_is_told_at_its_field() {
        let before = json!({"title": "A", "stages": [{"bucket": "qa", "gates": []}], "hours": ["Mon"]});
        let after = json!({"stages": [{"bucket": "qa", "gates": [{"gate": "soak"}]}, {"bucket": "prod"}],
                           "hours": ["Mon", "Tue"], "title": "A", "is_default": true});
        assert_eq!(
            told(&before, &after),
            [
                r#"hours: ["Mon"] to ["Mon","Tue"]"#,
                r#"stages[0].gates[0]: nothing to {"gate":"soak"}"#,
                r#"stages[1]: nothing to {"bucket":"prod"}"#,
                "is_default: nothing to true"
            ]
        );
    }
}
