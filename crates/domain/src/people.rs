//! People: who signs in, and how they join.

use crate::access::Role;
use crate::forms::{Check, Invalid};
use crate::groups::GroupName;
use crate::ids::{BindingId, LinkId, PersonId};
use crate::providers::RoleSource;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::{Email, PersonName, check_password};
use serde::{Deserialize, Serialize};

/// Someone with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub name: PersonName,
    pub email: Email,
    pub joined_at: Time,
}

/// What the form behind a one-time link holds, as typed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JoinForm {
    pub name: String,
    pub email: String,
    pub password: String,
}

/// A checked joining; the password is as typed and leaves no trace but its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPerson {
    pub name: PersonName,
    pub email: Email,
    pub password: String,
}

/// Leaves the password out.
impl std::fmt::Debug for JoinForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JoinForm")
            .field("name", &self.name)
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

impl JoinForm {
    pub fn check(&self) -> Result<NewPerson, Invalid> {
        let mut check = Check::default();
        let name = check.field("name", PersonName::parse(&self.name));
        let email = check.field("email", Email::parse(&self.email));
        let password = check.field("password", check_password(&self.password));
        let new = name.zip(email).zip(password).map(|((name, email), ())| NewPerson {
            name,
            email,
            password: self.password.clone(),
        });
        check.finish(new)
    }
}

/// What the form for an invitation or a role holds, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InvitationForm {
    pub email: String,
    /// A role's slug.
    pub role: String,
    /// `installation`, `project:SLUG`, `environment:PROJECT/SLUG` or `stream:SLUG`.
    pub place: String,
}

/// A checked invitation, before its role and place are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    pub email: Email,
    pub role: Slug,
    pub place: String,
}

impl InvitationForm {
    pub fn check(&self) -> Result<NewInvitation, Invalid> {
        let mut check = Check::default();
        let email = check.field("email", Email::parse(&self.email));
        let role = check.field("role", Slug::parse(&self.role).map_err(|_| "Choose a role."));
        let place = (!self.place.is_empty()).then(|| self.place.clone());
        let place = check.field("place", place.ok_or("Choose where the role holds."));
        let new =
            email.zip(role).zip(place).map(|((email, role), place)| NewInvitation { email, role, place });
        check.finish(new)
    }
}

/// The initials that stand for a person where there is little room.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// The people of an installation, for those who manage them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleView {
    pub people: Vec<Member>,
    pub invitations: Vec<Invitation>,
    pub roles: Vec<Role>,
    /// Where a role can be bound: the form's value and its words.
    pub places: Vec<(String, String)>,
    pub now: Time,
}

/// A person with their roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub person: Person,
    /// Since when they may not act; absent while they may.
    pub deactivated_at: Option<Time>,
    pub roles: Vec<MemberRole>,
}

/// A role that a person holds somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRole {
    pub binding: BindingId,
    pub role: Slug,
    pub title: String,
    /// The place in words.
    pub place: String,
    /// Where it comes from, where nobody gave it by hand.
    pub source: Option<RoleSource>,
    /// The group to which it is bound, where it is not bound to the person.
    pub group: Option<GroupName>,
    /// Whether who asks may take it away.
    pub may_revoke: bool,
}

/// An invitation that has not been used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub link: LinkId,
    pub email: Email,
    pub role: Slug,
    pub place: String,
    pub expires_at: Time,
}

/// What the page behind a one-time link shows before it acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// Makes, or restores, an admin; otherwise it is an invitation.
    pub admin: bool,
    /// The address that was invited; an account under it is given the role.
    pub email: Option<Email>,
    /// The role in words: “Release manager in the whole installation”.
    pub role: String,
    pub expires_at: Time,
    pub now: Time,
}
