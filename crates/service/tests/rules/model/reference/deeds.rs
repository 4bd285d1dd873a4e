//! Who does what, and how they are answered.

use super::{BUILDS, Model, PROD};
use crate::model::Dice;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Admin,
    Manager,
    Second,
    Developer,
}

impl Who {
    /// Those who may more do more.
    pub(super) const OFTEN: [Self; 6] =
        [Self::Admin, Self::Manager, Self::Manager, Self::Second, Self::Second, Self::Developer];

    pub(super) fn manages(self) -> bool {
        matches!(self, Self::Manager | Self::Second)
    }

    pub(super) fn may_promote(self, to: usize) -> bool {
        self != Self::Developer || to != PROD
    }

    pub(super) fn may_hold(self) -> bool {
        self != Self::Developer
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contest {
    NewestWins,
    Queue,
    Refuse,
}

/// What a stage asks for. Times are in seconds.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option that a stage has or has not")]
pub struct Rules {
    pub approvals: usize,
    pub soak: i64,
    pub check: bool,
    pub automatic: bool,
    pub contest: Contest,
    /// Whether a rollback needs the approvals, too.
    pub rollbacks_ask: bool,
    /// Whether a person applies what the rest lets in.
    pub by_hand: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            approvals: 0,
            soak: 0,
            check: false,
            automatic: false,
            contest: Contest::NewestWins,
            rollbacks_ask: false,
            by_hand: false,
        }
    }
}

impl Rules {
    pub fn roll(dice: &mut Dice, stage: usize, careful: bool) -> Self {
        let rules = Self::roll_gates(dice, stage);
        if !careful {
            return rules;
        }
        let (rollbacks_ask, by_hand) = (rules.approvals > 0 && dice.below(2) == 0, dice.below(2) == 0);
        Self { rollbacks_ask, by_hand, ..rules }
    }

    fn roll_gates(dice: &mut Dice, stage: usize) -> Self {
        Self {
            approvals: dice.below(stage + 1),
            soak: if dice.below(3) == 0 { 3_600 } else { 0 },
            check: dice.below(4) == 0,
            automatic: dice.below(3) == 0,
            contest: [Contest::NewestWins, Contest::NewestWins, Contest::Queue, Contest::Refuse]
                [dice.below(4)],
            ..Self::default()
        }
    }
}

/// One thing that somebody does.
#[derive(Debug, Clone)]
pub enum Deed {
    Wait {
        seconds: i64,
    },
    Push {
        build: usize,
    },
    Ask {
        who: Who,
        build: usize,
        from: usize,
        to: usize,
        emergency: bool,
        later: bool,
    },
    /// In whose name, where somebody says so.
    Decide {
        who: Who,
        promotion: usize,
        approve: bool,
        name: Option<Who>,
    },
    Pass {
        who: Who,
        promotion: usize,
    },
    Apply {
        who: Who,
        promotion: usize,
    },
    Cancel {
        who: Who,
        promotion: usize,
    },
    RollBack {
        who: Who,
        bucket: usize,
        steps: usize,
    },
    Resume {
        who: Who,
        bucket: usize,
    },
    Hold {
        who: Who,
        bucket: usize,
    },
    Release {
        who: Who,
        bucket: usize,
    },
    Check {
        who: Who,
        build: usize,
        success: bool,
    },
    /// Lets another decide.
    HandOver {
        from: Who,
        to: Who,
    },
    /// Ends one of the delegations that were ever made.
    TakeBack {
        who: Who,
        number: usize,
    },
}

impl Deed {
    pub fn roll(dice: &mut Dice, model: &Model) -> Self {
        let who = Who::OFTEN[dice.below(6)];
        if model.delegating {
            match dice.below(8) {
                0 => return Self::HandOver { from: who, to: Who::OFTEN[dice.below(6)] },
                1 if !model.delegations.is_empty() => {
                    return Self::TakeBack { who, number: dice.below(model.delegations.len()) };
                }
                _ => {}
            }
        }
        let bucket = dice.below(3);
        let paused = (0..3).find(|bucket| model.buckets[*bucket].paused);
        let known = model.builds.len();
        if known == 0 {
            return Self::Push { build: 0 };
        }
        // What was asked for last is what people deal with most.
        let promotion = model.promotions.len().checked_sub(1 + dice.below(model.promotions.len().min(3)));
        if let Some(promotion) = promotion.filter(|_| model.careful)
            && dice.below(6) == 0
        {
            return Self::Apply { who, promotion };
        }
        match (dice.below(24), promotion) {
            (0..=2, _) if known < BUILDS => Self::Push { build: known },
            (3, _) => Self::Push { build: dice.below(known) },
            (4, _) => Self::Wait { seconds: [600, 1_800, 3_000][dice.below(3)] },
            (5..=7, Some(promotion)) => {
                let approve = dice.below(5) > 0;
                let names = model.delegating && dice.below(2) == 0;
                let name = names.then(|| Who::OFTEN[dice.below(6)]);
                Self::Decide { who, promotion, approve, name }
            }
            (8, Some(promotion)) => Self::Cancel { who, promotion },
            (9, Some(promotion)) => Self::Pass { who, promotion },
            (10..=11, _) if model.buckets[bucket].history.len() > 1 => {
                let steps = 1 + dice.below(model.buckets[bucket].history.len().min(4) - 1);
                Self::RollBack { who, bucket, steps }
            }
            (12, _) => Self::Resume { who, bucket },
            (0..=2, _) if paused.is_some() => Self::Resume { who, bucket: paused.unwrap_or(bucket) },
            (13, _) if model.buckets[bucket].held > 0 => Self::Release { who, bucket },
            (13, _) => Self::Hold { who, bucket },
            (14..=15, _) => Self::Check { who, build: dice.below(known), success: dice.below(3) > 0 },
            _ => {
                let from = dice.below(2);
                let to = if dice.below(12) == 0 { dice.below(3) } else { from + 1 };
                let there = &model.buckets[from].history;
                let build = match there.len() {
                    0 => dice.below(known),
                    _ if dice.below(8) == 0 => dice.below(known),
                    some => there[some - 1].build,
                };
                let (emergency, later) = (dice.below(12) == 0, dice.below(10) == 0);
                Self::Ask { who, build, from, to, emergency, later: later && !emergency }
            }
        }
    }
}

/// How somebody is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Done,
    Forbidden,
    Conflict,
    Refused,
    Invalid,
    Absent,
}
