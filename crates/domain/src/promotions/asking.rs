//! Asking for a promotion: what it would meet, and the first step.

use super::emergency::{bad_mark, missing};
use super::pinning::met;
use super::{ELSEWHERE, HAND, Promotion, State, Transition};
use crate::access::{Action, Actor, Refusal, Target, may};
use crate::buckets::{BucketName, Slot};
use crate::builds::Build;
use crate::gates::{Behind, Circumstances, Facts, Gate, Involved, Verdicts, judge, passes};
use crate::ids::{BuildId, PlacementId, ProjectId, PromotionId};
use crate::pins::Pinning;
use crate::projects::{Archived, Project};
use crate::references::Tag;
use crate::slugs::Slug;
use crate::timeline::{Change, Personal, PinTold};
use crate::times::Time;
use crate::words::{Reason, Reference};
use crate::workflows::{Contest, Workflow};
use serde::{Deserialize, Serialize};

/// A wish to move a build into a bucket, with all that decides about it.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    pub actor: &'a Actor,
    pub project: &'a Project,
    pub workflow: Option<&'a Workflow>,
    pub from: &'a Slot,
    pub to: &'a Slot,
    /// The target bucket as a place of permission; of a pin, the one environment.
    pub place: &'a Target,
    pub build: BuildId,
    pub behind: &'a Behind,
    /// Whether the build is, or once was, current in `from`.
    pub was_current: bool,
    /// What is current in `to`.
    pub current: Option<BuildId>,
    /// The number of a promotion of the same build into `to` that is still waiting.
    pub open: Option<i64>,
    /// The newest of the promotions that wait to enter `to` and whose time has come, whatever their builds.
    pub rival: Option<i64>,
    /// What the build is to be pinned for, instead of being made current in `to`.
    pub pin: Option<&'a Pinning>,
    /// What it is to take back, where it is a rollback: the placement that is current in `to`, which is `from`, too.
    pub takes_back: Option<PlacementId>,
    /// Whether the stage asks by itself, so that the actor is who made the build current in the stage before.
    pub automatic: bool,
    /// Before when it shall not enter.
    pub scheduled_for: Option<Time>,
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
    #[error("The workflow {workflow} does not lead from {from} to {to}.")]
    NoWay { workflow: Slug, from: Slug, to: Slug },
    #[error("It is already current in {to}.")]
    AlreadyThere { to: Slug },
    #[error("Promotion #{number} asks for the same and has not ended. Go on with it, or take it back first.")]
    AlreadyAsked { number: i64 },
    #[error(
        "Promotion #{number} waits to enter {to}, which takes one at a time. Wait for its end, or take it back."
    )]
    OneAtATime { number: i64, to: Slug },
    #[error("Hold {hold} marks this build bad, which an emergency does not pass. Release the mark first.")]
    Bad { hold: i64 },
    #[error("It has never been current in {from}.")]
    NeverThere { from: Slug },
    #[error("{because}")]
    Blocked { because: String },
    #[error("{tag} is pinned there until {} already, by #{number}.", until.to_words())]
    AlreadyPinned { tag: Tag, number: i64, until: Time },
    #[error("{to} asks for a reference of the form {pattern}.")]
    NoReference { to: Slug, pattern: String },
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
    /// Whether the gates are passed in an emergency, for the reason that is given.
    pub emergency: bool,
}

/// Tells what promoting would meet, for the board, the dry run and the request itself. A reference that the stage
/// asks for is taken as given, since whoever asks gives it with the request.
pub fn consider(wish: &Move) -> Outlook {
    match plan(wish, true, false) {
        Err(refused) => Outlook::Refused { refused },
        Ok(verdicts) if verdicts.pass() && !wish.by_hand() && !wish.sends() => Outlook::Enters,
        Ok(verdicts) => Outlook::Waits { needs: wish.needs(&verdicts), until: passes_at(wish) },
    }
}

/// Whether whoever asks may pass the gates in an emergency, and what is missing that they would pass; a reference, too,
/// where none is given.
pub fn consider_emergency(wish: &Move, has_reference: bool) -> Result<Vec<String>, RequestRefused> {
    let verdicts = plan(wish, has_reference, true)?;
    Ok(missing(&verdicts).into_iter().chain(one_at_a_time(wish)).collect())
}

/// That another one waits to enter, where the stage takes one at a time.
fn one_at_a_time(wish: &Move) -> Option<String> {
    let number = wish.rival.filter(|_| wish.contest() == Contest::Refuse)?;
    Some(format!("the end of #{number}, as {} takes one at a time", wish.to.slug))
}

/// When it would enter without anybody doing anything, where that is known.
fn passes_at(wish: &Move) -> Option<Time> {
    if wish.by_hand() {
        return None;
    }
    let gates = wish.workflow.map(|workflow| wish.gates(workflow)).unwrap_or_default();
    // How long it takes to do something elsewhere is not known.
    passes(&gates, &first_facts(wish, true), wish.now).filter(|_| !wish.sends())
}

/// What is known of a wish before anyone has approved it.
fn first_facts(wish: &Move, has_reference: bool) -> Facts {
    let (requester, behind) = (wish.actor.person(), wish.behind.clone());
    let involved = Involved { requester, makers: Vec::new(), behind, approvals: Vec::new() };
    let ahead = wish.rival.filter(|_| wish.contest() == Contest::Queue);
    let circumstances = Circumstances { ahead, ..met(wish.circumstances, wish.goes_back()) };
    Facts { involved, has_reference, scheduled_for: wish.scheduled_for, circumstances }
}

