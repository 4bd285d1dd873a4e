//! An installation as documents declare it, as JSON; the command reads the same as YAML.
//!
//! What is exported is what is applied: the same types both ways.

mod reading;
mod schema;
mod steps;

pub use reading::KINDS;
pub use schema::schema;
pub use steps::{
    AppliedDeclarations, DeclarationPlan, DeclarationStep, FieldChange, StepAction, StepOutcome,
};

use crate::integrations::Follows;
use crate::problems::Mistake;
use crate::projects::NewProject;
use crate::retention::Retention;
use crate::rules::{Criterion, FollowedRule, NewRule};
use crate::streams::NewStream;
use crate::trust_roots::Trusts;
use crate::workflows::{BucketKind, Edge, NewWorkflow, Stage};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use towpath_domain::declarations::{self as domain, Declaration};
use towpath_domain::integrations::IntegrationForm;
use towpath_domain::roles::RoleForm;
use utoipa::{IntoParams, ToSchema};

/// Where the JSON Schema of documents is, below a server's address.
pub const SCHEMA: &str = "/api/v1/declarations.schema.json";

/// What one document declares. What it leaves out is as it is by default, not as it happens to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Document {
    Stream(NewStream),
    Role(DeclaredRole),
    Project(NewProject),
    Environment(DeclaredEnvironment),
    TrustRoot(DeclaredTrustRoot),
    Workflow(DeclaredWorkflow),
    Rule(DeclaredRule),
    Integration(DeclaredIntegration),
}

/// An environment of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredEnvironment {
    /// The slug of the project.
    #[schema(examples("shop"))]
    pub project: String,
    #[schema(examples("qa"))]
    pub slug: String,
    pub title: String,
    /// The slug of its release stream.
    #[schema(examples("qa"))]
    pub stream: String,
}

/// A role of the installation's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredRole {
    #[schema(examples("deployer"))]
    pub slug: String,
    pub title: String,
    /// `everywhere` or `outside_production`, by the names of permissions. It permits `view` in any case.
    pub permissions: BTreeMap<String, String>,
}

/// Someone whose signatures count in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredTrustRoot {
    /// The slug of the project.
    #[schema(examples("shop"))]
    pub project: String,
    /// Gates name it so.
    #[schema(examples("release-key"))]
    pub slug: String,
    pub trusts: Trusts,
}

/// A promotion workflow of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredWorkflow {
    /// The slug of the project.
    #[schema(examples("shop"))]
    pub project: String,
    #[schema(examples("release"))]
    pub slug: String,
    pub title: String,
    #[serde(rename = "type")]
    pub of: BucketKind,
    /// Whether integrations of its type follow it where they say nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_default: bool,
    pub stages: Vec<Stage>,
    /// The ways between the stages; left out, each stage leads to the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edges: Option<Vec<Edge>>,
}

/// A CI rule of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredRule {
    /// The slug of the project.
    #[schema(examples("shop"))]
    pub project: String,
    #[schema(examples("branches"))]
    pub slug: String,
    pub title: String,
    #[serde(rename = "type")]
    pub of: BucketKind,
    /// Whether integrations of its type that follow the project's default follow it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_default: bool,
    /// The first that matches decides.
    pub criteria: Vec<Criterion>,
}

/// A CI integration of a project, with all that is set for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredIntegration {
    /// The slug of the project.
    #[schema(examples("shop"))]
    pub project: String,
    #[schema(examples("checkout"))]
    pub slug: String,
    pub title: String,
    #[serde(rename = "type")]
    pub of: BucketKind,
    /// Left out, the project's default workflow of its type.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub workflow: Follows,
    /// Left out, the project's default rule of its type.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub rule: FollowedRule,
    /// Left out, everything is kept.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub retention: Retention,
}

/// Documents to compare with what there is, or to make it so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeclarations {
    #[schema(value_type = Vec<Document>)]
    pub documents: Vec<serde_json::Value>,
    /// The name of the set that these documents are: it becomes the owner of what they declare. Left out, nobody does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(examples("platform"))]
    pub set: String,
    /// Deletes what the set declared before in the projects that the documents name, and does not declare any more.
    #[serde(default)]
    pub prune: bool,
    /// Makes this set the owner also of what another one declares.
    #[serde(default)]
    pub take_over: bool,
    /// The fingerprint of the plan that was looked at: if these documents would change anything else by now, nothing
    /// happens. A plan does not heed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

/// Documents that declare what there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportedDeclarations {
    pub documents: Vec<Document>,
}

/// Which documents are exported: without anything, those of all projects in use that you see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeclarationsExport {
    /// The slug of a project, whose documents are meant alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub project: String,
    /// What a document says by its `kind`, where one thing is meant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The slug of that thing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub slug: String,
}

impl NewDeclarations {
    /// The documents, or everything that is wrong with their form.
    ///
    /// # Errors
    /// Each mistake with its place in the body.
    pub fn read(&self) -> Result<Vec<Declaration>, Vec<Mistake>> {
        let (mut read, mut mistakes) = (Vec::new(), Vec::new());
        for (number, document) in self.documents.iter().enumerate() {
            match Document::read(document.clone()) {
                Ok(document) => read.push(document.into()),
                Err(mistake) => mistakes.push(mistake.below(&format!("documents/{number}"))),
            }
        }
        if mistakes.is_empty() { Ok(read) } else { Err(mistakes) }
    }
}

