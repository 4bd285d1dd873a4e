//! Promotions: requests to make a build current in a next stage, from the asking to the end.
//!
//! [`consider`] tells what a promotion would meet before anyone asks. [`request`], [`Promotion::decide`]
//! and [`Promotion::cancel`] yield a [`Transition`]: the new state together with the changes that the
//! audit log must tell. Only this module makes transitions, and the store saves nothing else.

use crate::access::{Action, Actor, Refusal, Target, may};
use crate::buckets::{BucketKey, BucketName, Slot};
use crate::builds::Build;
use crate::digests::Digest;
use crate::gates::{
    Approval, Barred, Circumstances, Facts, Gate, Involved, Verdict, Verdicts, judge, may_approve, passes,
    turns,
};
use crate::ids::{
    BuildId, IntegrationId, PersonId, PlacementId, ProjectId, PromotionId, TokenId, WorkflowId,
};
use crate::projects::{Archived, Project};
use crate::references::Tag;
use crate::slugs::Slug;
use crate::spans::Span;
use crate::timeline::{BuildName, Change, Personal};
use crate::times::Time;
use crate::words::{Reason, Reference};
use crate::workflows::Workflow;
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
    pub pushed_by: PersonId,
    pub reason: Reason,
    /// What it refers to, such as a change ticket; of the form that its gates ask for.
    pub reference: Option<Reference>,
    pub decisions: Vec<Decision>,
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
        placement: PlacementId,
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
}

/// One person's word on a promotion, bound to the digest that they saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub person: PersonId,
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

/// A wish to move a build into a bucket, with all that decides about it.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    pub actor: &'a Actor,
    pub project: &'a Project,
    pub workflow: Option<&'a Workflow>,
    pub from: &'a Slot,
    pub to: &'a Slot,
    /// The target bucket as a place of permission.
    pub place: &'a Target,
    pub build: BuildId,
    pub pushed_by: PersonId,
    /// Whether the build is, or once was, current in `from`.
    pub was_current: bool,
    /// What is current in `to`.
    pub current: Option<BuildId>,
    /// The number of a promotion of the same build into `to` that is still waiting.
    pub open: Option<i64>,
    pub circumstances: &'a Circumstances,
    pub now: Time,
}

/// What a promotion would meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outlook", rename_all = "snake_case")]
pub enum Outlook {
    /// Every gate passes: it is applied at once.
    Enters,
    /// It would wait for what the gates need.
    Waits {
        needs: Vec<String>,
        /// When it enters without anybody doing anything, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
    },
    Refused {
        refused: RequestRefused,
    },
}

