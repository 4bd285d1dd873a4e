//! People, their roles and invitations.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::people as domain;
use utoipa::ToSchema;

/// Everyone with an account, and who is invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct People {
    pub items: Vec<Member>,
    pub invitations: Vec<Invitation>,
    /// Where a role can be bound.
    pub places: Vec<Place>,
}

/// Someone with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    #[schema(format = "uuid")]
    pub id: String,
    pub name: String,
    pub email: String,
    pub joined_at: Timestamp,
}

/// A person with their roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    #[serde(flatten)]
    pub person: Person,
    /// Since when they may not act; absent while they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deactivated_at: Option<Timestamp>,
    pub roles: Vec<Role>,
}

/// A role that a person holds somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Role {
    /// Names the binding, to take the role away.
    #[schema(format = "uuid")]
    pub binding: String,
    pub role: String,
    /// The place in words.
    pub place: String,
    /// Where it comes from, where nobody gave it by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<RoleSource>,
    /// The slug of the group to which it is bound, where it is not bound to the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// An OpenID Connect provider from which a role comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleSource {
    /// Its name in the server's configuration.
    pub provider: String,
    /// The group with which the role goes; without one it was given at the first sign-in, and stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// An invitation that has not been used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// Names the invitation, to withdraw it; it is not its link.
    #[schema(format = "uuid")]
    pub id: String,
    pub email: String,
    pub role: String,
    /// The place in words.
    pub place: String,
    pub expires_at: Timestamp,
}

/// Where a role can be bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Place {
    /// What an invitation names: `installation`, `project:SLUG`, `environment:PROJECT/SLUG` or `stream:SLUG`.
    pub place: String,
    pub words: String,
}

/// Someone to invite, or to give a role to if they have an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    pub email: String,
    /// The slug of a role.
    #[schema(examples("release-manager"))]
    pub role: String,
    /// `installation`, `project:SLUG`, `environment:PROJECT/SLUG` or `stream:SLUG`.
    #[schema(examples("project:shop"))]
    pub place: String,
}

/// What came of an invitation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Invited {
    /// A one-time link for the person who is to join, shown this once.
    Invited { link: String },
    /// They have an account, and hold the role now.
    Granted,
}

impl From<domain::PeopleView> for People {
    fn from(view: domain::PeopleView) -> Self {
        let places = view.places.into_iter().map(|(place, words)| Place { place, words });
        Self {
            items: view.people.into_iter().map(Member::from).collect(),
            invitations: view.invitations.into_iter().map(Invitation::from).collect(),
            places: places.collect(),
        }
    }
}

impl From<domain::Person> for Person {
    fn from(person: domain::Person) -> Self {
        Self {
            id: person.id.to_string(),
            name: person.name.into(),
            email: person.email.into(),
            joined_at: person.joined_at.into(),
        }
    }
}

impl From<domain::Member> for Member {
    fn from(member: domain::Member) -> Self {
        Self {
            person: member.person.into(),
            deactivated_at: member.deactivated_at.map(Timestamp::from),
            roles: member.roles.into_iter().map(Role::from).collect(),
        }
    }
}

impl From<domain::MemberRole> for Role {
    fn from(role: domain::MemberRole) -> Self {
        Self {
            binding: role.binding.to_string(),
            role: role.role.into(),
            place: role.place,
            source: role.source.map(RoleSource::from),
            group: role.group.map(|group| group.slug.into()),
        }
    }
}

impl From<domain::Invitation> for Invitation {
    fn from(invitation: domain::Invitation) -> Self {
        Self {
            id: invitation.link.to_string(),
            email: invitation.email.into(),
            role: invitation.role.into(),
            place: invitation.place,
            expires_at: invitation.expires_at.into(),
        }
    }
}

impl From<NewInvitation> for domain::InvitationForm {
    fn from(new: NewInvitation) -> Self {
        Self { email: new.email, role: new.role, place: new.place }
    }
}

impl From<towpath_domain::providers::RoleSource> for RoleSource {
    fn from(source: towpath_domain::providers::RoleSource) -> Self {
        Self { provider: source.provider.into(), group: source.group }
    }
}
