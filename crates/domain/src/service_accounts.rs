//! Service accounts: named machines of a project, or of the installation. They hold roles like people and have tokens of their
//! own; nobody signs in to them, and none of them is ever counted as a person.

use crate::access::Role;
use crate::forms::{Check, Invalid};
use crate::ids::PersonId;
use crate::people::MemberRole;
use crate::projects::Project;
use crate::slugs::Slug;
use crate::times::Time;
use crate::tokens::Token;
use crate::words::PersonName;
use serde::{Deserialize, Serialize};

/// A machine with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccount {
    /// The account in whose name it acts.
    pub id: PersonId,
    pub name: PersonName,
    /// Absent for one of the installation.
    pub project: Option<Slug>,
    pub made_by: PersonId,
    pub created_at: Time,
    pub disabled_at: Option<Time>,
    /// When one of its tokens was used last.
    pub last_used_at: Option<Time>,
}

/// What the form for a new service account holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceAccountForm {
    pub name: String,
    /// The slug of its project; empty for one of the installation.
    pub project: String,
}

impl ServiceAccountForm {
    pub fn check(&self) -> Result<PersonName, Invalid> {
        let mut check = Check::default();
        let name = check.field("name", PersonName::parse(&self.name));
        check.finish(name)
    }
}

/// What the form for a role of a service account holds, as chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceRoleForm {
    /// A role's slug.
    pub role: String,
    /// `installation`, `project:SLUG`, `environment:PROJECT/SLUG` or `stream:SLUG`.
    pub place: String,
}

/// The service accounts of a project, or of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccountsView {
    pub project: Option<Project>,
    pub accounts: Vec<ServiceAccountLine>,
    pub may_manage: Result<(), String>,
    pub now: Time,
}

/// One of them in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccountLine {
    pub account: ServiceAccount,
    /// The name of who made it.
    pub made_by: String,
    pub roles: Vec<MemberRole>,
}

/// One service account with all about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccountView {
    pub project: Option<Project>,
    pub line: ServiceAccountLine,
    /// Empty for who may not manage it.
    pub tokens: Vec<Token>,
    /// What a role of it can be, and where: the form's value and its words.
    pub roles: Vec<Role>,
    pub places: Vec<(String, String)>,
    /// What a token of it can be for: `PROJECT` and `PROJECT/INTEGRATION`.
    pub scopes: Vec<String>,
    pub may_manage: Result<(), String>,
    pub now: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_account_has_a_name() {
        let form = |name: &str| ServiceAccountForm { name: name.into(), project: String::new() };
        assert_eq!(form(" Deployer ").check().expect("a name").as_str(), "Deployer");
        assert_eq!(form("").check().expect_err("none").errors()[0].field, "name");
    }
}
