//! CI integrations: the named repositories of services' builds.

use crate::buckets::BucketKind;
use crate::forms::{Check, Invalid};
use crate::ids::{IntegrationId, ProjectId, RuleId, WorkflowId};
use crate::rules::RuleName;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::Title;
use crate::workflows::WorkflowName;
use serde::{Deserialize, Serialize};

/// The named repository of one service's builds. Its kind never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    pub id: IntegrationId,
    pub project: ProjectId,
    pub slug: Slug,
    pub title: Title,
    pub kind: BucketKind,
    pub workflow: Follows<WorkflowId>,
    /// The CI rule that leads what is pushed to it without a bucket.
    pub rule: Follows<RuleId>,
    pub created_at: Time,
}

/// Which promotion workflow, or which CI rule, an integration follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "follows", content = "id", rename_all = "snake_case")]
pub enum Follows<Id> {
    /// The project's default of its kind, whichever that is at the time.
    Default,
    Own(Id),
    None,
}

impl<Id> Follows<Id> {
    /// What is followed, as a form's field takes it; `name` tells the slug of one.
    pub fn choice(self, name: impl FnOnce(Id) -> Option<String>) -> String {
        match self {
            Self::Default => FOLLOW_DEFAULT.to_owned(),
            Self::None => FOLLOW_NONE.to_owned(),
            Self::Own(id) => name(id).unwrap_or_default(),
        }
    }
}

/// What the form for a new integration holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntegrationForm {
    pub slug: String,
    pub title: String,
    pub kind: String,
    /// `default`, `none`, or a workflow's slug.
    pub workflow: String,
}

/// A checked new integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIntegration {
    pub slug: Slug,
    pub title: Title,
    pub kind: BucketKind,
    pub workflow: Follows<WorkflowId>,
}

/// Words in the workflow field that are no workflow's slug: both are longer than their meaning
/// suggests, so that a workflow may be called `default` or `none` too.
pub const FOLLOW_DEFAULT: &str = ":default";
pub const FOLLOW_NONE: &str = ":none";

impl IntegrationForm {
    /// Checks the form against the project's workflows: kinds must agree, and in `global` an
    /// integration stands for streams, since environments belong to one project.
    pub fn check(&self, project: &Slug, workflows: &[WorkflowName]) -> Result<NewIntegration, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let slug = check.field("slug", Slug::parse_new(&self.slug));
        let kind = check.field("kind", check_kind(&self.kind, project));
        let follows = check.field("workflow", read_workflow(&self.workflow, kind, workflows));
        let new = slug
            .zip(title)
            .zip(kind)
            .zip(follows)
            .map(|(((slug, title), kind), workflow)| NewIntegration { slug, title, kind, workflow });
        check.finish(new)
    }
}

/// Reads a choice of a workflow for an integration of a kind.
fn read_workflow(
    text: &str,
    kind: Option<BucketKind>,
    workflows: &[WorkflowName],
) -> Result<Follows<WorkflowId>, String> {
    match text {
        FOLLOW_DEFAULT => return Ok(Follows::Default),
        FOLLOW_NONE => return Ok(Follows::None),
        _ => {}
    }
    let workflow = workflows
        .iter()
        .find(|workflow| workflow.slug.as_str() == text)
        .ok_or("Choose the workflow that its builds follow.")?;
    match kind {
        Some(kind) if kind != workflow.kind => Err(format!(
            "“{}” is a workflow of {}; this integration is of {}. Choose a workflow of the same type.",
            workflow.title,
            workflow.kind.plural(),
            kind.plural(),
        )),
        _ => Ok(Follows::Own(workflow.id)),
    }
}

impl Integration {
    /// Reads a choice of a workflow among those of the project.
    pub fn check_workflow(
        &self,
        text: &str,
        workflows: &[WorkflowName],
    ) -> Result<Follows<WorkflowId>, Invalid> {
        read_workflow(text, Some(self.kind), workflows).map_err(|words| Invalid::field("workflow", words))
    }

    /// Reads a choice of a CI rule among those of the project.
    pub fn check_rule(&self, text: &str, rules: &[RuleName]) -> Result<Follows<RuleId>, Invalid> {
        let wrong = |words: String| Invalid::field("rule", words);
        match text {
            FOLLOW_DEFAULT => return Ok(Follows::Default),
            FOLLOW_NONE => return Ok(Follows::None),
            _ => {}
        }
        let rule = rules.iter().find(|rule| rule.slug.as_str() == text);
        match rule {
            None => Err(wrong("Choose the rule that its builds are led by.".to_owned())),
            Some(rule) if rule.kind != self.kind => Err(wrong(format!(
                "“{}” is a rule of {}; this integration is of {}. Choose a rule of the same type.",
                rule.title,
                rule.kind.plural(),
                self.kind.plural(),
            ))),
            Some(rule) => Ok(Follows::Own(rule.id)),
        }
    }
}

/// Reads the kind of an integration, a workflow or a rule in a project.
pub(crate) fn check_kind(text: &str, project: &Slug) -> Result<BucketKind, &'static str> {
    match BucketKind::parse(text) {
        None => Err("Choose what its buckets stand for: environments or release streams."),
        Some(BucketKind::Environment) if *project == Slug::global() => {
            Err("The global project has release streams only, since environments belong to one project.")
        }
        Some(kind) => Ok(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::WorkflowId;
    use uuid::Uuid;

    fn form(kind: &str, workflow: &str) -> IntegrationForm {
        IntegrationForm {
            slug: "checkout".into(),
            title: "Checkout".into(),
            kind: kind.into(),
            workflow: workflow.into(),
        }
    }

    fn workflows() -> Vec<WorkflowName> {
        vec![WorkflowName {
            id: WorkflowId(Uuid::nil()),
            slug: Slug::parse("release").expect("a slug"),
            title: Title::parse("Release").expect("a title"),
            kind: BucketKind::Environment,
        }]
    }

    #[test]
    fn the_workflow_must_be_of_the_same_type() {
        let shop = Slug::parse("shop").expect("a slug");
        assert!(form("environment", "release").check(&shop, &workflows()).is_ok());
        let invalid = form("release_stream", "release").check(&shop, &workflows()).expect_err("types differ");
        assert_eq!(invalid.errors()[0].field, "workflow");
        assert!(invalid.errors()[0].message.contains("workflow of environments"));
    }

    #[test]
    fn the_global_project_has_streams_only() {
        let invalid =
            form("environment", FOLLOW_NONE).check(&Slug::global(), &[]).expect_err("no environments there");
        assert_eq!(invalid.errors()[0].field, "kind");
        assert!(form("release_stream", FOLLOW_NONE).check(&Slug::global(), &[]).is_ok());
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let invalid = IntegrationForm::default().check(&Slug::global(), &[]).expect_err("empty");
        let fields: Vec<&str> = invalid.errors().iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["title", "slug", "kind", "workflow"]);
    }
}
