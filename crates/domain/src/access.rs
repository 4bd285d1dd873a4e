//! Who may do what: the one policy function `may`, and the roles and bindings it reads.
//!
//! The service enforces it at every door; the browser calls the same function on the grants that a
//! view carries, to explain why something is not offered.

mod actions;
mod actors;
mod places;
mod roles;
mod scopes;

pub use actions::{Action, TOKEN_ACTIONS};
pub use actors::{Actor, Identity};
pub use places::{Place, Target};
pub(crate) use roles::words;
pub use roles::{Binding, Grant, Permissions, Reach, Role};
pub use scopes::{Publishing, Reading, Scope};

use roles::who_has;
use serde::{Deserialize, Serialize};

/// Why an actor may not: the missing permission and the built-in roles that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    #[error("You need the permission “{action}” here. {}", who_has(*action))]
    Missing { action: Action },
    #[error("You may {action} outside production only. {}", who_has(*action))]
    Production { action: Action },
    #[error("This token is not scoped for “{action}” here. Make one that is, on the Tokens page.")]
    Scope { action: Action },
    #[error(
        "A read token resolves its environment and pulls what is or was current there; it opens no other door."
    )]
    Reading { action: Action },
    #[error("Approving and passing gates take a person. Sign in and do it on the promotion's page.")]
    Token,
    #[error("You cannot give a role that may {action}, since you may not yourself. {}", who_has(*action))]
    Beyond { action: Action },
}

impl Refusal {
    /// What was not permitted.
    pub const fn action(&self) -> Action {
        match self {
            Self::Missing { action }
            | Self::Production { action }
            | Self::Scope { action }
            | Self::Reading { action }
            | Self::Beyond { action } => *action,
            Self::Token => Action::Approve,
        }
    }
}

/// The policy: whether `actor` may do `action` to `target`.
///
/// The union of all grants counts; a token's scope narrows it; tokens cannot approve.
pub fn may(actor: &Actor, action: Action, target: &Target) -> Result<(), Refusal> {
    if let Identity::Token { .. } = actor.identity {
        if matches!(action, Action::Approve | Action::PassGates) {
            return Err(Refusal::Token);
        }
        let Some(scope) = &actor.scope else {
            return Err(Refusal::Scope { action });
        };
        if !scope.covers(action, target) {
            let reads = scope.reading.is_some();
            return Err(if reads { Refusal::Reading { action } } else { Refusal::Scope { action } });
        }
    }
    let mut refusal = Refusal::Missing { action };
    for grant in actor.grants.iter().filter(|grant| grant.place.covers(action, target)) {
        match grant.role.permissions.get(&action) {
            Some(Reach::OutsideProduction) if target.production => refusal = Refusal::Production { action },
            Some(_) => return Ok(()),
            None => {}
        }
    }
    Err(refusal)
}

/// Whether `actor` may give someone `role` at `target`: whoever manages people gives what they have themselves.
///
/// Approving and passing gates are the exception: admins do neither, and name those who do.
pub fn may_grant(actor: &Actor, role: &Role, target: &Target) -> Result<(), Refusal> {
    may(actor, Action::ManagePeople, target)?;
    let own = |action: &Action| !matches!(action, Action::Approve | Action::PassGates);
    for (&action, &reach) in role.permissions.iter().filter(|(action, _)| own(action)) {
        let production = target.production || reach == Reach::Everywhere;
        may(actor, action, &Target { production, ..*target }).map_err(|_| Refusal::Beyond { action })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
