//! Roles: what each permits, and who holds it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use towpath_domain::access;
use towpath_domain::roles as domain;
use utoipa::ToSchema;

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleDefinition {
    #[schema(examples("release-manager"))]
    pub slug: String,
    pub title: String,
    /// Whether every installation has it; it is not changed then.
    pub built_in: bool,
    /// How far each permission goes, by its name: `everywhere` where the role is bound, or `outside_production`.
    pub permissions: BTreeMap<String, String>,
    /// How many hold it, for who manages the people of the installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holders: Option<usize>,
}

/// A role with who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleWithHolders {
    #[serde(flatten)]
    pub role: RoleDefinition,
    /// Absent for who does not manage the people of the installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<Vec<RoleHolder>>,
}

/// Someone who holds a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleHolder {
    #[schema(format = "uuid")]
    pub person: String,
    pub name: String,
    /// The place in words.
    pub place: String,
    /// The slug of the group to which it is bound, where it is not bound to the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// A role to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    #[schema(examples("deployer"))]
    pub slug: String,
    pub title: String,
    /// The slug of a role that it begins as.
    #[serde(default)]
    #[schema(examples("viewer"))]
    pub from: String,
    /// How far each permission goes, by its name: `everywhere`, `outside_production`, or empty for one that it does not take from
    /// the role that it begins as.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
}

/// What a role is to be. What is left out of the permissions, it does not permit any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    pub title: String,
    /// `everywhere` or `outside_production`, by the names of permissions.
    pub permissions: BTreeMap<String, String>,
}

impl From<access::Role> for RoleDefinition {
    fn from(role: access::Role) -> Self {
        let permissions = role.permissions.iter();
        let permissions =
            permissions.map(|(action, reach)| (action.name().to_owned(), reach.name().to_owned()));
        Self {
            built_in: role.is_built_in(),
            permissions: permissions.collect(),
            slug: role.slug.into(),
            title: role.title,
            holders: None,
        }
    }
}

impl From<domain::RoleLine> for RoleDefinition {
    fn from(line: domain::RoleLine) -> Self {
        Self { holders: line.holders, ..line.role.into() }
    }
}

impl From<domain::RoleView> for RoleWithHolders {
    fn from(view: domain::RoleView) -> Self {
        let held_by = view.holders.map(|holders| holders.into_iter().map(RoleHolder::from).collect());
        Self { role: view.role.into(), held_by }
    }
}

impl From<domain::RoleHolder> for RoleHolder {
    fn from(holder: domain::RoleHolder) -> Self {
        Self {
            person: holder.person.to_string(),
            name: holder.name,
            place: holder.place,
            group: holder.group.map(|group| group.slug.into()),
        }
    }
}

impl From<NewRole> for domain::RoleForm {
    fn from(new: NewRole) -> Self {
        Self { slug: new.slug, title: new.title, from: new.from, permissions: new.permissions }
    }
}

impl From<RoleChange> for domain::RoleForm {
    fn from(change: RoleChange) -> Self {
        Self { title: change.title, permissions: change.permissions, ..Self::default() }
    }
}
