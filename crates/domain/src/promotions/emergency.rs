//! Emergencies: whoever is permitted passes the gates with a written reason, which is marked for ever and which a second
//! person reviews later.

use super::{Promotion, Transition};
use crate::access::{Action, Actor, Refusal, Target, may};
use crate::gates::{Circumstances, GateVerdict, Verdict, Verdicts};
use crate::ids::{PersonId, PlacementId};
use crate::timeline::{Change, Personal};
use crate::times::Time;
use crate::words::Reason;
use serde::{Deserialize, Serialize};

/// That the gates of a promotion were passed in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    pub by: PersonId,
    pub at: Time,
    pub reason: Reason,
    /// What was missing then, in words; nothing where no rule kept it out.
    pub passed: Vec<String>,
    /// The rules that did not pass.
    #[serde(default)]
    pub rules: Vec<String>,
    /// What a second person says to it; absent until one does.
    pub review: Option<Review>,
}

/// A second person's word on an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub by: PersonId,
    pub at: Time,
    pub comment: Reason,
}

/// Why the gates of a waiting promotion are not passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PassRefused {
    #[error(transparent)]
    Forbidden(#[from] Refusal),
    #[error("This promotion is {0} already.")]
    Over(String),
    #[error("Hold {hold} marks this build bad, which an emergency does not pass. Release the mark first.")]
    Bad { hold: i64 },
    #[error("The build is not the one you looked at. Reload the page and look again.")]
    OtherDigest,
}

/// Why a review is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ReviewRefused {
    #[error(transparent)]
    Forbidden(#[from] Refusal),
    #[error("There is no emergency to review: nobody passed the gates of this promotion.")]
    None,
    #[error("You passed the gates yourself, so someone else has to review it.")]
    Own,
    #[error("You asked for this promotion, so someone else has to review that its gates were passed.")]
    Asked,
    #[error("This emergency has been reviewed already.")]
    Reviewed,
}

/// The hold by which a build is marked bad at a moment.
pub(super) fn bad_mark(circumstances: &Circumstances, now: Time) -> Option<i64> {
    let mut holds = circumstances.holds.iter();
    holds.find(|hold| hold.is_bad_mark() && hold.is_in_force(now)).map(|hold| hold.number)
}

/// What is missing for the gates, in words.
pub(super) fn missing(verdicts: &Verdicts) -> Vec<String> {
    let words = |gate: &GateVerdict| match &gate.verdict {
        Verdict::Passes => None,
        Verdict::Waits { needs, .. } => Some(needs.clone()),
        Verdict::Blocked { because } => Some(because.trim_end_matches('.').to_owned()),
    };
    verdicts.0.iter().filter_map(words).collect()
}

impl Promotion {
    /// Whether an actor may pass its gates in an emergency now, and why not.
    pub fn may_pass(
        &self,
        actor: &Actor,
        place: &Target,
        circumstances: &Circumstances,
        now: Time,
    ) -> Result<(), PassRefused> {
        if !self.is_open() {
            return Err(PassRefused::Over(self.state.name().to_owned()));
        }
        may(actor, Action::PassGates, place)?;
        if self.outlived(now).is_some() {
            return Err(PassRefused::Over("past the end of its pin".to_owned()));
        }
        match bad_mark(circumstances, now) {
            Some(hold) => Err(PassRefused::Bad { hold }),
            None => Ok(()),
        }
    }

    /// Applies a waiting promotion past its gates.
    pub fn pass_in_emergency(
        mut self,
        actor: &Actor,
        place: &Target,
        reason: Reason,
        circumstances: &Circumstances,
        placement: PlacementId,
        now: Time,
    ) -> Result<Transition, PassRefused> {
        self.may_pass(actor, place, circumstances, now)?;
        self.version += 1;
        Ok(self.pass(actor, reason, circumstances, placement, (now, Vec::new()), Vec::new()))
    }

    /// Applies it with the mark, after what it does elsewhere, whatever kept it out: its gates, and what else is named.
    pub(super) fn pass(
        self,
        actor: &Actor,
        reason: Reason,
        circumstances: &Circumstances,
        placement: PlacementId,
        (now, mut changes): (Time, Vec<Change>),
        others: Vec<String>,
    ) -> Transition {
        let verdicts = self.verdicts(circumstances, now);
        let passed = [missing(&verdicts), others].concat();
        let shut = verdicts.0.iter().filter(|gate| gate.verdict != Verdict::Passes);
        let rules = shut.map(|gate| gate.rule.clone()).collect();
        changes.push(Change::GatesPassed {
            pins_in: self.pins_in(),
            number: self.number,
            build: self.build_name(),
            passed: passed.clone(),
            reason: Personal::new(&reason),
        });
        let emergency = Some(Emergency { by: actor.person(), at: now, reason, passed, rules, review: None });
        Self { emergency, ..self }.conclude(circumstances, placement, now, changes)
    }

    /// Whether an actor may review the emergency now, and why not. Nobody does whose wish it was, and nobody in another's
    /// name: who handed their decisions over has not handed this over.
    pub fn may_review(&self, actor: &Actor, place: &Target) -> Result<(), ReviewRefused> {
        may(actor, Action::Approve, place)?;
        let emergency = self.emergency.as_ref().ok_or(ReviewRefused::None)?;
        if emergency.review.is_some() {
            return Err(ReviewRefused::Reviewed);
        }
        if emergency.by == actor.person() {
            return Err(ReviewRefused::Own);
        }
        if !self.automatic && self.requested_by == actor.person() {
            return Err(ReviewRefused::Asked);
        }
        Ok(())
    }

    /// Takes a second person's word on the emergency.
    pub fn review(
        mut self,
        actor: &Actor,
        place: &Target,
        comment: Reason,
        now: Time,
    ) -> Result<Transition, ReviewRefused> {
        self.may_review(actor, place)?;
        let change = Change::EmergencyReviewed {
            pins_in: self.pins_in(),
            number: self.number,
            build: self.build_name(),
            comment: Personal::new(&comment),
        };
        if let Some(emergency) = &mut self.emergency {
            emergency.review = Some(Review { by: actor.person(), at: now, comment });
        }
        self.version += 1;
        Ok(Transition { promotion: self, changes: vec![change], due: None })
    }

    /// Whether its gates were passed in an emergency that nobody has reviewed.
    pub fn is_to_review(&self) -> bool {
        self.emergency.as_ref().is_some_and(|emergency| emergency.review.is_none())
    }
}
