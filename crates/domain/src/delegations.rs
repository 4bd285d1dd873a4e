//! Delegations: somebody hands their decisions on promotions to another, until a day.
//!
//! Whoever decides for another counts as that person: by their roles, as they are then, and once. What bars the one or
//! the other from deciding bars both. Nothing else is handed over, and what was handed to somebody goes no further: a
//! [`Voice`] has the giver's own grants only.

mod form;

pub use form::{DelegationForm, LONGEST, NewDelegation};

use crate::access::{Action, Actor, Refusal, Target, may};
use crate::ids::{DelegationId, PersonId, ProjectId};
use crate::people::Person;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::Reason;
use serde::{Deserialize, Serialize};

/// That one person decides for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    pub id: DelegationId,
    /// Whose decisions they are.
    pub from: PersonId,
    /// Who takes them.
    pub to: PersonId,
    /// The role by which `from` decides; absent for every one that they hold.
    pub role: Option<Slug>,
    /// Where; absent for everywhere.
    pub project: Option<ProjectId>,
    pub reason: Reason,
    pub at: Time,
    pub until: Time,
    /// When it ended before that, where it did.
    pub ended_at: Option<Time>,
}

/// Somebody who has handed their decisions to whoever acts, with what they themselves hold now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    pub person: Person,
    actor: Actor,
    project: Option<ProjectId>,
}

/// Who decides, and in whose name: their own, or that of somebody who handed their decisions to them.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'a> {
    actor: &'a Actor,
    principal: Option<&'a Principal>,
}

impl Delegation {
    /// Whether it counts now.
    pub fn is_in_force(&self, now: Time) -> bool {
        self.ended_at.is_none() && self.at <= now && now < self.until
    }

    /// Whoever handed over, as far as they did; `actor` is that person, with all that they hold.
    pub fn principal(&self, person: Person, mut actor: Actor) -> Principal {
        actor.grants.retain(|grant| self.role.as_ref().is_none_or(|role| *role == grant.role.slug));
        Principal { person, actor, project: self.project }
    }
}

impl Principal {
    /// Whether there is anything left that they could decide.
    pub fn decides(&self) -> bool {
        self.actor.grants.iter().any(|grant| {
            grant.role.permissions.contains_key(&Action::Approve)
                && self.project.is_none_or(|project| grant.place.may_reach(project))
        })
    }

    fn may_approve(&self, target: &Target) -> Result<(), Refusal> {
        if self.project.is_some() && self.project != target.project {
            return Err(Refusal::Missing { action: Action::Approve });
        }
        may(&self.actor, Action::Approve, target)
    }
}

impl<'a> From<&'a Actor> for Voice<'a> {
    /// In their own name.
    fn from(actor: &'a Actor) -> Self {
        Self { actor, principal: None }
    }
}

impl<'a> Voice<'a> {
    /// In another's name.
    pub const fn of(actor: &'a Actor, principal: &'a Principal) -> Self {
        Self { actor, principal: Some(principal) }
    }

    /// The person as whom it counts.
    pub fn person(&self) -> PersonId {
        self.principal.map_or_else(|| self.actor.person(), |principal| principal.person.id)
    }

    /// Who acts, where that is not the person as whom it counts.
    pub fn by(&self) -> Option<PersonId> {
        self.principal.map(|_| self.actor.person())
    }

    pub(crate) const fn actor(&self) -> &'a Actor {
        self.actor
    }

    /// Whether the person as whom it counts may decide at all on what goes to a target. A token decides in nobody's name.
    pub(crate) fn may_approve(&self, target: &Target) -> Result<(), Refusal> {
        match self.principal {
            None => may(self.actor, Action::Approve, target),
            Some(_) if self.actor.token().is_some() => Err(Refusal::Token),
            Some(principal) => principal.may_approve(target),
        }
    }

    pub(crate) fn holds(&self, role: &Slug, target: &Target) -> bool {
        self.principal.map_or(self.actor, |principal| &principal.actor).holds(role, target)
    }

    /// The roles by which it counts at a target.
    pub fn roles(&self, target: &Target) -> Vec<Slug> {
        let held = &self.principal.map_or(self.actor, |principal| &principal.actor).grants;
        let mut roles: Vec<Slug> = held.iter().map(|grant| grant.role.slug.clone()).collect();
        roles.retain(|role| self.holds(role, target));
        roles
    }
}

/// A delegation as those whom it concerns see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationLine {
    pub id: DelegationId,
    pub from: Person,
    pub to: Person,
    pub role: Option<Slug>,
    pub project: Option<Slug>,
    pub reason: String,
    pub at: Time,
    pub until: Time,
}

impl DelegationLine {
    /// What is handed over: “decisions as release-manager in shop”.
    pub fn words(&self) -> String {
        words(self.role.as_ref(), self.project.as_ref())
    }
}

/// What is handed over, in words.
pub fn words(role: Option<&Slug>, project: Option<&Slug>) -> String {
    let role = role.map(|role| format!(" as {role}")).unwrap_or_default();
    let place = project.map_or_else(|| "everywhere".to_owned(), |project| format!("in {project}"));
    format!("decisions{role} {place}")
}

/// The delegations in force that concern someone, and what they could hand over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationsView {
    /// What this person handed to others.
    pub given: Vec<DelegationLine>,
    /// What others handed to this person.
    pub taken: Vec<DelegationLine>,
    /// The roles by which they decide somewhere; with none, there is nothing to hand over.
    pub roles: Vec<Slug>,
    /// The projects that they see.
    pub projects: Vec<Slug>,
    pub now: Time,
}

#[cfg(test)]
mod tests;
