//! Delegations: who decides on promotions for whom.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::delegations as domain;
use towpath_domain::people::Person;
use utoipa::ToSchema;

/// That one person decides on promotions for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delegation {
    #[schema(format = "uuid")]
    pub id: String,
    /// Whose decisions they are.
    pub from: Delegate,
    /// Who takes them.
    pub to: Delegate,
    /// The role by which they are taken; absent for every role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The project in which; absent for everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    pub reason: String,
    pub at: Timestamp,
    pub until: Timestamp,
}

/// Somebody on one side of a delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delegate {
    pub name: String,
    pub email: String,
}

/// The delegations in force that concern you.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delegations {
    /// By which others decide for you.
    pub given: Vec<Delegation>,
    /// By which you decide for others.
    pub taken: Vec<Delegation>,
}

/// Hands your decisions to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDelegation {
    /// The address of who is to decide for you.
    #[schema(examples("max@example.org"))]
    pub delegate: String,
    /// One of your roles; left out, every one.
    #[serde(default)]
    pub role: String,
    /// A project; left out, everywhere.
    #[serde(default)]
    pub project: String,
    /// A time, or a length of time from now, up to 90 days.
    #[schema(examples("14d"))]
    pub until: String,
    pub reason: String,
}

impl From<Person> for Delegate {
    fn from(person: Person) -> Self {
        Self { name: person.name.into(), email: person.email.into() }
    }
}

impl From<domain::DelegationLine> for Delegation {
    fn from(line: domain::DelegationLine) -> Self {
        Self {
            id: line.id.to_string(),
            from: line.from.into(),
            to: line.to.into(),
            role: line.role.map(String::from),
            project: line.project.map(String::from),
            reason: line.reason,
            at: line.at.into(),
            until: line.until.into(),
        }
    }
}

impl From<domain::DelegationsView> for Delegations {
    fn from(view: domain::DelegationsView) -> Self {
        let lines = |lines: Vec<domain::DelegationLine>| lines.into_iter().map(Delegation::from).collect();
        Self { given: lines(view.given), taken: lines(view.taken) }
    }
}

impl From<NewDelegation> for domain::DelegationForm {
    fn from(new: NewDelegation) -> Self {
        let NewDelegation { delegate, role, project, until, reason } = new;
        Self { delegate, role, project, until, reason }
    }
}
