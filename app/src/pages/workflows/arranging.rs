//! Arranging the stages of a workflow by hand: one machine behind the mouse, the touch of a finger, and the keyboard.
//!
//! Like that of the board, it knows nothing of a page. What is done to it is an [`Act`]; what comes of it is a [`Turn`]:
//! what is in the hand, what is said to those who listen, and the plan that there is then.

use crate::pages::board::carry::{Hand, Way};
use towpath_domain::workflows::{Plan, Spot};

/// What is in the hand, and where it hangs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Arranging {
    #[default]
    Nothing,
    Held(Held),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub load: Load,
    pub hand: Hand,
    pub over: Option<Goal>,
}

/// What was taken up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load {
    /// A bucket, whether it is a stage by now or not.
    Stage(String),
    /// The end of a new way, which starts at this stage.
    Way(String),
}

/// Where it may be let down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// A place for a stage.
    At(Spot),
    /// The stage at which a way shall end, or ends no longer.
    To(String),
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    TakeUp(Load, Hand),
    /// It comes to hang somewhere.
    Over(Goal),
    /// It hangs nowhere any more.
    Leave,
    /// On to the next place on the line.
    Step(Way),
    /// On to the next place beside a stage.
    Fork(Way),
    /// Down, where it hangs.
    Drop,
    DropOn(Goal),
    PutBack,
    /// The hand went elsewhere: nothing is said.
    LetGo,
}

/// What comes of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub arranging: Arranging,
    pub says: Option<String>,
    /// The plan, where it is another one now.
    pub plan: Option<Plan>,
}

impl Arranging {
    pub const fn held(&self) -> Option<&Held> {
        match self {
            Self::Nothing => None,
            Self::Held(held) => Some(held),
        }
    }

    pub fn is_in(&self, hand: Hand) -> bool {
        self.held().is_some_and(|held| held.hand == hand)
    }

    pub fn holds(&self, load: &Load) -> bool {
        self.held().is_some_and(|held| held.load == *load)
    }

    /// The goal over which it hangs.
    pub fn over(&self) -> Option<&Goal> {
        self.held()?.over.as_ref()
    }

    pub fn turn(&self, act: Act, plan: &Plan) -> Turn {
        match (self, act) {
            (Self::Held(held), Act::TakeUp(load, hand)) if held.load == load && held.hand == hand => {
                put_back()
            }
            (_, Act::TakeUp(load, hand)) => take_up(load, hand, plan),
            (Self::Nothing, _) => Turn::quiet(Self::Nothing),
            (Self::Held(held), act) => held.turn(act, plan),
        }
    }
}

impl Held {
    fn turn(&self, act: Act, plan: &Plan) -> Turn {
        match act {
            Act::Over(goal) => Turn::quiet(self.hanging(Some(goal))),
            Act::Leave => Turn::quiet(self.hanging(None)),
            Act::Step(way) => self.step(way, plan, |goal| !matches!(goal, Goal::At(Spot::Beside(_)))),
            Act::Fork(way) => self.step(way, plan, |goal| {
                !matches!(goal, Goal::At(Spot::Before(_) | Spot::After(_) | Spot::Alone | Spot::Out))
            }),
            Act::Drop => match self.over.clone() {
                Some(goal) => self.drop_on(&goal, plan),
                None => put_back(),
            },
            Act::DropOn(goal) => self.drop_on(&goal, plan),
            Act::PutBack => put_back(),
            Act::LetGo | Act::TakeUp(..) => Turn::quiet(Arranging::Nothing),
        }
    }

    fn hanging(&self, over: Option<Goal>) -> Arranging {
        Arranging::Held(Self { over, ..self.clone() })
    }

    /// Round the goals of one kind at which something would change.
    fn step(&self, way: Way, plan: &Plan, fits: impl Fn(&Goal) -> bool) -> Turn {
        let goals = self.load.choices(plan);
        let at = self.over.as_ref().and_then(|over| goals.iter().position(|goal| goal == over));
        let (before, after) = goals.split_at(at.unwrap_or_default());
        let others = || after.iter().skip(usize::from(at.is_some())).chain(before).filter(|goal| fits(goal));
        let next = match way {
            Way::Forward => others().next(),
            Way::Back => others().last(),
        };
        match next.or(self.over.as_ref().filter(|over| fits(over))) {
            Some(goal) => {
                let words = goal.words(&self.load, plan);
                Turn::said(self.hanging(Some(goal.clone())), words)
            }
            None => Turn::said(Arranging::Held(self.clone()), NOWHERE.to_owned()),
        }
    }

    fn drop_on(&self, goal: &Goal, plan: &Plan) -> Turn {
        match self.load.brought(goal, plan) {
            // It may still go elsewhere, if the hand can carry it on.
            Err(why) if self.hand == Hand::Mouse => Turn::said(Arranging::Nothing, why),
            Err(why) => Turn::said(self.hanging(Some(goal.clone())), why),
            Ok(next) if next == *plan => put_back(),
            Ok(next) => {
                let says = format!("Builds will pass {}.", next.words());
                Turn { plan: Some(next), ..Turn::said(Arranging::Nothing, says) }
            }
        }
    }
}

