//! Promotions: requests to make a build current in a next stage, from the asking to the end.
//!
//! [`consider`] tells what a promotion would meet before anyone asks. [`request`], [`Promotion::decide`]
//! and [`Promotion::cancel`] yield a [`Transition`]: the new state together with the changes that the
//! audit log must tell. Only this module makes transitions, and the store saves nothing else.

mod asking;
mod emergency;
mod pinning;

pub use asking::{Asking, Move, Outlook, RequestRefused, consider, consider_emergency, request};
pub use emergency::{Emergency, PassRefused, Review, ReviewRefused};

use crate::access::{Actor, Refusal, Target, may};
use crate::buckets::BucketName;
use crate::delegations::Voice;
use crate::digests::Digest;
use crate::gates::{
    Approval, Barred, Behind, Circumstances, Facts, Gate, Involved, Verdict, Verdicts, judge, may_approve,
    passes, turns,
};
use crate::ids::{
    BuildId, IntegrationId, PersonId, PlacementId, ProjectId, PromotionId, TokenId, WorkflowId,
};
use crate::pins::Pinning;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::spans::Span;
use crate::timeline::{BuildName, Change, Personal};
use crate::times::Time;
use crate::words::{Reason, Reference};
use serde::{Deserialize, Serialize};

/// A request to make a build current in a next stage's bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    pub id: PromotionId,
    pub project: ProjectId,
    /// Counts up in the project; people say `#142`.
    pub number: i64,
    pub integration: IntegrationId,
    pub build: BuildId,
    pub digest: Digest,
    pub tag: Tag,
    pub from: BucketName,
    pub to: BucketName,
    pub workflow: WorkflowId,
    pub workflow_version: i64,
    /// The gates of the stage, as the workflow's version has them.
    pub gates: Vec<Gate>,
    pub requested_by: PersonId,
    pub requested_with: Option<TokenId>,
    pub requested_at: Time,
    /// Who pushed the build, and whom that names, where its gates ask.
    pub behind: Behind,
    pub reason: Reason,
    /// What it refers to, such as a change ticket; of the form that its gates ask for.
    pub reference: Option<Reference>,
    /// Whether the stage asked for it by itself; then `requested_by` made the build current in the stage before.
    pub automatic: bool,
    /// Before when it is not applied, where whoever asked wants that.
    pub scheduled_for: Option<Time>,
    /// Whether it waits until those are over that were asked for before it into the same bucket.
    pub in_turn: bool,
    /// That it is to pin its build in one environment, where it is: then it makes nothing current in `to`.
    pub pin: Option<Pinning>,
    pub decisions: Vec<Decision>,
    /// That its gates were passed in an emergency, where they were.
    pub emergency: Option<Emergency>,
    pub state: State,
    /// Counts the transitions; a save that expects another one is a conflict.
    pub version: i64,
}

/// Where a promotion stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Waiting,
    Applied {
        at: Time,
        /// Absent where it made a pin, which bears its own id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        placement: Option<PlacementId>,
    },
    Rejected {
        at: Time,
        by: PersonId,
    },
    Cancelled {
        at: Time,
        by: PersonId,
    },
    /// It ended by itself, since it could not be applied any more or waited too long.
    Expired {
        at: Time,
        because: String,
    },
    /// Another one into the same bucket was asked for, and the stage lets the newest win.
    Superseded {
        at: Time,
        /// The number of the other.
        by: i64,
    },
}

/// One person's word on a promotion, bound to the digest that they saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// As whom it counts.
    pub person: PersonId,
    /// Who decided in that person's name, where somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    pub choice: Choice,
    pub comment: Option<Reason>,
    pub digest: Digest,
    /// The roles that the person held at the target then.
    pub roles: Vec<Slug>,
    pub at: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Approve,
    Reject,
}

/// Why a decision is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum DecideRefused {
    #[error(transparent)]
    Barred(#[from] Barred),
    #[error("This promotion is {0} already.")]
    Over(String),
    #[error("The build is not the one you looked at. Reload the page and look again.")]
    OtherDigest,
}

/// Why a promotion is not cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum CancelRefused {
    #[error(transparent)]
    Forbidden(#[from] Refusal),
    #[error("This promotion is {0} already.")]
    Over(String),
}

/// A promotion after a step, with what the audit log tells of the step. Made here only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    promotion: Promotion,
    changes: Vec<Change>,
    due: Option<Time>,
}

