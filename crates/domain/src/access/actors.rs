//! Who acts, and what they were granted.

use super::{Action, Grant, Place, Reading, Refusal, Role, Scope, Target, may};
use crate::buckets::BucketKey;
use crate::ids::{IntegrationId, PersonId, ProjectId, PublisherId, TokenId};
use crate::slugs::Slug;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// Who acts: on whose behalf, by which credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Identity {
    Person {
        person: PersonId,
    },
    /// A machine, by an API token in the name of its owner.
    Token {
        token: TokenId,
        owner: PersonId,
    },
}

/// Someone who acts, with all that they were granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub identity: Identity,
    pub grants: Vec<Grant>,
    /// What a token is narrowed to; a person has none.
    pub scope: Option<Scope>,
    /// When a person last proved who they are in the session that asks; absent where they did not, and of machines. Only
    /// the server goes by it.
    #[serde(skip)]
    pub proven_at: Option<Time>,
}

impl Actor {
    /// Whoever asks without saying who they are, in a project from which anybody may pull. Does not reach a write.
    pub fn anybody(project: ProjectId) -> Self {
        let role = Role::built("anybody", "Anybody", &[Action::View, Action::Pull]);
        let person = uuid::Uuid::nil().into();
        Self {
            identity: Identity::Person { person },
            grants: vec![Grant { role, place: Place::Project { project } }],
            scope: None,
            proven_at: None,
        }
    }

    /// The person who acts, or in whose name a token does.
    pub const fn person(&self) -> PersonId {
        match self.identity {
            Identity::Person { person } => person,
            Identity::Token { owner, .. } => owner,
        }
    }

    pub const fn token(&self) -> Option<TokenId> {
        match self.identity {
            Identity::Person { .. } => None,
            Identity::Token { token, .. } => Some(token),
        }
    }

    pub fn may(&self, action: Action, target: &Target) -> bool {
        may(self, action, target).is_ok()
    }

    /// Whether a rule may lead into a bucket what the actor pushed without naming one: a publisher's jobs, where they may
    /// push so at all, and everyone else where they may push.
    pub fn may_be_led(&self, target: &Target) -> Result<(), Refusal> {
        let mut led = self.clone();
        if let Some(own) =
            led.scope.as_mut().and_then(|scope| scope.publishing.as_mut()).filter(|own| own.by_rule)
        {
            let environment = target.environment.map(BucketKey::Environment);
            own.buckets.extend(environment.or(target.stream.map(BucketKey::ReleaseStream)));
        }
        may(&led, Action::Push, target)
    }

    /// The publisher whose job acts.
    pub fn publisher(&self) -> Option<PublisherId> {
        Some(self.scope.as_ref()?.publishing.as_ref()?.publisher)
    }

    /// The environment of which a read token is.
    pub fn reading(&self) -> Option<Reading> {
        self.scope.as_ref()?.reading
    }

    /// The integrations to which a token is narrowed; absent for who is not.
    pub fn narrowed(&self) -> Option<Vec<IntegrationId>> {
        let scope = self.scope.as_ref()?;
        let of_jobs = scope.publishing.as_ref().map(|own| own.integrations.clone());
        match (scope.integration, of_jobs.filter(|some| !some.is_empty())) {
            (None, of_jobs) => of_jobs,
            (Some(one), None) => Some(vec![one]),
            (Some(one), Some(some)) => Some(some.into_iter().filter(|known| *known == one).collect()),
        }
    }

    /// Whether the actor holds a role at a target, by whichever binding.
    pub fn holds(&self, role: &Slug, target: &Target) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.role.slug == *role && grant.place.covers(Action::Approve, target))
    }
}
