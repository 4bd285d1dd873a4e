//! Roles: what each permits, and where somebody holds one.

use super::{Action, Place};
use crate::ids::{BindingId, PersonId};
use crate::slugs::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a permission of a role goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    Everywhere,
    OutsideProduction,
}

impl Reach {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::OutsideProduction => "outside_production",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Everywhere, Self::OutsideProduction].into_iter().find(|reach| reach.name() == text)
    }

    /// “promote outside production”.
    pub(crate) fn words(self, action: Action) -> String {
        match self {
            Self::Everywhere => action.to_string(),
            Self::OutsideProduction => format!("{action} outside production"),
        }
    }
}

/// What a role permits: data, not code, so that an installation may define its own.
pub type Permissions = BTreeMap<Action, Reach>;

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    pub slug: Slug,
    pub title: String,
    pub permissions: Permissions,
}

/// A role bound to a person at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    pub id: BindingId,
    pub person: PersonId,
    pub place: Place,
}

/// One role that an actor holds, with the place that it is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub role: Role,
    pub place: Place,
}

impl Role {
    pub fn viewer() -> Self {
        Self::built("viewer", "Viewer", &[Action::View, Action::Pull])
    }

    pub fn developer() -> Self {
        let mut role = Self::built("developer", "Developer", &[Action::View, Action::Pull, Action::Push]);
        role.permissions.insert(Action::Promote, Reach::OutsideProduction);
        role.permissions.insert(Action::Report, Reach::OutsideProduction);
        role
    }

    pub fn release_manager() -> Self {
        use Action::{Approve, Hold, PassGates, Promote, Pull, Push, Report, RollBack, View};
        Self::built(
            "release-manager",
            "Release manager",
            &[View, Pull, Push, Promote, Approve, PassGates, RollBack, Hold, Report],
        )
    }

    /// Configures and does the daily work too, but never approves.
    pub fn admin() -> Self {
        use Action::{Configure, Delete, Hold, ManagePeople, Promote, Pull, Push, Report, RollBack, View};
        Self::built(
            "admin",
            "Admin",
            &[View, Pull, Push, Delete, Promote, RollBack, Hold, Report, Configure, ManagePeople],
        )
    }

    /// What a publisher's jobs hold in its project.
    pub fn publisher() -> Self {
        Self::built("publisher", "Publisher", &[Action::View, Action::Pull, Action::Push])
    }

    /// What a deployer's read token holds where it is for.
    pub fn reader() -> Self {
        Self::built("reader", "Reader", &[Action::Pull])
    }

    pub fn auditor() -> Self {
        Self::built("auditor", "Auditor", &[Action::View])
    }

    pub fn built_in() -> [Self; 5] {
        [Self::viewer(), Self::developer(), Self::release_manager(), Self::admin(), Self::auditor()]
    }

    /// Whether every installation has it, so that it means the same everywhere and is not changed.
    pub fn is_built_in(&self) -> bool {
        Self::built_in().iter().any(|role| role.slug == self.slug)
    }

    /// The slugs that no role of an installation's own has: those of built-in ones, and of what machines hold.
    pub(crate) fn reserved() -> [Slug; 8] {
        let [viewer, developer, manager, admin, auditor] = Self::built_in().map(|role| role.slug);
        let (publisher, reader) = (Self::publisher().slug, Self::reader().slug);
        let anybody = Slug::parse("anybody").expect("it fits the grammar");
        [viewer, developer, manager, admin, auditor, publisher, reader, anybody]
    }

    /// What it permits, in words.
    pub fn words(&self) -> String {
        words(&self.permissions)
    }

    pub(super) fn built(slug: &str, title: &str, actions: &[Action]) -> Self {
        Self {
            slug: Slug::parse(slug).expect("built-in slugs fit the grammar"),
            title: title.to_owned(),
            permissions: actions.iter().map(|action| (*action, Reach::Everywhere)).collect(),
        }
    }
}

/// What is permitted, in words: “view, pull, push, and promote outside production”.
pub(crate) fn words(permissions: &Permissions) -> String {
    let words: Vec<String> = permissions.iter().map(|(action, reach)| reach.words(*action)).collect();
    match words.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [most @ .., last] => format!("{}, and {last}", most.join(", ")),
    }
}

/// “Admins and release managers have it.”
pub(super) fn who_has(action: Action) -> String {
    let roles: Vec<String> = Role::built_in()
        .into_iter()
        .filter(|role| role.permissions.get(&action) == Some(&Reach::Everywhere))
        .map(|role| format!("{}s", role.title.to_lowercase()))
        .collect();
    let list = match roles.as_slice() {
        [] => return String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    };
    let mut characters = list.chars();
    let first = characters.next().map(|character| character.to_ascii_uppercase());
    format!("{}{} have it; an admin can grant the role.", first.unwrap_or_default(), characters.as_str())
}