const NOWHERE: &str = "There is no such place for it. The other arrow keys may find one.";

impl Load {
    pub fn name(&self) -> &str {
        match self {
            Self::Stage(bucket) | Self::Way(bucket) => bucket,
        }
    }

    /// The plan once it is let down there.
    fn brought(&self, goal: &Goal, plan: &Plan) -> Result<Plan, String> {
        let brought = match (self, goal) {
            (Self::Stage(bucket), Goal::At(spot)) => plan.put(bucket, spot),
            (Self::Way(from), Goal::To(to)) => plan.tie(from, to),
            // A way ends at a stage, and a stage stands at a place.
            (Self::Stage(_), Goal::To(_)) | (Self::Way(_), Goal::At(_)) => return Ok(plan.clone()),
        };
        brought.map_err(|why| why.to_string())
    }

    /// Where it may be let down so that something changes.
    pub fn goals(&self, plan: &Plan) -> Vec<Goal> {
        let mut goals = Vec::new();
        for stage in plan.stages().filter(|stage| *stage != self.name()) {
            let stage = stage.to_owned();
            match self {
                Self::Way(_) => goals.push(Goal::To(stage)),
                Self::Stage(_) => {
                    goals.extend(
                        [Spot::Before(stage.clone()), Spot::Beside(stage.clone()), Spot::After(stage)]
                            .map(Goal::At),
                    );
                }
            }
        }
        if let Self::Stage(_) = self {
            goals.extend([Spot::Alone, Spot::Out].map(Goal::At));
        }
        goals.retain(|goal| self.brought(goal, plan).is_ok_and(|next| next != *plan));
        goals
    }

    /// The same without those that come to what another one comes to, since behind one stage is often before the next; in
    /// the order in which the keys go round.
    pub fn choices(&self, plan: &Plan) -> Vec<Goal> {
        let mut goals = self.goals(plan);
        let mut brought: Vec<Plan> = Vec::new();
        goals.retain(|goal| match self.brought(goal, plan) {
            Ok(next) if !brought.contains(&next) => {
                brought.push(next);
                true
            }
            Ok(_) | Err(_) => false,
        });
        goals
    }
}

impl Goal {
    /// Where it is.
    pub fn place(&self, load: &Load, plan: &Plan) -> String {
        match self {
            Self::At(Spot::Before(stage)) => format!("Before {stage}"),
            Self::At(Spot::Beside(stage)) => format!("Beside {stage}"),
            Self::At(Spot::After(stage)) => format!("After {stage}"),
            Self::At(Spot::Alone) => "On its own".to_owned(),
            Self::At(Spot::Out) => "Out of the workflow".to_owned(),
            Self::To(stage) if plan.leads(load.name(), stage) => format!("No longer to {stage}"),
            Self::To(stage) => format!("To {stage}"),
        }
    }

    /// What the way of builds would be then, or why it stays.
    pub fn outcome(&self, load: &Load, plan: &Plan) -> String {
        match load.brought(self, plan) {
            Ok(next) => next.words(),
            Err(why) => why,
        }
    }

    fn words(&self, load: &Load, plan: &Plan) -> String {
        let outcome = self.outcome(load, plan);
        format!("{}: {}.", self.place(load, plan), outcome.trim_end_matches('.'))
    }
}

fn take_up(load: Load, hand: Hand, plan: &Plan) -> Turn {
    let what = match &load {
        Load::Stage(bucket) => format!("Picked up {bucket}."),
        Load::Way(from) => format!("Drawing a way from {from}."),
    };
    let nowhere = load.goals(plan).is_empty();
    let how = match (&load, hand) {
        (_, Hand::Mouse) => None,
        (Load::Stage(_), Hand::Touch) => Some("Tap a place to put it there."),
        (Load::Way(_), Hand::Touch) => Some("Tap the stage where it ends."),
        (_, Hand::Keys) if nowhere => Some(NOWHERE),
        (Load::Stage(_), Hand::Keys) => Some(
            "Left and right choose a place on the line, up and down one beside a stage, Space drops, Escape puts it back.",
        ),
        (Load::Way(_), Hand::Keys) => {
            Some("Left and right choose the stage where it ends, Space draws it, Escape lets it be.")
        }
    };
    let says = how.map(|how| format!("{what} {how}"));
    let arranging = Arranging::Held(Held { load, hand, over: None });
    Turn { arranging, says, plan: None }
}

fn put_back() -> Turn {
    Turn::said(Arranging::Nothing, "Left as it was.".to_owned())
}

impl Turn {
    const fn quiet(arranging: Arranging) -> Self {
        Self { arranging, says: None, plan: None }
    }

    const fn said(arranging: Arranging, words: String) -> Self {
        Self { arranging, says: Some(words), plan: None }
    }
}

#[cfg(test)]
mod tests;
