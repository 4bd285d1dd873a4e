//! Promotions: requests to make a build current in a next stage, from the asking to the end.
//!
//! [`consider`] tells what a promotion would meet before anyone asks. [`request`], [`Promotion::decide`]
//! and [`Promotion::cancel`] yield a [`Transition`]: the new state together with the changes that the
//! audit log must tell. Only this module makes transitions, and the store saves nothing else.

use crate::access::{Action, Actor, Refusal, Target, may};
use crate::buckets::{BucketKey, Slot};
use crate::builds::Build;
use crate::digests::Digest;
use crate::gates::{Approval, Barred, Facts, Gate, Verdicts, judge, may_approve};
use crate::ids::{
    BuildId, IntegrationId, PersonId, PlacementId, ProjectId, PromotionId, TokenId, WorkflowId,
};
use crate::projects::{Archived, Project};
use crate::references::Tag;
use crate::slugs::Slug;
use crate::timeline::{BuildName, Change, Personal};
use crate::times::Time;
use crate::words::Reason;
use crate::workflows::Workflow;
use serde::{Deserialize, Serialize};

/// A bucket by its key and its permanent name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketName {
    #[serde(flatten)]
    pub key: BucketKey,
    pub slug: Slug,
}

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
    Applied { at: Time, placement: PlacementId },
    Rejected { at: Time, by: PersonId },
    Cancelled { at: Time, by: PersonId },
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
}

/// What is new when a promotion is asked for: names and moments from their injected sources.
#[derive(Debug, Clone)]
pub struct Asking {
    pub id: PromotionId,
    pub number: i64,
    pub placement: PlacementId,
    pub reason: Reason,
    pub now: Time,
}

/// Tells what promoting would meet, for the board, the dry run and the request itself.
pub fn consider(wish: &Move) -> Outlook {
    match plan(wish) {
        Err(refused) => Outlook::Refused { refused },
        Ok(verdicts) if verdicts.pass() => Outlook::Enters,
        Ok(verdicts) => Outlook::Waits { needs: verdicts.needs() },
    }
}

fn plan(wish: &Move) -> Result<Verdicts, RequestRefused> {
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
    let facts = Facts { requester: wish.actor.person(), pusher: wish.pushed_by, approvals: Vec::new() };
    Ok(judge(gates_of(workflow, wish.to.key), &facts))
}

fn gates_of(workflow: &Workflow, bucket: BucketKey) -> &[Gate] {
    workflow.graph.stage(bucket).map_or(&[], |stage| &stage.gates)
}

/// Asks for a promotion; one whose gates pass is applied in the same step.
pub fn request(wish: &Move, build: &Build, asking: Asking) -> Result<Transition, RequestRefused> {
    let verdicts = plan(wish)?;
    let workflow = wish.workflow.ok_or(RequestRefused::NoWorkflow)?;
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
        gates: gates_of(workflow, wish.to.key).to_vec(),
        requested_by: wish.actor.person(),
        requested_with: wish.actor.token(),
        requested_at: asking.now,
        pushed_by: wish.pushed_by,
        reason: asking.reason,
        decisions: Vec::new(),
        state: State::Waiting,
        version: 1,
    };
    let mut changes = vec![Change::PromotionRequested {
        number: promotion.number,
        build: promotion.build_name(),
        from: promotion.from.slug.clone(),
        needs: verdicts.needs(),
        reason: Personal::new(&promotion.reason),
    }];
    let promotion = promotion.settle(asking.placement, asking.now, &mut changes);
    Ok(Transition { promotion, changes })
}

fn workflow_project(wish: &Move) -> ProjectId {
    // The target is a bucket of an integration, and every integration belongs to a project.
    wish.place.project.expect("a bucket's place names its project")
}

impl Promotion {
    pub fn verdicts(&self) -> Verdicts {
        judge(&self.gates, &self.facts())
    }

    /// Whether an actor may decide on it now, and why not.
    pub fn may_decide(&self, actor: &Actor, place: &Target) -> Result<(), DecideRefused> {
        if self.state != State::Waiting {
            return Err(DecideRefused::Over(self.state.name().to_owned()));
        }
        may_approve(&self.gates, &self.facts(), actor, place)?;
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
        placement: PlacementId,
    ) -> Result<Transition, DecideRefused> {
        self.may_decide(actor, place)?;
        if decision.digest != self.digest {
            return Err(DecideRefused::OtherDigest);
        }
        let (choice, now) = (decision.choice, decision.at);
        let mut changes = vec![Change::PromotionDecided {
            number: self.number,
            build: self.build_name(),
            choice,
            comment: decision.comment.as_ref().map(Personal::new),
        }];
        self.decisions.push(decision);
        self.version += 1;
        let promotion = match choice {
            Choice::Approve => self.settle(placement, now, &mut changes),
            Choice::Reject => Self { state: State::Rejected { at: now, by: actor.person() }, ..self },
        };
        Ok(Transition { promotion, changes })
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
        Ok(Transition { promotion, changes: vec![change] })
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

    /// Applies a waiting promotion whose gates all pass.
    fn settle(self, placement: PlacementId, now: Time, changes: &mut Vec<Change>) -> Self {
        if !self.verdicts().pass() {
            return self;
        }
        changes.push(Change::PromotionApplied {
            number: self.number,
            build: self.build_name(),
            from: self.from.slug.clone(),
            placement,
        });
        Self { state: State::Applied { at: now, placement }, ..self }
    }

    fn facts(&self) -> Facts {
        let approvals = self.decisions.iter().filter(|decision| decision.choice == Choice::Approve);
        Facts {
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
