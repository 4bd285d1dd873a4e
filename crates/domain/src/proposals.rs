//! Changes that one proposes and a second person confirms. A proposal holds what is to be done as data; whoever confirms it
//! does it, by the same use case as anybody would who did it at once.

use crate::access::{Action, Actor, Refusal, Target, may};
use crate::ids::{PersonId, ProjectId, ProposalId};
use crate::people::Person;
use crate::slugs::Slug;
use crate::spans::Span;
use crate::timeline::{Change, Personal};
use crate::times::Time;
use crate::words::Reason;
use crate::workflows::Workflow;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How long a proposal waits.
pub const LONGEST_WAIT: Span = Span::DAYS_7;

/// What an installation wants a second person for, where it touches production.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Demanded {
    /// Changes of workflows.
    pub gates: bool,
    /// The end of a hold before its time.
    pub holds: bool,
}

impl Demanded {
    /// Reads “gates holds”; empty for nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let mut demanded = Self::default();
        for word in text.split_whitespace() {
            match word {
                "gates" => demanded.gates = true,
                "holds" => demanded.holds = true,
                _ => return None,
            }
        }
        Some(demanded)
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// Makes a workflow's next version, which counts for the version before it only.
    ChangeWorkflow { after: Box<Workflow> },
    /// Ends a hold before its time.
    ReleaseHold { number: i64, reason: Option<Reason> },
}

impl Command {
    /// The permission that it takes, of who proposes it and of who confirms it.
    pub const fn action(&self) -> Action {
        match self {
            Self::ChangeWorkflow { .. } => Action::Configure,
            Self::ReleaseHold { .. } => Action::Hold,
        }
    }
}

/// What is to be done and where, with what it would change, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub command: Command,
    /// Where its permission has to reach.
    pub target: Target,
    /// The project that it is about, if it is about one.
    pub project: Option<(ProjectId, Slug)>,
    /// “Change the workflow release of shop”.
    pub title: String,
    /// What it changes, a sentence for each.
    pub changes: Vec<String>,
}

/// A change that waits for a second person, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub id: ProposalId,
    pub number: i64,
    pub subject: Subject,
    pub by: PersonId,
    pub at: Time,
    pub expires_at: Time,
    pub state: State,
    pub version: i64,
}

/// How a proposal stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Waiting,
    Applied {
        by: PersonId,
        at: Time,
    },
    Rejected {
        by: PersonId,
        at: Time,
        comment: Reason,
    },
    Withdrawn {
        at: Time,
    },
    Expired {
        at: Time,
    },
    /// What it would change is not there any more as it was.
    Void {
        at: Time,
        because: String,
    },
}

impl State {
    /// Who confirmed or rejected it.
    pub const fn decided_by(&self) -> Option<PersonId> {
        match self {
            Self::Applied { by, .. } | Self::Rejected { by, .. } => Some(*by),
            _ => None,
        }
    }

    pub const fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Applied { .. } => "applied",
            Self::Rejected { .. } => "rejected",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Expired { .. } => "expired",
            Self::Void { .. } => "void",
        }
    }
}

/// A step of a proposal, with the change that the log must tell. Only steps are saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    proposal: Proposal,
    change: Change,
}

impl Transition {
    pub const fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    pub fn into_parts(self) -> (Proposal, Change) {
        (self.proposal, self.change)
    }
}

/// Why someone may not act on a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ProposalRefused {
    #[error(transparent)]
    Forbidden(#[from] Refusal),
    #[error("You proposed this yourself. Somebody else who may do the same has to confirm or reject it.")]
    Own,
    #[error("Only who proposed it withdraws it. You can reject it.")]
    NotOwn,
    #[error("This proposal is {0}; nothing is left to decide.")]
    Over(String),
}

impl Proposal {
    /// Proposes something. Whether who proposes it may do it was asked before.
    pub fn make((id, number): (ProposalId, i64), subject: Subject, actor: &Actor, now: Time) -> Transition {
        let change =
            Change::ProposalMade { number, title: subject.title.clone(), changes: subject.changes.clone() };
        let expires_at = LONGEST_WAIT.after(now);
        let (by, at) = (actor.person(), now);
        let proposal = Self { id, number, subject, by, at, expires_at, state: State::Waiting, version: 1 };
        Transition { proposal, change }
    }

    pub fn is_open(&self) -> bool {
        self.state == State::Waiting
    }

    /// Whether someone is told of it: who proposed it, in person, and who may do the same. A token is told of no more than it is
    /// scoped for, whoever owns it.
    pub fn is_seen_by(&self, actor: &Actor) -> bool {
        let own = actor.token().is_none() && actor.person() == self.by;
        own || actor.may(self.subject.command.action(), &self.subject.target)
    }

