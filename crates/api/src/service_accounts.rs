//! Service accounts.

use crate::people::Role;
use crate::times::Timestamp;
use crate::tokens::Token;
use serde::{Deserialize, Serialize};
use towpath_domain::service_accounts as domain;
use utoipa::ToSchema;

/// A machine with a name, roles and tokens of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceAccount {
    #[schema(format = "uuid")]
    pub id: String,
    pub name: String,
    /// The slug of its project; absent for one of the installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The name of who made it.
    pub made_by: String,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// When one of its tokens was used last, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    pub roles: Vec<Role>,
}

/// A service account with its tokens, as far as you manage it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceAccountWithTokens {
    #[serde(flatten)]
    pub account: ServiceAccount,
    pub tokens: Vec<Token>,
}

/// A service account to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceAccount {
    #[schema(examples("Deployer"))]
    pub name: String,
    /// The slug of its project; left out for one of the installation.
    #[serde(default)]
    pub project: String,
}

/// A role to give to a service account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceRole {
    /// The slug of a role.
    #[schema(examples("viewer"))]
    pub role: String,
    /// `installation`, `project:SLUG`, `environment:PROJECT/SLUG` or `stream:SLUG`.
    #[schema(examples("project:shop"))]
    pub place: String,
}

impl From<domain::ServiceAccountLine> for ServiceAccount {
    fn from(line: domain::ServiceAccountLine) -> Self {
        let domain::ServiceAccountLine { account, made_by, roles } = line;
        Self {
            id: account.id.to_string(),
            name: account.name.into(),
            project: account.project.map(String::from),
            made_by,
            created_at: account.created_at.into(),
            disabled_at: account.disabled_at.map(Timestamp::from),
            last_used_at: account.last_used_at.map(Timestamp::from),
            roles: roles.into_iter().map(Role::from).collect(),
        }
    }
}

impl From<domain::ServiceAccountView> for ServiceAccountWithTokens {
    fn from(view: domain::ServiceAccountView) -> Self {
        Self { account: view.line.into(), tokens: view.tokens.into_iter().map(Token::from).collect() }
    }
}

impl From<NewServiceAccount> for domain::ServiceAccountForm {
    fn from(new: NewServiceAccount) -> Self {
        Self { name: new.name, project: new.project }
    }
}

impl From<NewServiceRole> for domain::ServiceRoleForm {
    fn from(new: NewServiceRole) -> Self {
        Self { role: new.role, place: new.place }
    }
}
