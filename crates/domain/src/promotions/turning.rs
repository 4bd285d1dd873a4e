//! What becomes of a waiting promotion by itself, and how it ends when its gates pass.

use super::{Promotion, State, Transition};
use crate::gates::{Circumstances, turns};
use crate::ids::{BuildId, PlacementId};
use crate::spans::Span;
use crate::timeline::Change;
use crate::times::Time;

/// How the target stands when a waiting promotion is looked at and nobody acts on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub current: Option<BuildId>,
    /// By which placement it is current.
    pub placement: Option<PlacementId>,
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
        if !self.is_open() {
            return None;
        }
        self.version += 1;
        let target = &self.standing(target);
        if let Some(because) = self.vain(target) {
            return Some(self.expire(because, now, Vec::new()));
        }
        match self.state {
            State::Sending { .. } => return Some(self.look_at_sending(circumstances, now)),
            State::Failed { .. } => return Some(self.look_at_failed(now)),
            _ => {}
        }
        let end = LONGEST_WAIT.after(self.requested_at);
        // After a rollback nothing enters without a person: one applies it, or has asked to go back further.
        if target.paused
            && !self.by_hand
            && !self.is_rollback()
            && now < end
            && self.verdicts(circumstances, now).pass()
        {
            let due = end.min(now.plus_seconds(PATIENCE));
            return Some(Transition { promotion: self, changes: Vec::new(), due: Some(due) });
        }
        Some(self.settle(circumstances, placement, now, Vec::new()))
    }

    /// Why it can be applied no more, as its target stands.
    pub(super) fn vain(&self, target: &Standing) -> Option<String> {
        let to = &self.to.slug;
        if target.current == Some(self.build) {
            Some(format!("It is current in {to} already."))
        } else if target.rolled_back && !self.is_rollback() {
            // What was rolled back is not undone while nobody looks.
            Some(format!("{to} was rolled back after it was asked for. Ask again."))
        } else {
            self.lapsed(target)
        }
    }

    /// Why not even an approval applies it any more, as its target stands: whoever asked for it may not any more, or what it
    /// was to take back has gone.
    pub fn lapsed(&self, target: &Standing) -> Option<String> {
        let to = &self.to.slug;
        if self.is_rollback() && target.placement != self.takes_back {
            return Some(format!("Something else became current in {to} after it was asked for. Ask again."));
        }
        let deed = if self.goes_back() { "roll back" } else { "promote into" };
        (!target.requester_may).then(|| format!("Whoever asked for it may not {deed} {to} any more."))
    }

    /// Ends it for such a reason, as its next look would. Absent where it is over already.
    pub fn lapse(mut self, because: String, now: Time) -> Option<Transition> {
        if !self.is_open() {
            return None;
        }
        self.version += 1;
        Some(self.expire(because, now, Vec::new()))
    }

    /// Ends it by itself.
    pub(super) fn expire(self, because: String, now: Time, mut changes: Vec<Change>) -> Transition {
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
        if !self.is_open() {
            return None;
        }
        let (number, build) = (self.number, self.build_name());
        let changes = vec![Change::PromotionSuperseded { pins_in: self.pins_in(), number, build, by }];
        let state = State::Superseded { at: now, by };
        Some(Transition { promotion: Self { state, version: self.version + 1, ..self }, changes, due: None })
    }

    /// Applies a waiting promotion whose gates all pass, or lets it wait for a hand where the stage wants one; and ends one
    /// that waits in vain.
    pub(super) fn settle(
        self,
        circumstances: &Circumstances,
        placement: PlacementId,
        now: Time,
        changes: Vec<Change>,
    ) -> Transition {
        if let State::Failed { .. } = self.state {
            // Somebody has to let it try again.
            let due = Some(self.end());
            return Transition { promotion: self, changes, due };
        }
        match self.enter(circumstances, now, changes) {
            Ok((promotion, changes)) if promotion.by_hand && !promotion.is_sending() => {
                let due = promotion.due(circumstances, now);
                promotion.get_ready(due, now, changes)
            }
            Ok((promotion, changes)) => promotion.conclude(circumstances, placement, now, changes),
            Err(step) => *step,
        }
    }

    /// Gives it back if all its gates pass; else what becomes of it.
    pub(super) fn enter(
        self,
        circumstances: &Circumstances,
        now: Time,
        changes: Vec<Change>,
    ) -> Result<(Self, Vec<Change>), Box<Transition>> {
        let verdicts = self.verdicts(circumstances, now);
        let late = LONGEST_WAIT.after(self.requested_at) <= now;
        let late = late.then(|| format!("It waited for {}.", LONGEST_WAIT.words()));
        let late = late.or_else(|| self.outlived(now));
        if let Some(because) = late.or_else(|| verdicts.blocked().map(str::to_owned)) {
            return Err(Box::new(self.expire(because, now, changes)));
        }
        if verdicts.pass() {
            return Ok((self, changes));
        }
        let (needs, due) = (self.needs(&verdicts), self.due(circumstances, now));
        Err(Box::new(self.wait(needs, due, changes)))
    }

    /// When it has to be looked at again if nobody does anything: when a verdict may turn, and at its end at the latest.
    pub(super) fn due(&self, circumstances: &Circumstances, now: Time) -> Time {
        let end = self.end();
        turns(&self.gates, &self.facts(circumstances), now).map_or(end, |turns| turns.min(end))
    }

    /// When it ends at the latest.
    pub fn end(&self) -> Time {
        let end = LONGEST_WAIT.after(self.requested_at);
        self.pin.as_ref().map_or(end, |pin| pin.until.min(end))
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
        let state = State::Applied { at: now, placement: Some(placement) };
        if let Some(back) = self.rolled_back(circumstances, placement) {
            changes.push(back);
            return Transition { promotion: Self { state, ..self }, changes, due: None };
        }
        let (number, build) = (self.number, self.build_name());
        changes.push(Change::PromotionApplied { number, build, from: self.from.slug.clone(), placement });
        Transition { promotion: Self { state, ..self }, changes, due: None }
    }
}
