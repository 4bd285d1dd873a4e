//! Confirming that it is still oneself: what asks for a fresh sign-in, and how fresh it has to be.
//!
//! A session lasts for days, and a browser is left open. What gives power away, or lets a build into production, can ask that
//! its person has just proved who they are.

use crate::access::Actor;
use crate::people::Person;
use crate::providers::ProviderButton;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// What asks for a fresh sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarded {
    /// Approving somewhere, or passing gates there in an emergency.
    Deciding { production: bool },
    /// Changing who may do what, or by which way someone signs in.
    Rights,
    /// Making what acts without its person: a token that changes things.
    Tokens,
}

/// Which decisions ask for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Decisions {
    #[default]
    None,
    Production,
    All,
}

impl Decisions {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "none" => Some(Self::None),
            "production" => Some(Self::Production),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// How fresh a sign-in has to be for what is guarded, as the installation demands it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Freshness {
    /// For how long it is fresh; absent, where nothing asks for it.
    pub minutes: Option<i64>,
    pub decisions: Decisions,
}

/// How the words begin that ask for a fresh sign-in.
const ASKS: &str = "Confirm that it is you, then send this again.";

/// Why a fresh sign-in is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotFresh {
    #[error("{ASKS} This takes a sign-in of the last {}.", words(*minutes))]
    Stale { minutes: i64 },
    /// A token proves nothing of who holds it, so it is no way round.
    #[error("This takes a fresh sign-in of a person, which no token is. Sign in and do it there.")]
    Machine,
}

impl NotFresh {
    /// Whether these are words that ask someone to confirm that it is them, for a page that knows a refusal by its words only.
    pub fn is_told_by(message: &str) -> bool {
        message.starts_with(ASKS)
    }
}

/// “15 minutes”, “hour”.
fn words(minutes: i64) -> String {
    match minutes {
        1 => "minute".to_owned(),
        60 => "hour".to_owned(),
        hours if hours % 60 == 0 => format!("{} hours", hours / 60),
        minutes => format!("{minutes} minutes"),
    }
}

impl Freshness {
    /// The policy: whether who acts has proved lately enough who they are.
    pub fn check(&self, actor: &Actor, act: Guarded, now: Time) -> Result<(), NotFresh> {
        let Some(minutes) = self.minutes.filter(|_| self.guards(act)) else { return Ok(()) };
        if actor.token().is_some() {
            return Err(NotFresh::Machine);
        }
        let fresh = |at: Time| now < at.plus_seconds(minutes * 60);
        if actor.proven_at.is_some_and(fresh) { Ok(()) } else { Err(NotFresh::Stale { minutes }) }
    }

    fn guards(&self, act: Guarded) -> bool {
        match act {
            Guarded::Rights | Guarded::Tokens => true,
            Guarded::Deciding { production } => match self.decisions {
                Decisions::None => false,
                Decisions::Production => production,
                Decisions::All => true,
            },
        }
    }
}

/// What the page that asks for it shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmationView {
    pub person: Person,
    /// Whether a password can confirm it.
    pub password: bool,
    /// The providers that can: those with which the account is connected.
    pub providers: Vec<ProviderButton>,
    /// Why a provider's answer did not confirm it, in words.
    pub refused: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Identity, Scope};
    use uuid::Uuid;

    fn id<T: From<Uuid>>(number: u128) -> T {
        Uuid::from_u128(number).into()
    }

    const NOW: Time = Time::from_micros(1_000_000_000_000);

    fn someone(proven: Option<i64>) -> Actor {
        Actor {
            identity: Identity::Person { person: id(1) },
            grants: Vec::new(),
            scope: None,
            proven_at: proven.map(|seconds| NOW.plus_seconds(seconds)),
        }
    }

    const DEMANDED: Freshness = Freshness { minutes: Some(15), decisions: Decisions::Production };

    #[test]
    fn a_proof_counts_for_as_long_as_is_demanded() {
        let check = |proven| DEMANDED.check(&someone(proven), Guarded::Rights, NOW);
        // Another server's clock may be ahead.
        for fresh in [1, 0, -1, -899] {
            assert_eq!(check(Some(fresh)), Ok(()), "{fresh}");
        }
        for stale in [None, Some(-900), Some(-90_000)] {
            assert_eq!(check(stale), Err(NotFresh::Stale { minutes: 15 }), "{stale:?}");
        }
    }

    #[test]
    fn what_is_guarded_is_for_the_installation_to_say() {
        let stale = someone(None);
        let asked = |decisions, production| {
            let demanded = Freshness { decisions, ..DEMANDED };
            demanded.check(&stale, Guarded::Deciding { production }, NOW).is_err()
        };
        assert_eq!([asked(Decisions::None, true), asked(Decisions::None, false)], [false, false]);
        assert_eq!([asked(Decisions::Production, true), asked(Decisions::Production, false)], [true, false]);
        assert_eq!([asked(Decisions::All, true), asked(Decisions::All, false)], [true, true]);
        for act in [Guarded::Rights, Guarded::Tokens, Guarded::Deciding { production: true }] {
            assert!(DEMANDED.check(&stale, act, NOW).is_err(), "{act:?}");
            assert_eq!(Freshness::default().check(&stale, act, NOW), Ok(()), "{act:?}");
        }
    }

    #[test]
    fn a_token_is_no_way_round() {
        let identity = Identity::Token { token: id(2), owner: id(1) };
        let machine = Actor { identity, scope: Some(Scope::default()), ..someone(Some(0)) };
        let told = DEMANDED.check(&machine, Guarded::Deciding { production: true }, NOW);
        assert_eq!(told, Err(NotFresh::Machine));
        assert_eq!(DEMANDED.check(&machine, Guarded::Deciding { production: false }, NOW), Ok(()));
    }

    #[test]
    fn the_time_is_told_in_words() {
        let told = [1, 15, 60, 120].map(words);
        assert_eq!(told, ["minute", "15 minutes", "hour", "2 hours"]);
        assert!(NotFresh::is_told_by(&NotFresh::Stale { minutes: 15 }.to_string()));
        assert!(!NotFresh::is_told_by(&NotFresh::Machine.to_string()));
    }
}
