//! The first page: what every service should run in every environment, and what waits for who looks.

use crate::deployments::{Likeness, Run};
use crate::digests::Digest;
use crate::holds::HoldLine;
use crate::inbox::InboxLine;
use crate::pins::Source;
use crate::projects::Step;
use crate::references::Tag;
use crate::saved_views::SavedViews;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::Title;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Services by environments, a page of them, and the inbox beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// In the order of their slugs; the first and the last may go on on another page.
    pub groups: Vec<HomeGroup>,
    /// Names the next page, where there is one.
    pub next: Option<Place>,
    /// What it is filtered by.
    pub filter: Filter,
    /// The saved views that this person may use.
    pub views: SavedViews,
    /// The projects that the filter can choose from.
    pub projects: Vec<(Slug, Title)>,
    /// The promotions that wait longest for this person's decision, and how many there are in all.
    pub to_decide: Vec<InboxLine>,
    pub waiting: usize,
    pub may_create: Result<(), String>,
    /// Whom to ask for a role, for someone who has none at all; empty where the installation does not say.
    pub roleless: Option<String>,
    /// The holds in force that stop the whole installation.
    pub stopped: Vec<HoldLine>,
    /// When the next hold begins or ends by itself, or the next pin ends, whichever.
    pub turns_at: Option<Time>,
    /// Whether there are projects that were put away.
    pub archived: bool,
    /// The audit log's size when this was read.
    pub as_of: i64,
    pub now: Time,
}

impl Home {
    /// The cell of a project's service in one of its environments, by their places in the group.
    pub fn cell(&self, project: &Slug, row: usize, column: usize) -> Option<&Cell> {
        let group = self.groups.iter().find(|group| &group.project == project)?;
        group.services.get(row)?.cells.get(column)
    }
}

/// A project with those of its services that are on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeGroup {
    pub project: Slug,
    pub title: Title,
    pub environments: Vec<HomeEnvironment>,
    pub services: Vec<HomeService>,
    /// What the project needs next, as long as no build can arrive in it.
    pub step: Option<Step>,
    pub may_configure: bool,
}

/// A column of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeEnvironment {
    pub title: Title,
    /// Whether it is of a production stream.
    pub production: bool,
}

/// A row of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeService {
    pub slug: Slug,
    pub title: Title,
    /// The board where its builds are moved, by project and integration; absent where it may not be seen.
    pub board: Option<(Slug, Slug)>,
    /// One for each environment of the project, in the same order.
    pub cells: Vec<Cell>,
}

/// What a service should run in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The bucket that decides: the environment's own, or its stream's.
    pub bucket: Slug,
    pub build: Option<Placed>,
    /// What says so.
    #[serde(default)]
    pub source: Source,
    /// How many promotions wait to enter, and to be pinned.
    pub waiting: i64,
    /// Whether a rollback has paused arrivals.
    pub paused: bool,
    /// Whether a hold is in force.
    pub held: bool,
    /// Whether what should run is marked bad.
    #[serde(default)]
    pub bad: bool,
    /// What runs, as far as it was reported, and how that compares with what should run.
    pub run: Option<(Run, Likeness)>,
}

impl Cell {
    /// A cell of which nothing is known but where it stands.
    #[must_use]
    pub fn bare(self) -> Self {
        Self {
            bucket: self.bucket,
            build: None,
            source: Source::Bucket,
            waiting: 0,
            paused: false,
            held: false,
            bad: false,
            run: None,
        }
    }
}

impl HomeGroup {
    /// The group without what its cells tell.
    #[must_use]
    pub fn bare(mut self) -> Self {
        for service in &mut self.services {
            service.cells = std::mem::take(&mut service.cells).into_iter().map(Cell::bare).collect();
        }
        self
    }
}

/// The build that should run, and since when it should: when it became current, or was pinned or made the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    pub tag: Tag,
    pub digest: Digest,
    pub at: Time,
}

/// Which services to show; empty parts do not narrow. The form's fields and the address's query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// A project's slug.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub project: String,
    /// A part of the name of a service or of its project.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub q: String,
}

/// The last row of a page, after which the next one starts: `PROJECT/SERVICE`, or `PROJECT/` for a project
/// without services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place {
    pub project: Slug,
    pub service: Option<Slug>,
}

impl Place {
    pub fn parse(text: &str) -> Option<Self> {
        let (project, service) = text.split_once('/')?;
        let service = match service {
            "" => None,
            slug => Some(Slug::parse(slug).ok()?),
        };
        Some(Self { project: Slug::parse(project).ok()?, service })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.project, self.service.as_ref().map(Slug::as_str).unwrap_or_default())
    }
}

impl TryFrom<String> for Place {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or(text)
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_its_text() {
        for text in ["shop/web", "shop/"] {
            assert_eq!(Place::parse(text).map(|place| place.to_string()).as_deref(), Some(text));
        }
        for text in ["", "shop", "/web", "Shop/web", "shop/we b", "a/b/c"] {
            assert_eq!(Place::parse(text), None, "{text:?}");
        }
    }
}