/// Why a promotion cannot be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum RequestRefused {
    #[error(transparent)]
    Forbidden(#[from] Refusal),
    #[error(transparent)]
    Archived(#[from] Archived),
    #[error("This integration follows no workflow, so nothing can be promoted. Give it one first.")]
    NoWorkflow,
    #[error("The workflow does not lead from {from} to {to}.")]
    NoWay { from: Slug, to: Slug },
    #[error("It is already current in {to}.")]
    AlreadyThere { to: Slug },
    #[error("Promotion #{number} of this build is waiting already.")]
    AlreadyAsked { number: i64 },
    #[error("It has never been current in {from}.")]
    NeverThere { from: Slug },
    #[error("{because}")]
    Blocked { because: String },
    #[error("{to} asks for a reference of the form {pattern}.")]
    NoReference { to: Slug, pattern: String },
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

/// What is new when a promotion is asked for: names and moments from their injected sources.
#[derive(Debug, Clone)]
pub struct Asking {
    pub id: PromotionId,
    pub number: i64,
    pub placement: PlacementId,
    pub reason: Reason,
    /// Whoever gives one has found that it is of the form that the stage's gates ask for.
    pub reference: Option<Reference>,
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

/// Tells what promoting would meet, for the board, the dry run and the request itself. A reference that the stage
/// asks for is taken as given, since whoever asks gives it with the request.
pub fn consider(wish: &Move) -> Outlook {
    match plan(wish, true) {
        Err(refused) => Outlook::Refused { refused },
        Ok(verdicts) if verdicts.pass() => Outlook::Enters,
        Ok(verdicts) => Outlook::Waits { needs: verdicts.needs(), until: passes_at(wish) },
    }
}

/// When it would enter without anybody doing anything, where that is known.
fn passes_at(wish: &Move) -> Option<Time> {
    let gates = wish.workflow.map_or(&[][..], |workflow| gates_of(workflow, wish.to.key));
    passes(gates, &first_facts(wish, true), wish.now)
}

/// What is known of a wish before anyone has approved it.
fn first_facts(wish: &Move, has_reference: bool) -> Facts {
    let involved = Involved { requester: wish.actor.person(), pusher: wish.pushed_by, approvals: Vec::new() };
    Facts { involved, has_reference, circumstances: wish.circumstances.clone() }
}

fn plan(wish: &Move, has_reference: bool) -> Result<Verdicts, RequestRefused> {
    wish.project.check_in_use()?;
    let workflow = wish.workflow.ok_or(RequestRefused::NoWorkflow)?;
    let to = || wish.to.slug.clone();
    let from = || wish.from.slug.clone();
    if wish.from.key != wish.to.key && !workflow.graph.leads(wish.from.key, wish.to.key) {
        return Err(RequestRefused::NoWay { from: from(), to: to() });
    }
    if wish.current == Some(wish.build) || wish.from.key == wish.to.key {
        return Err(RequestRefused::AlreadyThere { to: to() });
    }
    if !wish.was_current {
        return Err(RequestRefused::NeverThere { from: from() });
    }
    may(wish.actor, Action::Promote, wish.place)?;
    if let Some(number) = wish.open {
        return Err(RequestRefused::AlreadyAsked { number });
    }
    let facts = first_facts(wish, has_reference);
    let verdicts = judge(gates_of(workflow, wish.to.key), &facts, wish.now);
    match verdicts.blocked() {
        Some(because) => Err(RequestRefused::Blocked { because: because.to_owned() }),
        None => Ok(verdicts),
    }
}

fn gates_of(workflow: &Workflow, bucket: BucketKey) -> &[Gate] {
    workflow.graph.stage(bucket).map_or(&[], |stage| &stage.gates)
}

/// Asks for a promotion; one whose gates pass is applied in the same step.
pub fn request(wish: &Move, build: &Build, asking: Asking) -> Result<Transition, RequestRefused> {
    let verdicts = plan(wish, asking.reference.is_some())?;
    let workflow = wish.workflow.ok_or(RequestRefused::NoWorkflow)?;
    let gates = gates_of(workflow, wish.to.key);
    let wanted = gates.iter().find_map(Gate::reference).filter(|_| asking.reference.is_none());
    if let Some(pattern) = wanted {
        // It cannot be given later, so the promotion would wait for nothing.
        let (to, pattern) = (wish.to.slug.clone(), pattern.as_str().to_owned());
        return Err(RequestRefused::NoReference { to, pattern });
    }
    let name = |slot: &Slot| BucketName { key: slot.key, slug: slot.slug.clone() };
    let promotion = Promotion {
        id: asking.id,
        project: workflow_project(wish),
        number: asking.number,
        integration: build.integration,
        build: build.id,
        digest: build.digest.clone(),
        tag: build.tag.clone(),
        from: name(wish.from),
        to: name(wish.to),
        workflow: workflow.name.id,
        workflow_version: workflow.version,
        gates: gates.to_vec(),
        requested_by: wish.actor.person(),
        requested_with: wish.actor.token(),
        requested_at: wish.now,
        pushed_by: wish.pushed_by,
        reason: asking.reason,
        reference: asking.reference,
        decisions: Vec::new(),
        state: State::Waiting,
        version: 1,
    };
    let changes = vec![Change::PromotionRequested {
        number: promotion.number,
        build: promotion.build_name(),
        from: promotion.from.slug.clone(),
        needs: verdicts.needs(),
        reason: Personal::new(&promotion.reason),
        reference: promotion.reference.as_ref().map(Personal::new),
    }];
    Ok(promotion.settle(wish.circumstances, asking.placement, wish.now, changes))
}

fn workflow_project(wish: &Move) -> ProjectId {
    // The target is a bucket of an integration, and every integration belongs to a project.
    wish.place.project.expect("a bucket's place names its project")
}

impl Promotion {
    pub fn verdicts(&self, circumstances: &Circumstances, now: Time) -> Verdicts {
        judge(&self.gates, &self.facts(circumstances), now)
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

    /// Whether an actor may decide on it now, and why not.
    pub fn may_decide(&self, actor: &Actor, place: &Target) -> Result<(), DecideRefused> {
        if self.state != State::Waiting {
            return Err(DecideRefused::Over(self.state.name().to_owned()));
        }
        may_approve(&self.gates, &self.involved(), actor, place)?;
        if self.decisions.iter().any(|decision| decision.person == actor.person()) {
            return Err(Barred::Decided.into());
        }
        Ok(())
    }

    /// Takes one person's decision. The last approval that the gates need applies the promotion in
    /// the same step; one rejection ends it.
    pub fn decide(
        mut self,
        actor: &Actor,
        place: &Target,
        decision: Decision,
        circumstances: &Circumstances,
        placement: PlacementId,
    ) -> Result<Transition, DecideRefused> {
        self.may_decide(actor, place)?;
        if decision.digest != self.digest {
            return Err(DecideRefused::OtherDigest);
        }
        let (choice, now) = (decision.choice, decision.at);
        let changes = vec![Change::PromotionDecided {
            number: self.number,
            build: self.build_name(),
            choice,
            comment: decision.comment.as_ref().map(Personal::new),
        }];
        self.decisions.push(decision);
        self.version += 1;
        if choice == Choice::Approve {
            return Ok(self.settle(circumstances, placement, now, changes));
        }
        let promotion = Self { state: State::Rejected { at: now, by: actor.person() }, ..self };
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

    /// Ends it by itself.
    fn expire(self, because: String, now: Time, mut changes: Vec<Change>) -> Transition {
        let (number, build) = (self.number, self.build_name());
        changes.push(Change::PromotionExpired { number, build, because: because.clone() });
        Transition {
            promotion: Self { state: State::Expired { at: now, because }, ..self },
            changes,
            due: None,
        }
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
        if actor.person() != self.requested_by || actor.token().is_some() {
            may(actor, Action::Promote, place)?;
        }
        Ok(())
    }

    /// Applies a waiting promotion whose gates all pass, and ends one that waits in vain.
    fn settle(
        self,
        circumstances: &Circumstances,
        placement: PlacementId,
        now: Time,
        mut changes: Vec<Change>,
    ) -> Transition {
        let facts = self.facts(circumstances);
        let verdicts = judge(&self.gates, &facts, now);
        let end = LONGEST_WAIT.after(self.requested_at);
        let late = (end <= now).then(|| format!("It waited for {}.", LONGEST_WAIT.words()));
        if let Some(because) = late.or_else(|| verdicts.blocked().map(str::to_owned)) {
            return self.expire(because, now, changes);
        }
        if !verdicts.pass() {
            let due = turns(&self.gates, &facts, now).map_or(end, |turns| turns.min(end));
            return Transition { promotion: self, changes, due: Some(due) };
        }
        let (number, build) = (self.number, self.build_name());
        changes.push(Change::PromotionApplied { number, build, from: self.from.slug.clone(), placement });
        let state = State::Applied { at: now, placement };
        Transition { promotion: Self { state, ..self }, changes, due: None }
    }

    fn facts(&self, circumstances: &Circumstances) -> Facts {
        Facts {
            involved: self.involved(),
            has_reference: self.reference.is_some(),
            circumstances: circumstances.clone(),
        }
    }

    fn involved(&self) -> Involved {
        let approvals = self.decisions.iter().filter(|decision| decision.choice == Choice::Approve);
        Involved {
            requester: self.requested_by,
            pusher: self.pushed_by,
            approvals: approvals
                .map(|decision| Approval { person: decision.person, roles: decision.roles.clone() })
                .collect(),
        }
    }

    fn build_name(&self) -> BuildName {
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
    pub const fn placement(&self) -> Option<PlacementId> {
        match self.promotion.state {
            State::Applied { placement, .. } => Some(placement),
            _ => None,
        }
    }

    pub fn into_promotion(self) -> Promotion {
        self.promotion
    }
}

impl State {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Applied { .. } => "applied",
            Self::Rejected { .. } => "rejected",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired { .. } => "expired",
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
