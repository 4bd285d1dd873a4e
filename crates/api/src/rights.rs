//! Who may do what, and through which roles.

use crate::people::RoleSource;
use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::rights as domain;
use utoipa::ToSchema;

/// Who may do something somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WhoMay {
    /// Such as `approve`.
    pub action: String,
    /// The place in words.
    pub place: String,
    /// The moment that was asked for; absent for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    pub items: Vec<Holder>,
    /// Those who may in a part of the place only.
    pub partly: Vec<Holder>,
    /// Whether whoever does not say who they are may, too.
    pub anybody: bool,
}

/// Someone, or something, that may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Holder {
    /// `person`, `service_account` or `publisher`.
    pub kind: String,
    /// The account's id; a publisher's is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    pub person: Option<String>,
    pub name: String,
    pub through: Vec<Through>,
}

/// By which role somebody may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Through {
    pub role: String,
    /// Where the role is bound, in words.
    pub place: String,
    /// Where it comes from, where nobody gave it by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<RoleSource>,
    /// The slug of the group to which it is bound, where it is not bound to the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whose role it is, where somebody has handed their decisions over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_name_of: Option<String>,
    /// Whether production is left out.
    pub outside_production: bool,
}

/// What one person may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonRights {
    #[schema(format = "uuid")]
    pub person: String,
    pub name: String,
    /// The moment that was asked for; absent for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Whether they could not act at all then, whatever their roles.
    pub deactivated: bool,
    pub items: Vec<Right>,
    /// Whether roles in places that you do not see are left out.
    pub partial: bool,
}

/// Something that a person may do, and through which roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Right {
    pub action: String,
    pub through: Vec<Through>,
}

impl From<domain::WhoMay> for WhoMay {
    fn from(answer: domain::WhoMay) -> Self {
        Self {
            action: answer.action.name().to_owned(),
            place: answer.place,
            at: answer.at.map(Timestamp::from),
            items: answer.holders.into_iter().map(Holder::from).collect(),
            partly: answer.partly.into_iter().map(Holder::from).collect(),
            anybody: answer.anybody,
        }
    }
}

impl From<domain::Holder> for Holder {
    fn from(holder: domain::Holder) -> Self {
        Self {
            kind: holder.kind.name().to_owned(),
            person: holder.person.map(|person| person.to_string()),
            name: holder.name,
            through: holder.through.into_iter().map(Through::from).collect(),
        }
    }
}

impl From<domain::Through> for Through {
    fn from(through: domain::Through) -> Self {
        Self {
            role: through.role.into(),
            place: through.place,
            source: through.source.map(RoleSource::from),
            group: through.group.map(|group| group.slug.into()),
            in_name_of: through.in_name_of,
            outside_production: through.outside_production,
        }
    }
}

impl From<domain::PersonRights> for PersonRights {
    fn from(rights: domain::PersonRights) -> Self {
        let right = |domain::Right { action, through }| Right {
            action: towpath_domain::access::Action::name(action).to_owned(),
            through: through.into_iter().map(Through::from).collect(),
        };
        Self {
            person: rights.person.to_string(),
            name: rights.name,
            at: rights.at.map(Timestamp::from),
            deactivated: rights.deactivated,
            items: rights.rights.into_iter().map(right).collect(),
            partial: rights.partial,
        }
    }
}
