//! People's words on a waiting promotion: approving, rejecting, taking back.

use super::{Choice, Decision, Promotion, State, Transition};
use crate::access::{Actor, Refusal, Target, may};
use crate::delegations::Voice;
use crate::gates::{Barred, Circumstances, may_approve};
use crate::ids::PlacementId;
use crate::timeline::{Change, Personal};
use crate::times::Time;
use crate::words::Reason;
use serde::{Deserialize, Serialize};

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

impl Promotion {
    /// Whether somebody may decide on it now, in their own name or another's, and why not.
    pub fn may_decide<'a>(&self, voice: impl Into<Voice<'a>>, place: &Target) -> Result<(), DecideRefused> {
        let voice = voice.into();
        if !self.is_open() {
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
        if !self.is_open() {
            return Err(CancelRefused::Over(self.state.name().to_owned()));
        }
        // Nobody has asked for what a stage asks for by itself.
        if self.automatic || actor.person() != self.requested_by || actor.token().is_some() {
            may(actor, self.action(), place)?;
        }
        Ok(())
    }
}