/// How the target stands when a waiting promotion is looked at and nobody acts on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub current: Option<BuildId>,
    /// Whether a rollback has paused what enters by itself.
    pub paused: bool,
    /// Whether it was rolled back to what is current there after the promotion was asked for.
    pub rolled_back: bool,
    /// Whether whoever asked may still promote there.
    pub requester_may: bool,
}

/// In how many seconds a promotion is looked at again that only a paused bucket keeps waiting.
const PATIENCE: i64 = 300;

/// How long a promotion waits at most.
pub const LONGEST_WAIT: Span = Span::DAYS_30;

impl Promotion {
    pub fn verdicts(&self, circumstances: &Circumstances, now: Time) -> Verdicts {
        judge(&self.gates, &self.facts(circumstances), now)
    }

    /// How its gates stood in the end, as far as that is known: what was applied passed all that it did not pass in an
    /// emergency; of what came to nothing, only what people said is known. While it waits, the same as its verdicts.
    pub fn final_verdicts(&self, circumstances: &Circumstances, now: Time) -> Verdicts {
        let mut verdicts = self.verdicts(circumstances, now);
        let known = |rule: &str| match (&self.state, &self.emergency) {
            (State::Waiting, _) => None,
            (State::Applied { .. }, None) => Some(true),
            (State::Applied { .. }, Some(emergency)) => {
                Some(!emergency.rules.iter().any(|shut| shut == rule))
            }
            _ => Some(false),
        };
        let by_people = self.gates.iter().map(|gate| !gate.asks_for_circumstances());
        let over = !matches!(self.state, State::Waiting | State::Applied { .. });
        let people = by_people.chain(std::iter::repeat(false));
        for (gate, people) in verdicts.0.iter_mut().zip(people) {
            match known(&gate.rule) {
                None => {}
                Some(true) => gate.verdict = Verdict::Passes,
                Some(false) if over && people && gate.verdict == Verdict::Passes => {}
                Some(false) => gate.verdict = Verdict::Waits { needs: gate.rule.clone(), until: None },
            }
        }
        verdicts
    }

    /// When it is applied without anybody doing anything, where that is known.
    pub fn passes_at(&self, circumstances: &Circumstances, now: Time) -> Option<Time> {
        passes(&self.gates, &self.facts(circumstances), now)
    }

    /// Whether an approval is still missing, by the verdicts on its gates.
    pub fn lacks_approval(&self, verdicts: &Verdicts) -> bool {
        let mut gates = self.gates.iter().zip(&verdicts.0);
        gates.any(|(gate, of)| matches!(gate, Gate::Approvals(_)) && of.verdict != Verdict::Passes)
    }

    /// Whether its gates are judged by more than what stands in it.
    pub fn asks_for_circumstances(&self) -> bool {
        self.gates.iter().any(Gate::asks_for_circumstances)
    }

