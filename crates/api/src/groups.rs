//! Groups of people.

use crate::people::Person;
use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::groups as domain;
use utoipa::ToSchema;

/// A named set of people, who hold the roles that are bound to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Group {
    #[schema(examples("release-crew"))]
    pub slug: String,
    pub title: String,
    pub created_at: Timestamp,
    /// How many are in it.
    pub members: usize,
    pub roles: Vec<GroupRole>,
}

/// A role that is bound to a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupRole {
    /// Names the binding, to take the role away.
    #[schema(format = "uuid")]
    pub binding: String,
    pub role: String,
    /// The place in words.
    pub place: String,
}

/// A group with who is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupWithMembers {
    #[serde(flatten)]
    pub group: Group,
    pub people: Vec<GroupMember>,
}

/// Someone in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupMember {
    #[serde(flatten)]
    pub person: Person,
    /// Since when they are in it.
    pub since: Timestamp,
    /// Whether they may not act, so that the group gives them nothing.
    pub deactivated: bool,
}

/// A group to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    #[schema(examples("release-crew"))]
    pub slug: String,
    pub title: String,
}

/// Someone to put into a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroupMember {
    pub email: String,
}

/// A role to bind to a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroupRole {
    /// The slug of a role.
    #[schema(examples("release-manager"))]
    pub role: String,
    /// `installation`, `project:SLUG`, `environment:PROJECT/SLUG` or `stream:SLUG`.
    #[schema(examples("project:shop"))]
    pub place: String,
}

impl From<domain::Group> for Group {
    fn from(group: domain::Group) -> Self {
        domain::GroupLine { group, members: 0, roles: Vec::new() }.into()
    }
}

impl From<domain::GroupLine> for Group {
    fn from(line: domain::GroupLine) -> Self {
        Self {
            slug: line.group.slug.into(),
            title: line.group.title.into(),
            created_at: line.group.created_at.into(),
            members: line.members,
            roles: line.roles.into_iter().map(GroupRole::from).collect(),
        }
    }
}

impl From<domain::GroupRole> for GroupRole {
    fn from(role: domain::GroupRole) -> Self {
        Self { binding: role.binding.to_string(), role: role.role.into(), place: role.place }
    }
}

impl From<domain::GroupView> for GroupWithMembers {
    fn from(view: domain::GroupView) -> Self {
        let line = domain::GroupLine { group: view.group, members: view.members.len(), roles: view.roles };
        Self { group: line.into(), people: view.members.into_iter().map(GroupMember::from).collect() }
    }
}

impl From<domain::GroupMember> for GroupMember {
    fn from(member: domain::GroupMember) -> Self {
        Self { person: member.person.into(), since: member.since.into(), deactivated: member.deactivated }
    }
}

impl From<NewGroup> for domain::GroupForm {
    fn from(new: NewGroup) -> Self {
        Self { slug: new.slug, title: new.title }
    }
}

impl From<NewGroupMember> for domain::GroupMemberForm {
    fn from(new: NewGroupMember) -> Self {
        Self { email: new.email }
    }
}

impl From<NewGroupRole> for domain::GroupRoleForm {
    fn from(new: NewGroupRole) -> Self {
        Self { role: new.role, place: new.place }
    }
}
