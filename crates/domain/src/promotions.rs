//! Promotions: requests to make a build current in a next stage, from the asking to the end.
//!
//! [`consider`] tells what a promotion would meet before anyone asks. [`request`], [`Promotion::decide`]
//! and [`Promotion::cancel`] yield a [`Transition`]: the new state together with the changes that the
//! audit log must tell. Only this module makes transitions, and the store saves nothing else.

mod asking;
mod deciding;
mod emergency;
mod pinning;
mod readiness;
mod sending;
mod turning;

pub use asking::{Asking, Move, Outlook, RequestRefused, consider, consider_emergency, request};
pub use deciding::{CancelRefused, DecideRefused};
pub use emergency::{Emergency, PassRefused, Review, ReviewRefused};
pub use readiness::ApplyRefused;
pub use sending::{ELSEWHERE, RetryRefused};
pub use turning::{LONGEST_WAIT, Standing};

use crate::buckets::BucketName;
use crate::digests::Digest;
use crate::gates::{
    Approval, Behind, Circumstances, Facts, Gate, Involved, Verdict, Verdicts, judge, passes,
};
use crate::ids::{
    BuildId, IntegrationId, PersonId, PlacementId, ProjectId, PromotionId, TokenId, WorkflowId,
};
use crate::pins::Pinning;
use crate::references::Tag;
use crate::slugs::Slug;
use crate::timeline::{BuildName, Change};
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
    /// Who made the service account that asked, or was shown a secret of a token of it that worked then. None of them
    /// approves it. Known once it is saved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub makers: Vec<PersonId>,
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
    /// What it takes back, where it is a rollback: the placement that was current when it was asked for.
    pub takes_back: Option<PlacementId>,
    /// Whether it waits, once its gates pass, until a person applies it.
    pub by_hand: bool,
    pub decisions: Vec<Decision>,
    /// That its gates were passed in an emergency, where they were.
    pub emergency: Option<Emergency>,
    pub state: State,
    /// Counts the transitions; a save that expects another one is a conflict.
    pub version: i64,
}

/// What is missing last where a stage wants it.
pub const HAND: &str = "a person to apply it";

/// Where a promotion stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Waiting,
    /// Its gates pass, and it waits until a person applies it.
    Ready {
        since: Time,
    },
    /// Its gates passed, and it is applied once what it does in a registry elsewhere has succeeded.
    Sending {
        since: Time,
    },
    /// What it does elsewhere did not succeed: somebody lets it try again, or takes it back.
    Failed {
        at: Time,
        because: String,
    },
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

/// A promotion after a step, with what the audit log tells of the step. Made here only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    promotion: Promotion,
    changes: Vec<Change>,
    due: Option<Time>,
}

impl Promotion {
    pub fn verdicts(&self, circumstances: &Circumstances, now: Time) -> Verdicts {
        judge(&self.gates, &self.facts(circumstances), now)
    }

    /// How its gates stood in the end, as far as that is known: what was applied passed all that it did not pass in an
    /// emergency; of what came to nothing, only what people said is known. While it waits, the same as its verdicts.
    pub fn final_verdicts(&self, circumstances: &Circumstances, now: Time) -> Verdicts {
        let mut verdicts = self.verdicts(circumstances, now);
        let known = |rule: &str| match (&self.state, &self.emergency) {
            (state, _) if state.is_open() => None,
            (State::Applied { .. }, None) => Some(true),
            (State::Applied { .. }, Some(emergency)) => {
                Some(!emergency.rules.iter().any(|shut| shut == rule))
            }
            _ => Some(false),
        };
        let by_people = self.gates.iter().map(|gate| !gate.asks_for_circumstances());
        let over = !self.is_open() && !matches!(self.state, State::Applied { .. });
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
        if self.by_hand || matches!(self.state, State::Sending { .. } | State::Failed { .. }) {
            return None;
        }
        passes(&self.gates, &self.facts(circumstances), now)
    }

    /// Whether it can still be applied.
    pub const fn is_open(&self) -> bool {
        self.state.is_open()
    }

    /// What is still missing, by the verdicts on its gates: last of all a hand, where the stage wants one.
    pub fn needs(&self, verdicts: &Verdicts) -> Vec<String> {
        let last = match self.state {
            State::Sending { .. } => Some(ELSEWHERE),
            State::Failed { .. } => Some(sending::RETRY),
            _ => self.by_hand.then_some(HAND),
        };
        verdicts.needs().into_iter().chain(last.map(str::to_owned)).collect()
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

    /// The environment in which it is to pin.
    fn pins_in(&self) -> Option<Slug> {
        self.pin.as_ref().map(|pin| pin.environment.slug.clone())
    }

    fn facts(&self, circumstances: &Circumstances) -> Facts {
        let mut circumstances = pinning::met(circumstances, self.goes_back());
        if matches!(self.state, State::Ready { .. } | State::Sending { .. } | State::Failed { .. }) {
            // Its turn has come, and is not lost to one that was asked for before and scheduled for later.
            circumstances.ahead = None;
        }
        Facts {
            involved: self.involved(),
            has_reference: self.reference.is_some(),
            scheduled_for: self.scheduled_for,
            circumstances,
        }
    }

    fn involved(&self) -> Involved {
        let approvals = self.decisions.iter().filter(|decision| decision.choice == Choice::Approve);
        Involved {
            requester: self.requested_by,
            makers: self.makers.clone(),
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
            Change::PromotionApplied { placement, .. } | Change::RolledBack { placement, .. } => {
                Some(*placement)
            }
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
    /// Whether it can still be applied.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Waiting | Self::Ready { .. } | Self::Sending { .. } | Self::Failed { .. })
    }

    /// When it ended; absent while it waits.
    pub const fn ended_at(&self) -> Option<Time> {
        match self {
            Self::Waiting | Self::Ready { .. } | Self::Sending { .. } | Self::Failed { .. } => None,
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
            Self::Ready { .. } | Self::Sending { .. } => "ready",
            Self::Failed { .. } => "failed",
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
