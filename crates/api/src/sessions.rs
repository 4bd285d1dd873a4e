//! Sessions of people outside a browser, and who one is.

use crate::people::Person;
use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person signs in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    pub email: String,
    #[schema(format = Password)]
    pub password: String,
}

/// A session that began. Its secret is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Send it as `Authorization: Bearer …`.
    pub session: String,
    pub expires_at: Timestamp,
}

/// Who you are to this installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The person, or the token's owner.
    pub person: Person,
    pub credential: Credential,
    pub expires_at: Timestamp,
    pub grants: Vec<Grant>,
    /// What a token is narrowed to; absent for a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    Session,
    Token,
}

/// A role that you hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Grant {
    pub role: String,
    /// Where, as invitations name it: `project:shop`.
    pub place: String,
    /// Where, in words.
    pub words: String,
}
