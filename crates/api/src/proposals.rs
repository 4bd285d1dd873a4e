//! Proposals: changes that wait for a second person.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::proposals as domain;
use utoipa::ToSchema;

/// A change that one proposed and a second person confirms, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proposal {
    /// Counts up in the installation.
    pub number: i64,
    #[schema(examples("the change of the workflow release of shop"))]
    pub title: String,
    /// What it changes, a sentence for each.
    pub changes: Vec<String>,
    /// The project that it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    pub state: ProposalState,
    pub proposed_by: String,
    pub proposed_at: Timestamp,
    /// When it ends where nobody decides.
    pub expires_at: Timestamp,
    /// Who confirmed or rejected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it was rejected, or why it is void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// How a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    Waiting,
    /// It was confirmed, and done in the same moment.
    Applied,
    Rejected,
    Withdrawn,
    Expired,
    /// What it would change is not there any more as it was.
    Void,
}

/// Rejects a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRejection {
    /// Why.
    pub comment: String,
}

/// What came of a wish that can take a second person: it was done, or it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome<T> {
    Proposed(Box<Proposal>),
    Done(T),
}

impl ProposalState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Applied => "applied",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Void => "void",
        }
    }
}

impl Proposal {
    pub fn new(proposal: domain::Proposal, proposed_by: String, decided_by: Option<String>) -> Self {
        let (state, ended_at, because) = match proposal.state {
            domain::State::Waiting => (ProposalState::Waiting, None, None),
            domain::State::Applied { at, .. } => (ProposalState::Applied, Some(at), None),
            domain::State::Rejected { at, comment, .. } => {
                (ProposalState::Rejected, Some(at), Some(comment.into()))
            }
            domain::State::Withdrawn { at } => (ProposalState::Withdrawn, Some(at), None),
            domain::State::Expired { at } => (ProposalState::Expired, Some(at), None),
            domain::State::Void { at, because } => (ProposalState::Void, Some(at), Some(because)),
        };
        Self {
            number: proposal.number,
            title: proposal.subject.title,
            changes: proposal.subject.changes,
            project: proposal.subject.project.map(|(_, slug)| slug.to_string()),
            state,
            proposed_by,
            proposed_at: proposal.at.into(),
            expires_at: proposal.expires_at.into(),
            decided_by,
            ended_at: ended_at.map(Timestamp::from),
            because,
        }
    }
}

impl From<domain::ProposalView> for Proposal {
    fn from(view: domain::ProposalView) -> Self {
        Self::new(view.proposal, view.proposer.name.to_string(), view.decided_by)
    }
}
