//! Projects: one software product each, with its environments, integrations, workflows and members.

use crate::forms::{Check, Invalid};
use crate::ids::ProjectId;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// A software product; the built-in project `global` holds what all projects share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub id: ProjectId,
    pub slug: Slug,
    pub title: Title,
    pub created_at: Time,
}

/// What the form for a new project holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectForm {
    pub slug: String,
    pub title: String,
}

/// A checked new project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProject {
    pub slug: Slug,
    pub title: Title,
}

impl Project {
    pub fn is_global(&self) -> bool {
        self.slug == Slug::global()
    }
}

impl ProjectForm {
    pub fn check(&self) -> Result<NewProject, Invalid> {
        let mut check = Check::default();
        let slug = check.field("slug", Slug::parse_new(&self.slug));
        let title = check.field("title", Title::parse(&self.title));
        check.finish(slug.zip(title).map(|(slug, title)| NewProject { slug, title }))
    }
}
