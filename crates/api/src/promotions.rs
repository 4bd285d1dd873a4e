//! Promotions.

use crate::outside_steps::OutsideProgress;
use crate::pins::Pinning;
use crate::problems::Problem;
use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::gates::{GateVerdict, Verdict, Verdicts};
use towpath_domain::inbox::{InboxItem, PromotionView};
use towpath_domain::promotions::{self as domain, State};
use utoipa::ToSchema;

/// A wish to make a build current in a next stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPromotion {
    pub digest: String,
    /// The slug of the bucket where the build is, or was, current.
    #[schema(examples("qa"))]
    pub from: String,
    #[schema(examples("staging"))]
    pub to: String,
    /// Why; a dry run needs none.
    #[serde(default)]
    pub reason: String,
    /// What it refers to, such as a change ticket, where the stage asks for one.
    #[serde(default)]
    pub reference: String,
    /// Before when it shall not be applied: a time, or a length of time from now, up to 30 days; empty for at once. It is
    /// judged again then.
    #[serde(default)]
    #[schema(examples("2026-01-31T09:30:00Z"))]
    pub scheduled_for: String,
    /// Passes the gates in an emergency, for the reason that is given; it takes the permission `pass_gates`, is marked for
    /// ever and has to be reviewed by a second person.
    #[serde(default)]
    pub emergency: bool,
    /// The digest of what you saw in `to`, or `none` where nothing was: if it is another by then, nothing happens (409).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expected_current: String,
    /// Only tells what it would meet.
    #[serde(default)]
    pub dry_run: bool,
}

/// What a promotion would meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "outlook", rename_all = "snake_case")]
pub enum Outlook {
    /// Every gate passes: it would be applied at once.
    Enters,
    /// It would wait for what the gates need.
    Waits {
        needs: Vec<String>,
        /// When it would be applied without anybody doing anything, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// In an emergency it would be applied past what is missing.
    PassesGates { missing: Vec<String> },
    /// It would be refused with this problem.
    Refused { problem: Problem },
}

/// Where a promotion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromotionState {
    Waiting,
    /// Its gates pass, and it waits until a person applies it, or until that is done which it does in a registry elsewhere.
    Ready,
    /// What it does in a registry elsewhere did not succeed; somebody lets it try again, or takes it back.
    Failed,
    Applied,
    Rejected,
    Cancelled,
    /// It ended by itself: it could not be applied any more, or waited too long.
    Expired,
    /// It ended in favour of one that was asked for later.
    Superseded,
}

/// A promotion in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromotionLine {
    pub project: String,
    /// Counts up in the project; people say `#142`.
    pub number: i64,
    pub integration: String,
    pub digest: String,
    pub tag: String,
    pub from: String,
    pub to: String,
    pub state: PromotionState,
    /// What is missing while it waits.
    pub needs: Vec<String>,
    pub reason: String,
    /// What it refers to, such as a change ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    pub requested_by: String,
    pub requested_at: Timestamp,
    /// When it was applied, rejected or cancelled, or expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it has expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired_because: Option<String>,
    /// Why it has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_because: Option<String>,
    /// The number of the promotion in whose favour it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<i64>,
    /// Whether the stage asked for it by itself; then `requested_by` made the build current in the stage before.
    #[serde(default)]
    pub automatic: bool,
    /// Before when it is not applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_for: Option<Timestamp>,
    /// Present where it is to pin the build in one environment, and makes nothing current in `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pinning>,
    /// Whether it is to roll `to` back to the build, which was current there before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rollback: bool,
}

/// That the gates of a promotion were passed in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Emergency {
    pub by: String,
    pub at: Timestamp,
    pub reason: String,
    /// What was missing then, in words.
    pub passed: Vec<String>,
    /// What a second person says to it; absent until one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
}

/// A second person's word on an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Review {
    pub by: String,
    pub at: Timestamp,
    pub comment: String,
}

/// Applies a waiting promotion past its gates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEmergency {
    pub reason: String,
    /// The digest that you looked at.
    pub digest: String,
}

/// A second person's word on an emergency, to be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReview {
    pub comment: String,
}

/// A promotion with its gates and decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Promotion {
    #[serde(flatten)]
    pub line: PromotionLine,
    /// The workflow's version that judges it.
    pub workflow_version: i64,
    pub gates: Vec<GateStanding>,
    pub decisions: Vec<Decision>,
    /// Present where its gates were passed in an emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
    /// How far that is which it does in a registry elsewhere, while it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<OutsideProgress>,
    /// Why you may not decide on it; absent if you may, in your name or another's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barred: Option<String>,
}

/// How one gate stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GateStanding {
    /// The gate in words.
    pub rule: String,
    pub passes: bool,
    /// What would satisfy it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// When it passes without anybody doing anything, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why nothing satisfies it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<String>,
    /// What should be seen beside it, such as that a check had failed before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A person's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// As whom it counts.
    pub person: String,
    /// Who decided in that person's name, where somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    pub choice: Choice,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub at: Timestamp,
}