impl ExportedDeclarations {
    /// The documents as a file of YAML, which names its schema to editors.
    ///
    /// # Errors
    /// What is no plain data, which documents are.
    pub fn yaml(&self, schema: &str) -> Result<String, serde_saphyr::ser::Error> {
        let mut text = format!("# yaml-language-server: $schema={schema}\n");
        for (number, document) in self.documents.iter().enumerate() {
            if number > 0 {
                text.push_str("---\n");
            }
            text.push_str(&crate::yaml::text(document)?);
        }
        Ok(text)
    }
}

impl From<Vec<Declaration>> for ExportedDeclarations {
    fn from(declarations: Vec<Declaration>) -> Self {
        Self { documents: declarations.into_iter().map(Document::from).collect() }
    }
}

fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl From<Document> for Declaration {
    fn from(document: Document) -> Self {
        match document {
            Document::Stream(new) => Self::Stream(new.into()),
            Document::Role(DeclaredRole { slug, title, permissions }) => {
                Self::Role(RoleForm { slug, title, from: String::new(), permissions })
            }
            Document::Project(new) => Self::Project(new.into()),
            Document::TrustRoot(DeclaredTrustRoot { project, slug, trusts }) => {
                Self::TrustRoot { project, form: trusts.form(slug) }
            }
            Document::Environment(DeclaredEnvironment { project, slug, title, stream }) => {
                let form = towpath_domain::environments::EnvironmentForm { slug, title, stream };
                Self::Environment { project, form }
            }
            Document::Workflow(declared) => {
                let DeclaredWorkflow { project, slug, title, of: kind, is_default, stages, edges } = declared;
                let new = NewWorkflow { slug, title, kind, is_default, stages, edges };
                Self::Workflow { project, workflow: new.into() }
            }
            Document::Rule(declared) => {
                let DeclaredRule { project, slug, title, of: kind, is_default, criteria } = declared;
                let new = NewRule { slug, title, kind, is_default, criteria };
                Self::Rule { project, form: new.into() }
            }
            Document::Integration(declared) => Self::Integration(declared.into()),
        }
    }
}

impl From<DeclaredIntegration> for domain::DeclaredIntegration {
    fn from(declared: DeclaredIntegration) -> Self {
        let DeclaredIntegration { project, slug, title, of, workflow, rule, retention } = declared;
        let kind = towpath_domain::buckets::BucketKind::from(of).name().to_owned();
        Self {
            project,
            form: IntegrationForm { slug, title, kind, workflow: workflow.choice() },
            rule: rule.choice(),
            retention: retention.into(),
        }
    }
}

impl From<Declaration> for Document {
    fn from(declaration: Declaration) -> Self {
        match declaration {
            Declaration::Stream(form) => {
                let production = form.production.is_some();
                Self::Stream(NewStream { slug: form.slug, title: form.title, production })
            }
            Declaration::Role(RoleForm { slug, title, permissions, .. }) => {
                Self::Role(DeclaredRole { slug, title, permissions })
            }
            Declaration::Project(form) => Self::Project(NewProject { slug: form.slug, title: form.title }),
            Declaration::TrustRoot { project, form } => {
                Self::TrustRoot(DeclaredTrustRoot { project, slug: form.name.clone(), trusts: form.into() })
            }
            Declaration::Environment { project, form } => Self::Environment(DeclaredEnvironment {
                project,
                slug: form.slug,
                title: form.title,
                stream: form.stream,
            }),
            Declaration::Workflow { project, workflow } => {
                let edge = |(from, to)| Edge { from, to };
                Self::Workflow(DeclaredWorkflow {
                    project,
                    slug: workflow.slug,
                    title: workflow.title,
                    of: workflow.kind.into(),
                    is_default: workflow.is_default,
                    stages: workflow.stages.into_iter().map(Stage::from).collect(),
                    edges: workflow.edges.map(|edges| edges.into_iter().map(edge).collect()),
                })
            }
            Declaration::Rule { project, form } => Self::Rule(DeclaredRule {
                project,
                slug: form.slug,
                title: form.title,
                of: kind(&form.kind),
                is_default: form.is_default.is_some(),
                criteria: form.criteria.into_iter().map(Criterion::from).collect(),
            }),
            Declaration::Integration(declared) => Self::Integration(DeclaredIntegration {
                project: declared.project,
                slug: declared.form.slug,
                title: declared.form.title,
                of: kind(&declared.form.kind),
                workflow: Follows::read(declared.form.workflow),
                rule: FollowedRule::read(declared.rule),
                retention: declared.retention.into(),
            }),
        }
    }
}

/// What is stored was checked, so it is one of the two.
fn kind(name: &str) -> BucketKind {
    if name == towpath_domain::buckets::BucketKind::ReleaseStream.name() {
        BucketKind::ReleaseStream
    } else {
        BucketKind::Environment
    }
}
