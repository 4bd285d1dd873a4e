//! Groups: named sets of people of an installation. Whoever is in one holds the roles that are bound to it.

use crate::access::Role;
use crate::forms::{Check, Invalid};
use crate::ids::{BindingId, GroupId};
use crate::people::Person;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::{Email, Title};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A named set of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub id: GroupId,
    pub slug: Slug,
    pub title: Title,
    pub created_at: Time,
}

/// By what a group is known where it is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupName {
    pub slug: Slug,
    pub title: String,
}

/// “through the group Release crew”.
impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "through the group {}", self.title)
    }
}

/// What the form for a new group holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupForm {
    pub slug: String,
    pub title: String,
}

impl GroupForm {
    pub fn check(&self) -> Result<(Slug, Title), Invalid> {
        let mut check = Check::default();
        let title = check.field("title", Title::parse(&self.title));
        let slug = check.field("slug", Slug::parse_new(&self.slug));
        check.finish(slug.zip(title))
    }
}

/// Whom to put into a group, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupMemberForm {
    pub email: String,
}

impl GroupMemberForm {
    pub fn check(&self) -> Result<Email, Invalid> {
        Email::parse(&self.email).map_err(|error| Invalid::field("email", error))
    }
}

/// A role to bind to a group, as chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupRoleForm {
    /// A role's slug.
    pub role: String,
    /// `installation`, `project:SLUG`, `environment:PROJECT/SLUG` or `stream:SLUG`.
    pub place: String,
}

/// The groups of an installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupsView {
    pub groups: Vec<GroupLine>,
}

/// A group with how many are in it, and what they hold by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupLine {
    pub group: Group,
    pub members: usize,
    pub roles: Vec<GroupRole>,
}

/// A role that is bound to a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRole {
    pub binding: BindingId,
    pub role: Slug,
    pub title: String,
    /// The place in words.
    pub place: String,
}

/// One group, with what can be given to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupView {
    pub group: Group,
    pub members: Vec<GroupMember>,
    pub roles: Vec<GroupRole>,
    pub known_roles: Vec<Role>,
    /// Where a role can be bound: the form's value and its words.
    pub places: Vec<(String, String)>,
    pub now: Time,
}

/// Someone in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMember {
    pub person: Person,
    pub since: Time,
    /// Whether they may not act, so that the group gives them nothing.
    pub deactivated: bool,
}