/// A decision to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    pub choice: Choice,
    /// A rejection needs one.
    #[serde(default)]
    pub comment: String,
    /// The digest that you looked at.
    pub digest: String,
    /// The address of who handed you their decisions, and in whose name it is; empty for your own, or where you may not
    /// decide yourself, that of the first whose name counts.
    #[serde(default)]
    pub in_name_of: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Approve,
    Reject,
}

/// Applies a promotion that is ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The digest that you looked at.
    pub digest: String,
}

/// Takes a waiting promotion back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    #[serde(default)]
    pub reason: String,
}

impl From<InboxItem> for PromotionLine {
    fn from(item: InboxItem) -> Self {
        let InboxItem { project, integration, promotion, requested_by, needs } = item;
        let rollback = promotion.is_rollback();
        Self {
            project: project.into(),
            number: promotion.number,
            integration: integration.into(),
            digest: promotion.digest.into(),
            tag: promotion.tag.into(),
            from: promotion.from.slug.into(),
            to: promotion.to.slug.into(),
            ended_at: promotion.state.ended_at().map(Timestamp::from),
            expired_because: match &promotion.state {
                State::Expired { because, .. } => Some(because.clone()),
                _ => None,
            },
            failed_because: match &promotion.state {
                State::Failed { because, .. } => Some(because.clone()),
                _ => None,
            },
            superseded_by: match &promotion.state {
                State::Superseded { by, .. } => Some(*by),
                _ => None,
            },
            automatic: promotion.automatic,
            scheduled_for: promotion.scheduled_for.map(Timestamp::from),
            rollback,
            pin: promotion.pin.map(Pinning::from),
            state: promotion.state.into(),
            needs,
            reason: promotion.reason.into(),
            reference: promotion.reference.map(String::from),
            requested_by,
            requested_at: promotion.requested_at.into(),
        }
    }
}

impl From<PromotionView> for Promotion {
    fn from(view: PromotionView) -> Self {
        let decisions = view.promotion.decisions.iter().map(|decision| Decision {
            person: view.name(decision.person).to_owned(),
            by: decision.by.map(|by| view.name(by).to_owned()),
            choice: decision.choice.into(),
            comment: decision.comment.clone().map(String::from),
            at: decision.at.into(),
        });
        let waits = view.promotion.is_open();
        let missing = if waits { view.promotion.needs(&Verdicts(view.verdicts.clone())) } else { Vec::new() };
        let gates: Vec<GateStanding> = view.verdicts.iter().cloned().map(GateStanding::from).collect();
        let emergency = view.promotion.emergency.as_ref().map(|emergency| Emergency {
            by: view.name(emergency.by).to_owned(),
            at: emergency.at.into(),
            reason: emergency.reason.to_string(),
            passed: emergency.passed.clone(),
            review: emergency.review.as_ref().map(|review| Review {
                by: view.name(review.by).to_owned(),
                at: review.at.into(),
                comment: review.comment.to_string(),
            }),
        });
        Self {
            workflow_version: view.promotion.workflow_version,
            emergency,
            outside: view.progress.clone().map(OutsideProgress::from),
            decisions: decisions.collect(),
            barred: view
                .may_decide
                .clone()
                .err()
                .filter(|_| !view.for_others.iter().any(|other| other.may.is_ok())),
            line: InboxItem {
                requested_by: view.name(view.promotion.requested_by).to_owned(),
                needs: missing,
                project: view.project,
                integration: view.integration,
                promotion: view.promotion,
            }
            .into(),
            gates,
        }
    }
}

impl From<GateVerdict> for GateStanding {
    fn from(gate: GateVerdict) -> Self {
        let shut =
            Self { rule: gate.rule, passes: false, needs: None, until: None, blocked: None, note: gate.note };
        match gate.verdict {
            Verdict::Passes => Self { passes: true, ..shut },
            Verdict::Waits { needs, until } => {
                Self { needs: Some(needs), until: until.map(Timestamp::from), ..shut }
            }
            Verdict::Blocked { because } => Self { blocked: Some(because), ..shut },
        }
    }
}

impl From<State> for PromotionState {
    fn from(state: State) -> Self {
        match state {
            State::Waiting => Self::Waiting,
            State::Ready { .. } | State::Sending { .. } => Self::Ready,
            State::Failed { .. } => Self::Failed,
            State::Applied { .. } => Self::Applied,
            State::Rejected { .. } => Self::Rejected,
            State::Cancelled { .. } => Self::Cancelled,
            State::Expired { .. } => Self::Expired,
            State::Superseded { .. } => Self::Superseded,
        }
    }
}

impl PromotionState {
    /// Whether it can still be applied.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Ready | Self::Failed)
    }

    /// As it stands on the wire and on screens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Applied => "applied",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Superseded => "superseded",
        }
    }
}

impl From<domain::Choice> for Choice {
    fn from(choice: domain::Choice) -> Self {
        match choice {
            domain::Choice::Approve => Self::Approve,
            domain::Choice::Reject => Self::Reject,
        }
    }
}

impl From<Choice> for domain::Choice {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Approve => Self::Approve,
            Choice::Reject => Self::Reject,
        }
    }
}
