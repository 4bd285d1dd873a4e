//! Saved views: filters of the first page, kept by a name.

use serde::{Deserialize, Serialize};
use towpath_domain::saved_views as domain;
use utoipa::ToSchema;

/// A saved view that you may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SavedView {
    #[schema(format = "uuid")]
    pub id: String,
    pub title: String,
    /// The slug of the project that it shows; empty for all.
    pub project: String,
    /// The part of a name that services or projects have; empty for any.
    pub q: String,
    /// The project whose viewers see it, too.
    pub shared_with: Option<String>,
    /// Who saved it.
    pub by: String,
    /// Whether you saved it.
    pub own: bool,
    /// Whether you begin with it.
    pub start: bool,
}

/// A view to save, or what it is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewSavedView {
    /// What you call it; no two of yours share a title.
    #[schema(examples("Payments"))]
    pub title: String,
    /// Filters by the slug of a project; it or `q` is needed.
    pub project: String,
    /// Filters by a part of a name of services or projects.
    pub q: String,
    /// The slug of a project whose viewers see it, too.
    pub share_with: String,
    /// Whether you begin with it from now on.
    pub start: bool,
}

/// What you begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartView {
    /// A saved view; null for everything.
    #[schema(format = "uuid")]
    pub view: Option<String>,
}

impl From<domain::SavedViewLine> for SavedView {
    fn from(line: domain::SavedViewLine) -> Self {
        Self {
            id: line.id.to_string(),
            title: line.title.into(),
            project: line.filter.project,
            q: line.filter.q,
            shared_with: line.shared.map(String::from),
            by: line.by,
            own: line.own,
            start: line.start,
        }
    }
}

impl From<NewSavedView> for domain::SavedViewForm {
    fn from(new: NewSavedView) -> Self {
        let NewSavedView { title, project, q, share_with, start } = new;
        Self { title, share: share_with, start: start.then(|| "on".to_owned()), project, q }
    }
}
