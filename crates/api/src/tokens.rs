//! API tokens.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::access::Action;
use towpath_domain::tokens as domain;
use utoipa::ToSchema;

/// What is known of a token once its secret has been shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    #[schema(format = "uuid")]
    pub id: String,
    pub title: String,
    /// What it may do, within what its owner may.
    pub actions: Vec<String>,
    /// The project, or the integration as `PROJECT/INTEGRATION`; empty for all that its owner reaches.
    pub scope: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
    /// The network address of that use, as far as it is known.
    pub last_used_from: Option<String>,
    /// Until when the secret before works, too, where it was replaced.
    pub former_until: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// The environment of which it is a read token, as “shop / prod”: it pulls what is or was current there, and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The names of those who made it in another's name, or were shown a later secret of it. None of them approves what it
    /// asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made_by: Vec<String>,
}

/// A token to make, in your name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    pub title: String,
    /// Any of `view`, `pull`, `push`, `delete`, `promote`, `roll_back`, `hold`, `report`.
    pub actions: Vec<String>,
    /// A project, or an integration as `PROJECT/INTEGRATION`; left out, all that you reach.
    #[serde(default)]
    pub scope: String,
    /// Days until it expires, 1 to 365.
    pub days: i64,
}

/// How a token gets another secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRotation {
    /// Days until the token expires, 1 to 365.
    pub days: i64,
    /// Hours for which the secret before works, too, 0 to 720; left out, 24.
    #[serde(default)]
    pub overlap_hours: Option<i64>,
    /// Whether the secret before the present one, where it works still after an earlier rotation, may stop working at once.
    /// Left out, the rotation is refused while it does.
    #[serde(default)]
    pub end_overlap: bool,
}

/// How many tokens worked until now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevokedTokens {
    pub revoked: u64,
}

/// A token that was made. The secret is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedToken {
    pub secret: String,
    pub token: Token,
}

impl From<domain::Token> for Token {
    fn from(token: domain::Token) -> Self {
        Self {
            id: token.id.to_string(),
            title: token.title.into(),
            actions: token.actions.into_iter().map(Action::name).map(str::to_owned).collect(),
            scope: token.scope,
            created_at: token.created_at.into(),
            expires_at: token.expires_at.into(),
            last_used_at: token.last_used_at.map(Timestamp::from),
            last_used_from: token.last_used_from,
            former_until: token.former_until.map(Timestamp::from),
            revoked_at: token.revoked_at.map(Timestamp::from),
            environment: token.environment,
            made_by: token.made_by,
        }
    }
}

impl From<TokenRotation> for domain::RotationForm {
    fn from(rotation: TokenRotation) -> Self {
        Self {
            days: rotation.days.to_string(),
            overlap_hours: rotation.overlap_hours.map(|hours| hours.to_string()).unwrap_or_default(),
            end_overlap: rotation.end_overlap.then(String::new),
        }
    }
}

impl From<NewToken> for domain::TokenForm {
    fn from(new: NewToken) -> Self {
        Self { title: new.title, scope: new.scope, actions: new.actions, days: new.days.to_string() }
    }
}
