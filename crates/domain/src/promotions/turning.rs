//! What becomes of a waiting promotion by itself, and how it ends when its gates pass.

use super::{Promotion, State, Transition};
use crate::gates::{Circumstances, judge, turns};
use crate::ids::{BuildId, PlacementId};
use crate::spans::Span;
use crate::timeline::Change;
use crate::times::Time;

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

    /// Applies a waiting promotion whose gates all pass, and ends one that waits in vain.
    pub(super) fn settle(
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

    pub(super) fn apply(
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
}
