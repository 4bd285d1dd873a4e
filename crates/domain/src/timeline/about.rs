//! What a change is about: the people, the promotion and the build that it names, and its reason.

use super::{BuildName, Change, Personal};
use crate::ids::PersonId;

/// The kinds of change that tell of a promotion: those for which [`Change::promotion`] has a number.
pub const PROMOTION_KINDS: [&str; 17] = [
    "promotion_requested",
    "promotion_decided",
    "promotion_ready",
    "promotion_unready",
    "promotion_sending",
    "promotion_failed",
    "promotion_retried",
    "promotion_applied",
    "promotion_cancelled",
    "promotion_expired",
    "promotion_superseded",
    "gates_passed",
    "emergency_reviewed",
    "pin_applied",
    "pin_released",
    "pin_ended",
    "rolled_back",
];

impl Change {
    /// The people that a sentence about this change names besides the actor.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::PersonJoined { person, .. }
            | Self::PasswordReset { person, .. }
            | Self::RoleGranted { person, .. }
            | Self::RoleRevoked { person, .. }
            | Self::GroupJoined { person, .. }
            | Self::GroupLeft { person, .. }
            | Self::NameChanged { person, .. }
            | Self::PasswordChanged { person }
            | Self::PersonDeactivated { person, .. }
            | Self::PersonReactivated { person }
            | Self::SessionEnded { person, .. }
            | Self::PresenceConfirmed { person, .. }
            | Self::ProposalConfirmed { proposer: person, .. }
            | Self::ProposalRejected { proposer: person, .. }
            | Self::TokensRevoked { person, .. }
            | Self::ServiceAccountMade { account: person, .. }
            | Self::ServiceAccountDisabled { account: person, .. }
            | Self::ServiceAccountEnabled { account: person, .. }
            | Self::ServiceAccountDeleted { account: person, .. }
            | Self::TokenAboutToExpire { owner: person, .. }
            | Self::AccountMade { person, .. }
            | Self::SignedIn { person, .. }
            | Self::IdentityConnected { person, .. }
            | Self::IdentityDisconnected { person, .. }
            | Self::DelegationMade { to: person, .. }
            | Self::DelegationEnded { to: person, .. } => Some(*person),
            Self::TokenCreated { owner, .. } => *owner,
            Self::PromotionDecided { in_name_of, .. } => *in_name_of,
            _ => None,
        }
    }

    /// The person that a sentence about this change names beside the actor and [`Change::person`].
    pub const fn second_person(&self) -> Option<PersonId> {
        match self {
            Self::DelegationMade { from, .. } | Self::DelegationEnded { from, .. } => Some(*from),
            _ => None,
        }
    }

    /// Whether it changes what people may without naming them.
    pub const fn is_of_many(&self) -> bool {
        matches!(
            self,
            Self::RoleChanged { .. }
                | Self::GroupDeleted { .. }
                | Self::GroupRoleGranted { .. }
                | Self::GroupRoleRevoked { .. }
        )
    }

    /// The number of the promotion that it is about.
    pub const fn promotion(&self) -> Option<i64> {
        match self {
            Self::PromotionRequested { number, .. }
            | Self::PromotionDecided { number, .. }
            | Self::PromotionReady { number, .. }
            | Self::PromotionUnready { number, .. }
            | Self::PromotionSending { number, .. }
            | Self::PromotionFailed { number, .. }
            | Self::PromotionRetried { number, .. }
            | Self::PromotionApplied { number, .. }
            | Self::PromotionCancelled { number, .. }
            | Self::PromotionExpired { number, .. }
            | Self::PromotionSuperseded { number, .. }
            | Self::GatesPassed { number, .. }
            | Self::EmergencyReviewed { number, .. }
            | Self::PinApplied { number, .. }
            | Self::PinReleased { number, .. }
            | Self::PinEnded { number, .. } => Some(*number),
            Self::RolledBack { number, .. } => *number,
            _ => None,
        }
    }

    /// The build that it is about.
    pub const fn build(&self) -> Option<&BuildName> {
        match self {
            Self::BuildReceived { build, .. }
            | Self::ArrivalRefused { build, .. }
            | Self::BuildPlaced { build, .. }
            | Self::PromotionRequested { build, .. }
            | Self::PromotionDecided { build, .. }
            | Self::PromotionReady { build, .. }
            | Self::PromotionUnready { build, .. }
            | Self::PromotionSending { build, .. }
            | Self::PromotionFailed { build, .. }
            | Self::PromotionRetried { build, .. }
            | Self::PromotionApplied { build, .. }
            | Self::PromotionCancelled { build, .. }
            | Self::PromotionExpired { build, .. }
            | Self::PromotionSuperseded { build, .. }
            | Self::GatesPassed { build, .. }
            | Self::EmergencyReviewed { build, .. }
            | Self::RolledBack { build, .. }
            | Self::BuildRouted { build, .. }
            | Self::BuildAssigned { build, .. }
            | Self::BuildReclassified { build, .. }
            | Self::BuildsCarriedOver { build, .. }
            | Self::CheckReported { build, .. }
            | Self::EvidenceFound { build, .. }
            | Self::PinApplied { build, .. }
            | Self::PinReleased { build, .. }
            | Self::PinEnded { build, .. }
            | Self::DefaultBuildSet { build, .. }
            | Self::DefaultBuildCleared { before: build } => Some(build),
            Self::DeploymentReported { build, .. } => build.as_ref(),
            _ => None,
        }
    }

    /// Why it was done, in the words of who did it.
    pub const fn reason(&self) -> Option<&Personal> {
        match self {
            Self::PromotionRequested { reason, .. }
            | Self::RolledBack { reason, .. }
            | Self::ReleaseSetMoved { reason, .. }
            | Self::BuildAssigned { reason, .. }
            | Self::HoldPlaced { reason, .. }
            | Self::PinReleased { reason, .. }
            | Self::GatesPassed { reason, .. }
            | Self::EmergencyReviewed { comment: reason, .. }
            | Self::DelegationMade { reason, .. }
            | Self::ProposalRejected { comment: reason, .. } => Some(reason),
            Self::PromotionDecided { comment: reason, .. }
            | Self::PromotionCancelled { reason, .. }
            | Self::ArrivalsResumed { reason }
            | Self::HoldReleased { reason, .. } => reason.as_ref(),
            _ => None,
        }
    }
}
