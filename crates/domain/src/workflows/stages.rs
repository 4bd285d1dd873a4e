//! A stage: what it takes to enter it, and how it treats those that ask and those that arrive.

use crate::buckets::{BucketKey, Slot};
use crate::gates::Gate;
use serde::{Deserialize, Serialize};

/// A bucket in a workflow, with what it takes to enter it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    pub bucket: BucketKey,
    /// Absent where the default for the stage's position and stream holds.
    pub arrivals: Option<Arrivals>,
    #[serde(default)]
    pub order: Order,
    pub gates: Vec<Gate>,
    /// Whether what becomes current in a stage before is promoted without anybody asking.
    #[serde(default)]
    pub automatic: bool,
    #[serde(default)]
    pub contest: Contest,
    /// Whether a rollback needs its approvals, too; else whoever may roll back does so at once.
    #[serde(default)]
    pub rollbacks_ask: bool,
    /// Whether a promotion that passes the gates waits until a person applies it.
    #[serde(default)]
    pub by_hand: bool,
}

/// What happens where a promotion is asked for while others wait to enter the same bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contest {
    /// It supersedes those that wait.
    #[default]
    NewestWins,
    /// It waits until those are over that were asked for before.
    Queue,
    /// It is refused.
    Refuse,
}

/// Whether what arrives from CI may become current in a stage by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrivals {
    Any,
    PromotionOnly,
}

/// Which of two builds stays where they arrive in another order than their commits were made, or their CI ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The newer one: what arrives late is refused.
    #[default]
    NewerStays,
    /// The one that arrived last.
    AsTheyCome,
}

impl Contest {
    pub const ALL: [Self; 3] = [Self::NewestWins, Self::Queue, Self::Refuse];

    pub const fn name(self) -> &'static str {
        match self {
            Self::NewestWins => "newest_wins",
            Self::Queue => "queue",
            Self::Refuse => "refuse",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|contest| contest.name() == text)
    }

    /// As people read it on a stage; nothing for what is usual.
    pub const fn words(self) -> Option<&'static str> {
        match self {
            Self::NewestWins => None,
            Self::Queue => Some("one after the other, in the order of asking"),
            Self::Refuse => Some("one at a time"),
        }
    }
}

impl Stage {
    /// A stage without gates, which treats what arrives and what is asked for as is usual.
    pub const fn bare(bucket: BucketKey) -> Self {
        Self {
            bucket,
            arrivals: None,
            order: Order::NewerStays,
            gates: Vec::new(),
            automatic: false,
            contest: Contest::NewestWins,
            rollbacks_ask: false,
            by_hand: false,
        }
    }

    /// What it takes to enter, and how it treats those that ask, in words.
    pub fn words(&self) -> Vec<String> {
        let automatic = self.automatic.then(|| "automatic".to_owned());
        let gates = self.gates.iter().map(Gate::words);
        let back = self.rollbacks_ask.then(|| "rollbacks need the approvals, too".to_owned());
        let contest = self.contest.words().map(str::to_owned);
        let hand = self.by_hand.then(|| "applied by hand".to_owned());
        let order = (self.order == Order::AsTheyCome).then(|| "older commits, too".to_owned());
        automatic.into_iter().chain(order).chain(gates).chain(hand).chain(contest).chain(back).collect()
    }

    /// What has to pass that goes back to an earlier build of its bucket: the approvals, where rollbacks need them.
    pub fn gates_back(&self) -> Vec<Gate> {
        let approvals = self.gates.iter().filter(|gate| matches!(gate, Gate::Approvals(_)));
        approvals.filter(|_| self.rollbacks_ask).cloned().collect()
    }
}

/// What holds for arrivals in a bucket that no stage speaks for: production takes promotions only.
pub fn arrivals_without_stage(slot: &Slot) -> Arrivals {
    if slot.stream.production { Arrivals::PromotionOnly } else { Arrivals::Any }
}
