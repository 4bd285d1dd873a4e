//! Saved views: filters of the first page that a person keeps by a name, begins with, or shares with a project.

use crate::forms::{Check, Invalid};
use crate::home::Filter;
use crate::ids::{PersonId, ProjectId, SavedViewId};
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::Title;
use serde::{Deserialize, Serialize};

/// How many views one person keeps at most.
pub const MOST: usize = 50;

/// The longest part of a name that a view filters by, in characters.
const LONGEST: usize = 100;

/// A view as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    pub id: SavedViewId,
    pub owner: PersonId,
    pub title: Title,
    pub filter: Filter,
    /// Whose viewers see it, too.
    pub shared: Option<ProjectId>,
    pub created_at: Time,
}

/// A view as someone sees it who may use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedViewLine {
    pub id: SavedViewId,
    pub title: Title,
    pub filter: Filter,
    /// The project that it is shared with.
    pub shared: Option<Slug>,
    /// Who saved it.
    pub by: String,
    /// Whether who looks saved it.
    pub own: bool,
    /// Whether who looks begins with it.
    pub start: bool,
    /// Whether who looks may delete it, or take it away from the project that it is shared with.
    pub may_delete: bool,
}

/// The views that someone may use: their own first, then those shared with projects that they see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedViews {
    pub views: Vec<SavedViewLine>,
    /// The projects that a view can be shared with.
    pub projects: Vec<Slug>,
}

/// The form for a view, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedViewForm {
    pub title: String,
    /// The slug of the project that it is shared with; empty for none.
    pub share: String,
    /// Present where the person begins with it from now on.
    pub start: Option<String>,
    /// The filter, as the first page's form has it.
    pub project: String,
    pub q: String,
}

/// A checked form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSavedView {
    pub title: Title,
    pub share: Option<Slug>,
    pub start: bool,
    pub filter: Filter,
}

impl SavedViewForm {
    /// Checks the form.
    ///
    /// # Errors
    /// The mistakes, each beside its field.
    pub fn check(&self) -> Result<NewSavedView, Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let share = match self.share.trim() {
            "" => Some(None),
            slug => check.field("share", Slug::parse(slug)).map(Some),
        };
        let project = match self.project.trim() {
            "" => Some(String::new()),
            slug => check.field("project", Slug::parse(slug)).map(String::from),
        };
        let q = self.q.trim();
        if q.chars().count() > LONGEST {
            check.mistake("q", format!("Use at most {LONGEST} characters."));
        }
        let filter = project.map(|project| Filter { project, q: q.to_owned() });
        if filter == Some(Filter::default()) {
            check.mistake("q", "Filter by a project or a part of a name first: everything needs no name.");
        }
        let start = self.start.is_some();
        let new = title.zip(share).zip(filter);
        check.finish(new.map(|((title, share), filter)| NewSavedView { title, share, start, filter }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(title: &str, share: &str, project: &str, q: &str) -> SavedViewForm {
        let [title, share, project, q] = [title, share, project, q].map(str::to_owned);
        SavedViewForm { title, share, start: None, project, q }
    }

    fn fields(form: &SavedViewForm) -> Vec<String> {
        let invalid = form.check().unwrap_err();
        invalid.errors().iter().map(|error| error.field.clone()).collect()
    }

    #[test]
    fn a_view_narrows_by_a_project_or_a_name() {
        let new = form(" Payments ", "", "shop", " pay ").check().unwrap();
        assert_eq!(new.title.as_str(), "Payments");
        assert_eq!(new.filter, Filter { project: "shop".to_owned(), q: "pay".to_owned() });
        assert_eq!((new.share, new.start), (None, false));
        assert!(form("Mine", "shop", "", "pay").check().is_ok());
        assert_eq!(fields(&form("All", "", "", " ")), ["q"]);
    }

    #[test]
    fn mistakes_are_told_by_their_fields() {
        assert_eq!(
            fields(&form("", "Not a slug", "Shop!", &"x".repeat(101))),
            ["title", "share", "project", "q"]
        );
    }
}
