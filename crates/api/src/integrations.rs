//! CI integrations; what is in their buckets is in [`crate::boards`].

use crate::times::Timestamp;
use crate::workflows::BucketKind;
use serde::{Deserialize, Serialize};
use towpath_domain::integrations as domain;
use towpath_domain::workflows::WorkflowName;
use utoipa::ToSchema;

/// The named repository of one service's builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Integration {
    pub slug: String,
    pub title: String,
    pub kind: BucketKind,
    pub workflow: Follows,
    pub created_at: Timestamp,
}

/// An integration to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIntegration {
    #[schema(examples("checkout"))]
    pub slug: String,
    pub title: String,
    pub kind: BucketKind,
    /// Left out, the project's default workflow of its type.
    #[serde(default)]
    pub workflow: Follows,
}

/// What services run where neither a pin nor a bucket says anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DefaultBuild {
    pub digest: String,
    pub tag: String,
}

/// A build to make the default of its integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDefaultBuild {
    pub digest: String,
}

/// Which promotion workflow an integration follows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "follows", rename_all = "snake_case", deny_unknown_fields)]
pub enum Follows {
    /// The project's default workflow of its type, whichever that is at the time.
    #[default]
    Default,
    /// The workflow of this slug.
    Own { workflow: String },
    /// None: nothing can be promoted.
    None,
}

impl Integration {
    /// An integration with its workflow named; `workflows` are those of its project.
    pub fn new(integration: domain::Integration, workflows: &[WorkflowName]) -> Self {
        let name = |id| workflows.iter().find(|name| name.id == id).map(|name| name.slug.to_string());
        Self {
            slug: integration.slug.into(),
            title: integration.title.into(),
            kind: integration.kind.into(),
            workflow: match integration.workflow {
                domain::Follows::Default => Follows::Default,
                domain::Follows::Own(id) => Follows::Own { workflow: name(id).unwrap_or_default() },
                domain::Follows::None => Follows::None,
            },
            created_at: integration.created_at.into(),
        }
    }
}

impl From<NewIntegration> for domain::IntegrationForm {
    fn from(new: NewIntegration) -> Self {
        Self {
            slug: new.slug,
            title: new.title,
            kind: towpath_domain::buckets::BucketKind::from(new.kind).name().to_owned(),
            workflow: new.workflow.choice(),
        }
    }
}

impl Follows {
    /// The choice as the form's field takes it.
    pub fn choice(self) -> String {
        match self {
            Self::Default => domain::FOLLOW_DEFAULT.to_owned(),
            Self::Own { workflow } => workflow,
            Self::None => domain::FOLLOW_NONE.to_owned(),
        }
    }

    /// The choice that stands in the form's field.
    pub fn read(choice: String) -> Self {
        match choice.as_str() {
            domain::FOLLOW_DEFAULT => Self::Default,
            domain::FOLLOW_NONE => Self::None,
            _ => Self::Own { workflow: choice },
        }
    }
}