    /// Whether somebody may decide on it now, in their own name or another's, and why not.
    pub fn may_decide<'a>(&self, voice: impl Into<Voice<'a>>, place: &Target) -> Result<(), DecideRefused> {
        let voice = voice.into();
        if self.state != State::Waiting {
            return Err(DecideRefused::Over(self.state.name().to_owned()));
        }
        may_approve(&self.gates, &self.involved(), &voice, place)?;
        self.has_no_word_of(&voice).map_err(DecideRefused::from)
    }

    /// One person decides once, by whichever name and hand.
    fn has_no_word_of(&self, voice: &Voice) -> Result<(), Barred> {
        let own = voice.actor().person();
        for decision in &self.decisions {
            if decision.by.unwrap_or(decision.person) == own {
                return Err(Barred::Decided);
            }
            if decision.person == own {
                return Err(Barred::DecidedFor);
            }
            if decision.people().any(|person| person == voice.person()) {
                return Err(Barred::Principal(Box::new(Barred::Decided)));
            }
        }
        Ok(())
    }

    /// Takes one person's decision. The last approval that the gates need applies the promotion in
    /// the same step; one rejection ends it.
    pub fn decide<'a>(
        mut self,
        voice: impl Into<Voice<'a>>,
        place: &Target,
        decision: Decision,
        circumstances: &Circumstances,
        placement: PlacementId,
    ) -> Result<Transition, DecideRefused> {
        let voice = voice.into();
        self.may_decide(voice, place)?;
        if decision.digest != self.digest {
            return Err(DecideRefused::OtherDigest);
        }
        let (choice, now) = (decision.choice, decision.at);
        let changes = vec![Change::PromotionDecided {
            pins_in: self.pins_in(),
            number: self.number,
            build: self.build_name(),
            choice,
            in_name_of: voice.by().map(|_| voice.person()),
            comment: decision.comment.as_ref().map(Personal::new),
        }];
        self.decisions.push(decision);
        self.version += 1;
        if choice == Choice::Approve {
            return Ok(self.settle(circumstances, placement, now, changes));
        }
        let promotion = Self { state: State::Rejected { at: now, by: voice.actor().person() }, ..self };
        Ok(Transition { promotion, changes, due: None })
    }

    /// Looks again at a waiting promotion when nobody acts on it: it is applied where all gates pass now, and expires
    /// where it cannot be applied any more. Absent where it is over already.
    pub fn look_again(
        mut self,
        target: &Standing,
        circumstances: &Circumstances,
        placement: PlacementId,
        now: Time,
    ) -> Option<Transition> {
        if self.state != State::Waiting {
            return None;
        }
        self.version += 1;
        let to = self.to.slug.clone();
        let target = &self.standing(target);
        let vain = if target.current == Some(self.build) {
            Some(format!("It is current in {to} already."))
        } else if target.rolled_back {
            // What was rolled back is not undone while nobody looks.
            Some(format!("{to} was rolled back after it was asked for. Ask again."))
        } else if target.requester_may {
            None
        } else {
            Some(format!("Whoever asked for it may not promote into {to} any more."))
        };
        if let Some(because) = vain {
            return Some(self.expire(because, now, Vec::new()));
        }
        let end = LONGEST_WAIT.after(self.requested_at);
        // After a rollback nothing enters without a person.
        if target.paused && now < end && self.verdicts(circumstances, now).pass() {
            let due = end.min(now.plus_seconds(PATIENCE));
            return Some(Transition { promotion: self, changes: Vec::new(), due: Some(due) });
        }
        Some(self.settle(circumstances, placement, now, Vec::new()))
    }

    /// The environment in which it is to pin.
    fn pins_in(&self) -> Option<Slug> {
        self.pin.as_ref().map(|pin| pin.environment.slug.clone())
    }

    /// Ends it since whoever asked for it may not any more, as its next look would: an approval that comes before that does
    /// not apply it. Absent where it is over already.
    pub fn lose_requester(
        self,
        circumstances: &Circumstances,
        placement: PlacementId,
        now: Time,
    ) -> Option<Transition> {
        let target = Standing { current: None, paused: false, rolled_back: false, requester_may: false };
        self.look_again(&target, circumstances, placement, now)
    }

    /// Ends it by itself.
    fn expire(self, because: String, now: Time, mut changes: Vec<Change>) -> Transition {
        let (number, build) = (self.number, self.build_name());
        changes.push(Change::PromotionExpired {
            pins_in: self.pins_in(),
            number,
            build,
            because: because.clone(),
        });
        Transition {
            promotion: Self { state: State::Expired { at: now, because }, ..self },
            changes,
            due: None,
        }
    }

    /// Ends it in favour of one that was asked for later. Absent where it is over already.
    pub fn supersede(self, by: i64, now: Time) -> Option<Transition> {
        if self.state != State::Waiting {
            return None;
        }
        let (number, build) = (self.number, self.build_name());
        let changes = vec![Change::PromotionSuperseded { pins_in: self.pins_in(), number, build, by }];
        let state = State::Superseded { at: now, by };
        Some(Transition { promotion: Self { state, version: self.version + 1, ..self }, changes, due: None })
    }

    /// Takes the promotion back: its requester may, and whoever may promote into the bucket.
    pub fn cancel(
        self,
        actor: &Actor,
        place: &Target,
        reason: Option<&Reason>,
        now: Time,
    ) -> Result<Transition, CancelRefused> {
        self.may_cancel(actor, place)?;
        let change = Change::PromotionCancelled {
            pins_in: self.pins_in(),
            number: self.number,
            build: self.build_name(),
            reason: reason.map(Personal::new),
        };
        let promotion = Self {
            state: State::Cancelled { at: now, by: actor.person() },
            version: self.version + 1,
            ..self
        };
        Ok(Transition { promotion, changes: vec![change], due: None })
    }

    /// Whether an actor may take it back now, and why not.
    pub fn may_cancel(&self, actor: &Actor, place: &Target) -> Result<(), CancelRefused> {
        if self.state != State::Waiting {
            return Err(CancelRefused::Over(self.state.name().to_owned()));
        }
        // Nobody has asked for what a stage asks for by itself.
        if self.automatic || actor.person() != self.requested_by || actor.token().is_some() {
            may(actor, self.action(), place)?;
        }
        Ok(())
    }

    /// Applies a waiting promotion whose gates all pass, and ends one that waits in vain.
    fn settle(
        self,
        circumstances: &Circumstances,
        placement: PlacementId,
        now: Time,
        changes: Vec<Change>,
    ) -> Transition {
        let facts = self.facts(circumstances);
        let verdicts = judge(&self.gates, &facts, now);
        let end = LONGEST_WAIT.after(self.requested_at);
        let late = (end <= now).then(|| format!("It waited for {}.", LONGEST_WAIT.words()));
        let late = late.or_else(|| self.outlived(now));
        if let Some(because) = late.or_else(|| verdicts.blocked().map(str::to_owned)) {
            return self.expire(because, now, changes);
        }
        if !verdicts.pass() {
            let end = self.pin.as_ref().map_or(end, |pin| pin.until.min(end));
            let due = turns(&self.gates, &facts, now).map_or(end, |turns| turns.min(end));
            return Transition { promotion: self, changes, due: Some(due) };
        }
        self.apply(circumstances, placement, now, changes)
    }

    fn apply(
        self,
        circumstances: &Circumstances,
        placement: PlacementId,
        now: Time,
        mut changes: Vec<Change>,
    ) -> Transition {
        if let Some(applied) = self.pin_applied(circumstances) {
            changes.push(applied);
            let state = State::Applied { at: now, placement: None };
            return Transition { promotion: Self { state, ..self }, changes, due: None };
        }
        let (number, build) = (self.number, self.build_name());
        changes.push(Change::PromotionApplied { number, build, from: self.from.slug.clone(), placement });
        let state = State::Applied { at: now, placement: Some(placement) };
        Transition { promotion: Self { state, ..self }, changes, due: None }
    }

    fn facts(&self, circumstances: &Circumstances) -> Facts {
        Facts {
            involved: self.involved(),
            has_reference: self.reference.is_some(),
            scheduled_for: self.scheduled_for,
            circumstances: pinning::met(circumstances, self.goes_back()),
        }
    }

    fn involved(&self) -> Involved {
        let approvals = self.decisions.iter().filter(|decision| decision.choice == Choice::Approve);
        Involved {
            requester: self.requested_by,
            behind: self.behind.clone(),
            approvals: approvals
                .map(|decision| Approval {
                    person: decision.person,
                    by: decision.by,
                    roles: decision.roles.clone(),
                })
                .collect(),
        }
    }

    pub fn build_name(&self) -> BuildName {
        BuildName { id: self.build, digest: self.digest.clone(), tag: self.tag.clone() }
    }
}

