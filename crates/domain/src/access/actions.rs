//! What can be permitted.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that can be permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See a project and all in it, its timeline included.
    View,
    /// Pull images.
    Pull,
    /// Push images.
    Push,
    /// Delete tags, images and blobs by a registry client.
    Delete,
    /// Ask for a build to become current in a bucket.
    Promote,
    /// Decide on promotions of others.
    Approve,
    /// Apply a promotion past its gates in an emergency.
    PassGates,
    /// Make an earlier build of a bucket current again.
    RollBack,
    /// Stop and resume what enters a bucket.
    Hold,
    /// Report what an environment runs.
    Report,
    /// Create and change projects, environments, integrations, workflows and streams.
    Configure,
    /// Invite people and bind roles.
    ManagePeople,
}

/// What a token can be scoped to at all: approving and passing gates take a person.
pub const TOKEN_ACTIONS: [Action; 8] = [
    Action::View,
    Action::Pull,
    Action::Push,
    Action::Delete,
    Action::Promote,
    Action::RollBack,
    Action::Hold,
    Action::Report,
];

impl Action {
    pub const ALL: [Self; 12] = [
        Self::View,
        Self::Pull,
        Self::Push,
        Self::Delete,
        Self::Promote,
        Self::Approve,
        Self::PassGates,
        Self::RollBack,
        Self::Hold,
        Self::Report,
        Self::Configure,
        Self::ManagePeople,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Delete => "delete",
            Self::Promote => "promote",
            Self::Approve => "approve",
            Self::PassGates => "pass_gates",
            Self::RollBack => "roll_back",
            Self::Hold => "hold",
            Self::Report => "report",
            Self::Configure => "configure",
            Self::ManagePeople => "manage_people",
        }
    }

    /// What it is about, in a sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::View => "See a project and all in it.",
            Self::Pull => "Pull images with any registry client.",
            Self::Push => "Push images, and register builds.",
            Self::Delete => "Delete tags, images and blobs that no bucket needs.",
            Self::Promote => "Ask for builds to enter a next stage.",
            Self::Approve => "Decide on what others ask for. No token does.",
            Self::PassGates => "Apply a promotion past its gates, for a written reason. No token does.",
            Self::RollBack => "Make an earlier build of a bucket current again.",
            Self::Hold => "Stop what may enter, and let it go again.",
            Self::Report => "Tell what environments run, and how checks went.",
            Self::Configure => "Create and change environments, integrations, workflows and rules.",
            Self::ManagePeople => "Invite people and give roles.",
        }
    }

    /// Whether it is about buckets and environments alone, so that a role may have it outside production only.
    pub const fn has_place(self) -> bool {
        matches!(
            self,
            Self::Push
                | Self::Promote
                | Self::Approve
                | Self::PassGates
                | Self::RollBack
                | Self::Hold
                | Self::Report
        )
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == text)
    }
}

/// As people read it: “roll back”.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RollBack => "roll back",
            Self::Delete => "delete images",
            Self::PassGates => "pass gates in an emergency",
            Self::ManagePeople => "manage people",
            other => other.name(),
        })
    }
}
