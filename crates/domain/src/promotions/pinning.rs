//! Promotions that pin: they are judged like others, by the gates of the stage that feeds the environment, and make a pin
//! when they are applied. What was current in that stage before is gone back to, so that it is judged like a rollback.

use super::{Move, Promotion, RequestRefused, Standing};
use crate::access::{Action, may};
use crate::gates::{Circumstances, Gate};
use crate::holds::stops_rollback;
use crate::pins::Pinning;
use crate::timeline::{BuildName, Change, PinTold};
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
    /// Whether it pins what was current in its own bucket before.
    pub fn goes_back(&self) -> bool {
        self.pin.is_some() && self.from.key == self.to.key
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
            Some(_) => Standing { current: None, paused: false, rolled_back: false, ..target.clone() },
            None => target.clone(),
        }
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
    /// Whether it is to pin what was current in the bucket before.
    pub fn goes_back(&self) -> bool {
        self.pin.is_some() && self.from.key == self.to.key
    }

    /// The gates that it has to pass: what has been in the bucket has passed them before.
    pub(super) fn gates<'a>(&self, workflow: &'a Workflow) -> &'a [Gate] {
        if self.goes_back() {
            return &[];
        }
        workflow.graph.stage(self.to.key).map_or(&[], |stage| &stage.gates)
    }

    /// Refuses a pin that would change nothing, and one that goes back where a rollback is refused.
    pub(super) fn check_pin(&self, emergency: bool) -> Result<(), RequestRefused> {
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
        if !self.goes_back() {
            return Ok(());
        }
        let to = &self.to.slug;
        if emergency {
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