impl Transition {
    pub const fn promotion(&self) -> &Promotion {
        &self.promotion
    }

    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// When the promotion has to be looked at again without anybody doing anything; absent once it is over.
    pub const fn due(&self) -> Option<Time> {
        self.due
    }

    /// The placement that this step makes, where it applies the promotion.
    pub fn placement(&self) -> Option<PlacementId> {
        self.changes.iter().find_map(|change| match change {
            Change::PromotionApplied { placement, .. } => Some(*placement),
            _ => None,
        })
    }

    /// Whether this step makes a pin.
    pub fn pins(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::PinApplied { .. }))
    }

    pub fn into_promotion(self) -> Promotion {
        self.promotion
    }
}

impl State {
    /// When it ended; absent while it waits.
    pub const fn ended_at(&self) -> Option<Time> {
        match self {
            Self::Waiting => None,
            Self::Applied { at, .. }
            | Self::Rejected { at, .. }
            | Self::Cancelled { at, .. }
            | Self::Expired { at, .. }
            | Self::Superseded { at, .. } => Some(*at),
        }
    }

    pub const fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Applied { .. } => "applied",
            Self::Rejected { .. } => "rejected",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired { .. } => "expired",
            Self::Superseded { .. } => "superseded",
        }
    }
}

impl Decision {
    /// As whom it counts, and who gave it in that person's name.
    pub fn people(&self) -> impl Iterator<Item = PersonId> + use<> {
        std::iter::once(self.person).chain(self.by)
    }

    /// Who decided, in words: “Rita”, or “Max for Rita”.
    pub fn who(&self, name: impl Fn(PersonId) -> String) -> String {
        match self.by {
            None => name(self.person),
            Some(by) => format!("{} for {}", name(by), name(self.person)),
        }
    }
}

impl Choice {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "approve" => Some(Self::Approve),
            "reject" => Some(Self::Reject),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
