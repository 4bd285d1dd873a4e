//! Sessions of people outside a browser, and who one is.

use crate::people::Person;
use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::sessions as domain;
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

/// Where you are signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnSessions {
    /// The session that asks first, then by use.
    pub items: Vec<OwnSession>,
}

/// One place where you are signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnSession {
    /// Names the session, to end it; it opens nothing.
    #[schema(format = "uuid")]
    pub id: String,
    /// The browser or program and its system, in words.
    #[schema(examples("Firefox on Linux"))]
    pub agent: String,
    /// The address of the network that it was signed in from.
    pub address: String,
    pub signed_in_at: Timestamp,
    /// To the minute.
    pub used_at: Timestamp,
    pub expires_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl From<Vec<domain::Session>> for OwnSessions {
    fn from(sessions: Vec<domain::Session>) -> Self {
        Self { items: sessions.into_iter().map(OwnSession::from).collect() }
    }
}

impl From<domain::Session> for OwnSession {
    fn from(session: domain::Session) -> Self {
        Self {
            id: session.id.to_string(),
            agent: session.agent,
            address: session.address,
            signed_in_at: session.signed_in_at.into(),
            used_at: session.used_at.into(),
            expires_at: session.expires_at.into(),
            current: session.current,
        }
    }
}