    /// Whether someone may confirm or reject it now, and why not.
    pub fn may_decide(&self, actor: &Actor, now: Time) -> Result<(), ProposalRefused> {
        may(actor, self.subject.command.action(), &self.subject.target)?;
        // Whatever a token's scope is: a second look is a person's.
        if actor.token().is_some() {
            return Err(Refusal::Token.into());
        }
        if actor.person() == self.by {
            return Err(ProposalRefused::Own);
        }
        self.check_open(now)
    }

    /// Whether someone may withdraw it now, and why not.
    pub fn may_withdraw(&self, actor: &Actor, now: Time) -> Result<(), ProposalRefused> {
        if actor.person() != self.by {
            return Err(ProposalRefused::NotOwn);
        }
        self.check_open(now)
    }

    fn check_open(&self, now: Time) -> Result<(), ProposalRefused> {
        match &self.state {
            State::Waiting if now < self.expires_at => Ok(()),
            State::Waiting => Err(ProposalRefused::Over("expired".to_owned())),
            over => Err(ProposalRefused::Over(over.name().to_owned())),
        }
    }

    fn step(self, state: State, change: Change) -> Transition {
        Transition { proposal: Self { state, version: self.version + 1, ..self }, change }
    }

    /// Confirms it. What it holds is done in the same moment.
    pub fn confirm(self, actor: &Actor, now: Time) -> Result<Transition, ProposalRefused> {
        self.may_decide(actor, now)?;
        let (number, title, proposer) = (self.number, self.subject.title.clone(), self.by);
        let change = Change::ProposalConfirmed { number, title, proposer };
        Ok(self.step(State::Applied { by: actor.person(), at: now }, change))
    }

    pub fn reject(self, actor: &Actor, comment: Reason, now: Time) -> Result<Transition, ProposalRefused> {
        self.may_decide(actor, now)?;
        let (number, title, proposer) = (self.number, self.subject.title.clone(), self.by);
        let told = Personal::new(&comment);
        let change = Change::ProposalRejected { number, title, proposer, comment: told };
        Ok(self.step(State::Rejected { by: actor.person(), at: now, comment }, change))
    }

    pub fn withdraw(self, actor: &Actor, now: Time) -> Result<Transition, ProposalRefused> {
        self.may_withdraw(actor, now)?;
        let change = Change::ProposalWithdrawn { number: self.number, title: self.subject.title.clone() };
        Ok(self.step(State::Withdrawn { at: now }, change))
    }

    /// What becomes of it while nobody decides; absent where that is nothing yet.
    pub fn look_again(self, now: Time) -> Option<Transition> {
        if !self.is_open() || now < self.expires_at {
            return None;
        }
        let change = Change::ProposalExpired { number: self.number, title: self.subject.title.clone() };
        Some(self.step(State::Expired { at: now }, change))
    }

    /// Ends it, since it cannot be done any more; absent where it is over.
    pub fn void(self, because: String, now: Time) -> Option<Transition> {
        if !self.is_open() {
            return None;
        }
        let (number, title) = (self.number, self.subject.title.clone());
        let change = Change::ProposalVoid { number, title, because: because.clone() };
        Some(self.step(State::Void { at: now, because }, change))
    }
}

/// A proposal in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalLine {
    pub proposal: Proposal,
    /// Who proposed it, and who confirmed or rejected it, by name.
    pub proposer: String,
    pub decided_by: Option<String>,
    /// Whether who asks can decide on it, and why not.
    pub may_decide: Result<(), String>,
}

/// The proposals that someone is told of, those that wait first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalsView {
    pub waiting: Vec<ProposalLine>,
    /// Those that are over, the newest first.
    pub over: Vec<ProposalLine>,
    /// Whether anything is to be proposed here at all.
    pub demanded: bool,
    pub now: Time,
}

/// One proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalView {
    pub proposal: Proposal,
    pub proposer: Person,
    /// Who confirmed or rejected it, by name.
    pub decided_by: Option<String>,
    pub may_decide: Result<(), String>,
    pub may_withdraw: bool,
    /// Those who can decide on it, by name.
    pub others: Vec<String>,
    pub now: Time,
}

