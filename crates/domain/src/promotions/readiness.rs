//! Promotions that a person applies: once their gates pass they are ready, and wait for a hand.

use super::{Promotion, State, Transition};
use crate::access::{Actor, Refusal, Target, may};
use crate::digests::Digest;
use crate::gates::Circumstances;
use crate::ids::PlacementId;
use crate::timeline::Change;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// Why a promotion is not applied by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApplyRefused {
    #[error(transparent)]
    Forbidden(#[from] Refusal),
    #[error("This promotion is {0} already.")]
    Over(String),
    #[error("Its gates do not pass yet. It can be applied once they do.")]
    NotReady,
    #[error("It is applied by itself once what it does in a registry elsewhere is done.")]
    Elsewhere,
    #[error("What it does in a registry elsewhere failed. Let it try that again, or take it back.")]
    Failed,
    #[error("It is applied by itself once its gates pass; nobody has to.")]
    ByItself,
    #[error("The build is not the one you looked at. Reload the page and look again.")]
    OtherDigest,
}

impl Promotion {
    /// Whether an actor may apply it now, and why not: whoever may ask for it may.
    pub fn may_apply(&self, actor: &Actor, place: &Target) -> Result<(), ApplyRefused> {
        if !self.is_open() {
            return Err(ApplyRefused::Over(self.state.name().to_owned()));
        }
        may(actor, self.action(), place)?;
        match self.state {
            State::Ready { .. } => Ok(()),
            State::Sending { .. } => Err(ApplyRefused::Elsewhere),
            State::Failed { .. } => Err(ApplyRefused::Failed),
            _ if self.by_hand => Err(ApplyRefused::NotReady),
            _ => Err(ApplyRefused::ByItself),
        }
    }

    /// Applies it by somebody's hand, who has looked at a digest. Its gates are judged again: where one does not pass any
    /// more, it waits again.
    pub fn apply_by_hand(
        mut self,
        actor: &Actor,
        place: &Target,
        digest: &Digest,
        circumstances: &Circumstances,
        placement: PlacementId,
        now: Time,
    ) -> Result<Transition, ApplyRefused> {
        self.may_apply(actor, place)?;
        if *digest != self.digest {
            return Err(ApplyRefused::OtherDigest);
        }
        self.version += 1;
        Ok(match self.enter(circumstances, now, Vec::new()) {
            Ok((promotion, changes)) => promotion.conclude(circumstances, placement, now, changes),
            Err(step) => *step,
        })
    }

    /// Lets it wait for a hand from now on, if it does not by now; until its gates have to be judged again.
    pub(super) fn get_ready(self, due: Time, now: Time, mut changes: Vec<Change>) -> Transition {
        if let State::Ready { .. } = self.state {
            return Transition { promotion: self, changes, due: Some(due) };
        }
        let (number, build, pins_in) = (self.number, self.build_name(), self.pins_in());
        changes.push(Change::PromotionReady { number, build, pins_in });
        let state = State::Ready { since: now };
        Transition { promotion: Self { state, ..self }, changes, due: Some(due) }
    }

    /// Lets it wait for its gates, also where it was ready before.
    pub(super) fn wait(self, needs: Vec<String>, due: Time, mut changes: Vec<Change>) -> Transition {
        if let State::Ready { .. } | State::Sending { .. } = self.state {
            let (number, build, pins_in) = (self.number, self.build_name(), self.pins_in());
            changes.push(Change::PromotionUnready { number, build, pins_in, needs });
        }
        Transition { promotion: Self { state: State::Waiting, ..self }, changes, due: Some(due) }
    }
}