fn plan(wish: &Move, has_reference: bool, emergency: bool) -> Result<Verdicts, RequestRefused> {
    wish.project.check_in_use()?;
    let workflow = wish.workflow.ok_or(RequestRefused::NoWorkflow)?;
    let to = || wish.to.slug.clone();
    let from = || wish.from.slug.clone();
    if wish.from.key != wish.to.key && !workflow.graph.leads(wish.from.key, wish.to.key) {
        let workflow = workflow.name.slug.clone();
        return Err(RequestRefused::NoWay { workflow, from: from(), to: to() });
    }
    let nowhere = wish.from.key == wish.to.key && wish.takes_back.is_none();
    let is_there = wish.current == Some(wish.build) || nowhere;
    if is_there && wish.pin.is_none() {
        return Err(RequestRefused::AlreadyThere { to: to() });
    }
    if !wish.was_current {
        return Err(RequestRefused::NeverThere { from: from() });
    }
    if !wish.automatic {
        let action = if wish.goes_back() { Action::RollBack } else { Action::Promote };
        may(wish.actor, action, wish.place)?;
    }
    wish.check_pin()?;
    wish.check_back(workflow, emergency)?;
    if let Some(number) = wish.open {
        return Err(RequestRefused::AlreadyAsked { number });
    }
    if emergency {
        may(wish.actor, Action::PassGates, wish.place)?;
        if let Some(hold) = bad_mark(wish.circumstances, wish.now) {
            return Err(RequestRefused::Bad { hold });
        }
    } else if let Some(number) = wish.rival.filter(|_| wish.contest() == Contest::Refuse) {
        return Err(RequestRefused::OneAtATime { number, to: to() });
    }
    let facts = first_facts(wish, has_reference);
    let verdicts = judge(&wish.gates(workflow), &facts, wish.now);
    match verdicts.blocked().filter(|_| !emergency) {
        Some(because) => Err(RequestRefused::Blocked { because: because.to_owned() }),
        None => Ok(verdicts),
    }
}

/// Asks for a promotion; one whose gates pass is applied in the same step.
pub fn request(wish: &Move, build: &Build, asking: Asking) -> Result<Transition, RequestRefused> {
    let verdicts = plan(wish, asking.reference.is_some(), asking.emergency)?;
    let workflow = wish.workflow.ok_or(RequestRefused::NoWorkflow)?;
    let gates = wish.gates(workflow);
    let wanted = gates.iter().find_map(Gate::reference).filter(|_| asking.reference.is_none());
    let wanted = wanted.filter(|_| !asking.emergency);
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
        gates,
        requested_by: wish.actor.person(),
        requested_with: wish.actor.token(),
        requested_at: wish.now,
        behind: wish.behind.clone(),
        makers: Vec::new(),
        reason: asking.reason,
        reference: asking.reference,
        automatic: wish.automatic,
        scheduled_for: wish.scheduled_for,
        in_turn: wish.contest() == Contest::Queue,
        pin: wish.pin.cloned(),
        takes_back: wish.takes_back,
        by_hand: wish.by_hand(),
        decisions: Vec::new(),
        emergency: None,
        state: State::Waiting,
        version: 1,
    };
    let changes = vec![Change::PromotionRequested {
        number: promotion.number,
        build: promotion.build_name(),
        from: promotion.from.slug.clone(),
        needs: wish.needs(&verdicts),
        reason: Personal::new(&promotion.reason),
        reference: promotion.reference.as_ref().map(Personal::new),
        automatic: promotion.automatic,
        scheduled_for: promotion.scheduled_for,
        pin: wish.pin.map(PinTold::of),
        back: wish.takes_back.is_some(),
    }];
    let circumstances = first_facts(wish, true).circumstances;
    Ok(if asking.emergency {
        let reason = promotion.reason.clone();
        let others = one_at_a_time(wish).into_iter().collect();
        promotion.pass(wish.actor, reason, &circumstances, asking.placement, (wish.now, changes), others)
    } else {
        promotion.settle(&circumstances, asking.placement, wish.now, changes)
    })
}

impl Move<'_> {
    /// Whether a person applies it once its gates pass. What goes back has nothing to wait for then.
    fn by_hand(&self) -> bool {
        let stage = self.workflow.and_then(|workflow| workflow.graph.stage(self.to.key));
        stage.is_some_and(|stage| stage.by_hand) && !self.goes_back()
    }

    /// What is missing, by the verdicts on the gates: last of all a hand, where the stage wants one.
    fn needs(&self, verdicts: &Verdicts) -> Vec<String> {
        let last = [self.by_hand().then_some(HAND), self.sends().then_some(ELSEWHERE)];
        verdicts.needs().into_iter().chain(last.into_iter().flatten().map(str::to_owned)).collect()
    }

    /// Whether it does something in a registry elsewhere before it is applied.
    fn sends(&self) -> bool {
        self.circumstances.outside && self.pin.is_none()
    }

    /// How promotions into the bucket stand to each other. Pins stand beside them, and rollbacks wait for none.
    fn contest(&self) -> Contest {
        if self.pin.is_some() || self.takes_back.is_some() {
            return Contest::NewestWins;
        }
        let stage = self.workflow.and_then(|workflow| workflow.graph.stage(self.to.key));
        stage.map_or_else(Contest::default, |stage| stage.contest)
    }
}

fn workflow_project(wish: &Move) -> ProjectId {
    // The target is a bucket of an integration, and every integration belongs to a project.
    wish.place.project.expect("a bucket's place names its project")
}