/// In a sentence: “waits”, “was applied”.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waits for a second person",
            Self::Applied { .. } => "was confirmed and done",
            Self::Rejected { .. } => "was rejected",
            Self::Withdrawn { .. } => "was withdrawn",
            Self::Expired { .. } => "expired",
            Self::Void { .. } => "is void",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Grant, Identity, Place, Role, Scope};
    use uuid::Uuid;

    fn id<T: From<Uuid>>(number: u128) -> T {
        Uuid::from_u128(number).into()
    }

    const NOW: Time = Time::from_micros(1_000_000_000_000);

    fn person(number: u128, role: Role) -> Actor {
        Actor {
            identity: Identity::Person { person: id(number) },
            grants: vec![Grant { role, place: Place::Installation }],
            scope: None,
            proven_at: None,
        }
    }

    fn proposal() -> Proposal {
        let subject = Subject {
            command: Command::ReleaseHold { number: 4, reason: None },
            target: Target { production: true, ..Target::project(id(1)) },
            project: None,
            title: "Release hold 4".to_owned(),
            changes: vec!["Builds may enter prod.".to_owned()],
        };
        Proposal::make((id(7), 3), subject, &person(1, Role::admin()), NOW).into_parts().0
    }

    fn comment() -> Reason {
        Reason::parse("not now").unwrap()
    }

    #[test]
    fn somebody_else_who_may_do_the_same_decides() {
        let (own, other) = (person(1, Role::admin()), person(2, Role::release_manager()));
        assert_eq!(proposal().may_decide(&own, NOW), Err(ProposalRefused::Own));
        assert_eq!(proposal().confirm(&own, NOW), Err(ProposalRefused::Own));
        assert_eq!(proposal().reject(&own, comment(), NOW), Err(ProposalRefused::Own));
        let viewer = proposal().may_decide(&person(3, Role::viewer()), NOW);
        assert!(matches!(viewer, Err(ProposalRefused::Forbidden(_))), "{viewer:?}");
        let (applied, change) = proposal().confirm(&other, NOW).unwrap().into_parts();
        assert_eq!(applied.state, State::Applied { by: id(2), at: NOW });
        assert_eq!((applied.version, change.kind()), (2, "proposal_confirmed"));
        let over = Err(ProposalRefused::Over("applied".to_owned()));
        assert_eq!(applied.may_decide(&person(3, Role::admin()), NOW), over);
        assert_eq!(applied.clone().void("gone".to_owned(), NOW), None);
        assert_eq!(applied.look_again(LONGEST_WAIT.after(NOW)), None);
    }

    #[test]
    fn a_token_is_no_second_person() {
        let scope = Scope { actions: vec![Action::Hold], ..Scope::default() };
        let identity = Identity::Token { token: id(5), owner: id(2) };
        let token = Actor { identity, scope: Some(scope), ..person(2, Role::admin()) };
        assert_eq!(proposal().confirm(&token, NOW), Err(Refusal::Token.into()));
    }

    #[test]
    fn its_maker_withdraws_it_and_nobody_decides_later() {
        let other = person(2, Role::admin());
        assert_eq!(proposal().withdraw(&other, NOW), Err(ProposalRefused::NotOwn));
        let withdrawn = proposal().withdraw(&person(1, Role::viewer()), NOW).unwrap().into_parts().0;
        assert_eq!(withdrawn.state, State::Withdrawn { at: NOW });
        assert!(withdrawn.reject(&other, comment(), NOW).is_err());
        let late = LONGEST_WAIT.after(NOW);
        assert_eq!(proposal().look_again(NOW), None);
        assert_eq!(proposal().confirm(&other, late), Err(ProposalRefused::Over("expired".to_owned())));
        let expired = proposal().look_again(late).unwrap().into_parts().0;
        assert_eq!(expired.state, State::Expired { at: late });
    }

    #[test]
    fn who_may_do_it_and_who_proposed_it_see_it() {
        let seen = |actor: &Actor| proposal().is_seen_by(actor);
        assert!(seen(&person(2, Role::release_manager())) && seen(&person(1, Role::viewer())));
        assert!(!seen(&person(3, Role::developer())));
        let identity = Identity::Token { token: id(5), owner: id(1) };
        let scoped = |action| Scope { actions: vec![action], ..Scope::default() };
        let token = |action| Actor { identity, scope: Some(scoped(action)), ..person(1, Role::admin()) };
        assert!(
            seen(&token(Action::Hold)) && !seen(&token(Action::Push)),
            "of its owner, but not scoped for it"
        );
    }

    #[test]
    fn what_is_demanded_is_read_from_words() {
        assert_eq!(Demanded::parse(""), Some(Demanded::default()));
        assert_eq!(Demanded::parse(" holds gates "), Some(Demanded { gates: true, holds: true }));
        assert_eq!(Demanded::parse("gates,holds"), None);
    }
}
