//! Promotions that pin: they are judged like others, by the gates of the stage that feeds the environment, and make a pin
//! when they are applied. What was current in that stage before is gone back to, so that it is judged like a rollback.
//! And rollbacks themselves, where the stage wants them approved: promotions from a bucket into the same.

use super::{Move, Promotion, RequestRefused, Standing};
use crate::access::{Action, may};
use crate::gates::{Circumstances, Gate};
use crate::holds::stops_rollback;
use crate::ids::PlacementId;
use crate::pins::Pinning;
use crate::timeline::{BuildName, Change, Personal, PinTold};
use crate::times::Time;
use crate::workflows::Workflow;

/// What a promotion meets of its circumstances. One that goes back is stopped by those holds only that stop rollbacks.
pub(super) fn met(circumstances: &Circumstances, goes_back: bool) -> Circumstances {
    let mut met = circumstances.clone();
    if goes_back {
        met.holds.retain(|hold| hold.rollbacks || hold.is_bad_mark());
    }
    met
}

impl Promotion {
    /// Whether it goes back to what was current in its own bucket before: to pin it, or as a rollback.
    pub fn goes_back(&self) -> bool {
        self.from.key == self.to.key
    }

    /// Whether it rolls its bucket back.
    pub const fn is_rollback(&self) -> bool {
        self.takes_back.is_some()
    }

    /// What one must be permitted to do at its place to ask for it.
    pub fn action(&self) -> Action {
        if self.goes_back() { Action::RollBack } else { Action::Promote }
    }

    /// Why it can be applied no more, where the end of its pin has come before it was.
    pub(super) fn outlived(&self, now: Time) -> Option<String> {
        let pin = self.pin.as_ref().filter(|pin| pin.until <= now)?;
        Some(format!("Its pin would have ended on {}.", pin.until.to_words()))
    }

    /// How the target stands for it: what becomes current in the bucket is nothing to a pin.
    pub(super) fn standing(&self, target: &Standing) -> Standing {
        match self.pin {
            Some(_) => Standing {
                current: None,
                placement: None,
                paused: false,
                rolled_back: false,
                ..target.clone()
            },
            None => target.clone(),
        }
    }

    /// What the audit log tells when it is applied, if it is a rollback.
    pub(super) fn rolled_back(
        &self,
        circumstances: &Circumstances,
        placement: PlacementId,
    ) -> Option<Change> {
        self.takes_back?;
        Some(Change::RolledBack {
            number: Some(self.number),
            build: self.build_name(),
            placement,
            before: circumstances.current.clone(),
            reason: Personal::new(&self.reason),
        })
    }

    /// What the audit log tells when it is applied, if it is to pin.
    pub(super) fn pin_applied(&self, circumstances: &Circumstances) -> Option<Change> {
        let pin = self.pin.as_ref()?;
        let before = circumstances.pinned.as_ref().map(|mark| BuildName {
            id: mark.build,
            digest: mark.digest.clone(),
            tag: mark.tag.clone(),
        });
        Some(Change::PinApplied {
            number: self.number,
            build: self.build_name(),
            pin: PinTold::of(pin),
            before,
        })
    }

    /// Whether another one that is to pin takes its place: it is for the same service in the same environment.
    pub fn pins_the_same(&self, pinning: &Pinning) -> bool {
        let same = |pin: &Pinning| {
            pin.service.id == pinning.service.id && pin.environment.id == pinning.environment.id
        };
        self.pin.as_ref().is_some_and(same)
    }
}

impl Move<'_> {
    /// Whether it is to go back to what was current in the bucket before.
    pub fn goes_back(&self) -> bool {
        (self.pin.is_some() || self.takes_back.is_some()) && self.from.key == self.to.key
    }

    /// The gates that it has to pass: what has been in the bucket has passed them before, and passes again what the stage
    /// asks of rollbacks.
    pub(super) fn gates(&self, workflow: &Workflow) -> Vec<Gate> {
        workflow.graph.gates(self.from.key, self.to.key)
    }

    /// Refuses a pin that would change nothing.
    pub(super) fn check_pin(&self) -> Result<(), RequestRefused> {
        let Some(pin) = self.pin else { return Ok(()) };
        let there = self.circumstances.pinned.as_ref();
        // Taking the place of somebody else's takes what releasing it takes.
        if there.is_some_and(|mark| mark.by != self.actor.person()) {
            may(self.actor, Action::Hold, self.place)?;
        }
        if let Some(mark) = there.filter(|mark| mark.build == self.build && mark.until == pin.until) {
            let (tag, number, until) = (mark.tag.clone(), mark.number, mark.until);
            return Err(RequestRefused::AlreadyPinned { tag, number, until });
        }
        Ok(())
    }

    /// Refuses to go back where a hold stops rollbacks, and in an emergency where no gate stands in the way.
    pub(super) fn check_back(&self, workflow: &Workflow, emergency: bool) -> Result<(), RequestRefused> {
        if !self.goes_back() {
            return Ok(());
        }
        let to = &self.to.slug;
        if emergency && self.gates(workflow).is_empty() {
            let because =
                format!("It has been in {to}, so that no gate keeps it out. Leave out the emergency.");
            return Err(RequestRefused::Blocked { because });
        }
        match stops_rollback(&self.circumstances.holds, self.now) {
            None => Ok(()),
            Some(held) => {
                let number = held.number();
                let because = format!("{to} {held}. Hold {number} has to be released first.");
                Err(RequestRefused::Blocked { because })
            }
        }
    }
}
