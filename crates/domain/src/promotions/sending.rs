//! What a promotion does in a registry elsewhere. It is done before its build becomes current here, so that nothing is ever
//! half applied: where it succeeds, the gates are judged again and the promotion is applied; where it does not, the
//! promotion has failed, and somebody lets it try again.

use super::emergency::bad_mark;
use super::{Promotion, Standing, State, Transition};
use crate::access::{Actor, Refusal, Target, may};
use crate::gates::Circumstances;
use crate::ids::PlacementId;
use crate::timeline::Change;
use crate::times::Time;
use serde::{Deserialize, Serialize};

/// What is missing while something is done elsewhere.
pub const ELSEWHERE: &str = "what it does in a registry elsewhere";
/// What is missing after that failed.
pub(super) const RETRY: &str = "somebody to let it try again what failed elsewhere";

/// Why nothing is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum RetryRefused {
    #[error(transparent)]
    Forbidden(#[from] Refusal),
    #[error("This promotion is {0}; only one that has failed can try again.")]
    NotFailed(String),
}

/// A promotion that may enter, with what is told so far; or what becomes of it instead.
type Entering = Result<(Promotion, Vec<Change>), Box<Transition>>;

impl Promotion {
    pub const fn is_sending(&self) -> bool {
        matches!(self.state, State::Sending { .. })
    }

    /// Applies a promotion that may enter, or first lets it do what it does elsewhere. A pin makes nothing current, so it
    /// has nothing to do there.
    pub(super) fn conclude(
        self,
        circumstances: &Circumstances,
        placement: PlacementId,
        now: Time,
        mut changes: Vec<Change>,
    ) -> Transition {
        if !circumstances.outside || self.pin.is_some() {
            return self.apply(circumstances, placement, now, changes);
        }
        let due = Some(self.due(circumstances, now));
        if self.is_sending() {
            return Transition { promotion: self, changes, due };
        }
        changes.push(Change::PromotionSending { number: self.number, build: self.build_name() });
        let promotion = Self { state: State::Sending { since: now }, ..self };
        Transition { promotion, changes, due }
    }

    /// Whether it may still enter. What passed its gates in an emergency is stopped by a bad mark only.
    fn may_enter(self, circumstances: &Circumstances, now: Time, changes: Vec<Change>) -> Entering {
        if self.emergency.is_none() {
            return self.enter(circumstances, now, changes);
        }
        match bad_mark(circumstances, now) {
            None => Ok((self, changes)),
            Some(hold) => {
                Err(Box::new(self.expire(format!("Hold {hold} marks this build bad."), now, changes)))
            }
        }
    }

    /// What becomes of it while something is done elsewhere: a gate may not pass any more.
    pub(super) fn look_at_sending(self, circumstances: &Circumstances, now: Time) -> Transition {
        match self.may_enter(circumstances, now, Vec::new()) {
            Ok((promotion, changes)) => {
                let due = Some(promotion.due(circumstances, now));
                Transition { promotion, changes, due }
            }
            Err(step) => *step,
        }
    }

    /// What becomes of it while nobody lets it try again.
    pub(super) fn look_at_failed(self, now: Time) -> Transition {
        let end = self.end();
        if end <= now {
            return self.expire("Nobody let it try again what failed elsewhere.".to_owned(), now, Vec::new());
        }
        Transition { promotion: self, changes: Vec::new(), due: Some(end) }
    }

    /// Applies it after what it does elsewhere has succeeded, unless its gates do not pass any more. Absent where it does
    /// nothing elsewhere now.
    pub fn sent(
        mut self,
        target: &Standing,
        circumstances: &Circumstances,
        placement: PlacementId,
        now: Time,
    ) -> Option<Transition> {
        if !self.is_sending() {
            return None;
        }
        self.version += 1;
        if let Some(because) = self.vain(&self.standing(target)) {
            return Some(self.expire(because, now, Vec::new()));
        }
        Some(match self.may_enter(circumstances, now, Vec::new()) {
            Ok((promotion, changes)) => promotion.apply(circumstances, placement, now, changes),
            Err(step) => *step,
        })
    }

    /// Lets it fail after what it does elsewhere has not succeeded. Absent where it does nothing elsewhere now.
    pub fn not_sent(mut self, because: String, now: Time) -> Option<Transition> {
        if !self.is_sending() {
            return None;
        }
        self.version += 1;
        let (number, build) = (self.number, self.build_name());
        let changes = vec![Change::PromotionFailed { number, build, because: because.clone() }];
        let due = Some(self.end());
        Some(Transition {
            promotion: Self { state: State::Failed { at: now, because }, ..self },
            changes,
            due,
        })
    }

    /// Whether an actor may let it try again now, and why not: whoever may ask for it may. Nobody else is told how it stands.
    pub fn may_retry(&self, actor: &Actor, place: &Target) -> Result<(), RetryRefused> {
        may(actor, self.action(), place)?;
        match self.state {
            State::Failed { .. } => Ok(()),
            _ => Err(RetryRefused::NotFailed(self.state.name().to_owned())),
        }
    }

    /// Lets it try again. Its gates are judged again first: where one does not pass any more, it waits.
    pub fn retry(
        mut self,
        actor: &Actor,
        place: &Target,
        circumstances: &Circumstances,
        placement: PlacementId,
        now: Time,
    ) -> Result<Transition, RetryRefused> {
        self.may_retry(actor, place)?;
        self.version += 1;
        let changes = vec![Change::PromotionRetried { number: self.number, build: self.build_name() }];
        Ok(match self.may_enter(circumstances, now, changes) {
            Ok((promotion, changes)) => promotion.conclude(circumstances, placement, now, changes),
            Err(step) => *step,
        })
    }
}
