//! Carrying a build from stage to stage: one machine behind the mouse, the touch of a finger, and the keyboard.
//!
//! It knows nothing of a page. What is done to it is an [`Act`]; what comes of it is a [`Turn`]: the build in the
//! hand or not, what is said to those who listen, and where the build was dropped.

use towpath_domain::buckets::BucketKey;
use towpath_domain::ids::{BuildId, PlacementId};
use towpath_domain::promotions::Outlook;

/// What is being carried over the board, and where it hangs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Carry {
    #[default]
    Nothing,
    Held(Held),
}

/// A build in the hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub load: Load,
    pub hand: Hand,
    /// The stage that it hangs over.
    pub over: Option<BucketKey>,
}

/// The card that was picked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    pub build: BuildId,
    pub placement: Option<PlacementId>,
    pub from: BucketKey,
}

/// What holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Its button is held down.
    Mouse,
    /// One tap picks up, another puts down.
    Touch,
    Keys,
}

/// Which way the arrow keys move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Forward,
    Back,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    PickUp(Load, Hand),
    /// It comes to hang over a stage.
    Over(BucketKey),
    /// It hangs over this stage no more.
    Leave(BucketKey),
    /// On to the next stage that takes it.
    Step(Way),
    /// On to the next stage, whatever it says.
    Look(Way),
    /// Down, where it hangs.
    Drop,
    /// Down, on this stage.
    DropOn(BucketKey),
    PutBack,
    /// The hand went elsewhere: nothing is said.
    LetGo,
    /// The card that was picked up is there no more.
    Vanish,
}

/// The board around a build: what it is called, and its stages in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    pub tag: String,
    pub stages: Vec<Berth>,
}

/// A stage, as it meets the build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Berth {
    pub bucket: BucketKey,
    pub name: String,
    /// What a drop would meet; absent where the build comes from.
    pub outlook: Option<Outlook>,
}

/// What comes of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub carry: Carry,
    pub says: Option<String>,
    pub dropped: Option<Drop>,
}

/// A build that was put down on a stage that takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drop {
    pub build: BuildId,
    pub from: BucketKey,
    pub to: BucketKey,
}

impl Carry {
    pub const fn held(self) -> Option<Held> {
        match self {
            Self::Nothing => None,
            Self::Held(held) => Some(held),
        }
    }

    pub const fn is_held(self) -> bool {
        matches!(self, Self::Held(_))
    }

    /// Whether it is in this kind of hand.
    pub fn is_in(self, hand: Hand) -> bool {
        self.held().is_some_and(|held| held.hand == hand)
    }

    pub fn holds(self, load: Load) -> bool {
        self.held().is_some_and(|held| held.load == load)
    }

    pub fn hangs_over(self, bucket: BucketKey) -> bool {
        self.held().is_some_and(|held| held.over == Some(bucket))
    }

    pub fn turn(self, act: Act, around: &Around) -> Turn {
        match (self, act) {
            (Self::Held(held), Act::PickUp(load, hand)) if held.load == load && held.hand == hand => {
                put_back()
            }
            (_, Act::PickUp(load, hand)) => pick_up(load, hand, around),
            (Self::Nothing, _) => Turn::quiet(Self::Nothing),
            (Self::Held(held), act) => held.turn(act, around),
        }
    }
}

impl Held {
    fn turn(self, act: Act, around: &Around) -> Turn {
        match act {
            Act::Over(bucket) => Turn::quiet(self.over(Some(bucket))),
            Act::Leave(bucket) if self.over == Some(bucket) => Turn::quiet(self.over(None)),
            Act::Leave(_) => Turn::quiet(Carry::Held(self)),
            Act::Step(way) => self.step(way, around, Berth::takes),
            Act::Look(way) => self.step(way, around, |_| true),
            Act::Drop => match self.over {
                Some(over) => self.drop_on(over, around),
                None => put_back(),
            },
            Act::DropOn(bucket) => self.drop_on(bucket, around),
            Act::PutBack => put_back(),
            Act::LetGo | Act::PickUp(..) => Turn::quiet(Carry::Nothing),
            Act::Vanish => {
                let from = around.name(self.load.from);
                let words = format!("{} is no longer current in {from}, so it was put down.", around.tag);
                Turn::said(Carry::Nothing, words)
            }
        }
    }

    fn over(self, over: Option<BucketKey>) -> Carry {
        Carry::Held(Self { over, ..self })
    }

    /// Round the other stages that fit, from where it hangs or else from where it was picked up.
    fn step(self, way: Way, around: &Around, fits: impl Fn(&Berth) -> bool) -> Turn {
        let at = self.over.unwrap_or(self.load.from);
        let start = around.stages.iter().position(|stage| stage.bucket == at).unwrap_or_default();
        let (before, after) = around.stages.split_at(start);
        let others =
            || after.iter().skip(1).chain(before).filter(|stage| stage.outlook.is_some() && fits(stage));
        let next = match way {
            Way::Forward => others().next(),
            Way::Back => others().last(),
        };
        match next {
            Some(stage) => Turn::said(self.over(Some(stage.bucket)), stage.words()),
            // Where it hangs over the only one, there it stays.
            None => match around.stage(at).filter(|stage| stage.outlook.is_some() && fits(stage)) {
                Some(stage) => Turn::said(Carry::Held(self), stage.words()),
                None => Turn::said(Carry::Held(self), NOWHERE.to_owned()),
            },
        }
    }

    /// A stage that takes it gets it. One that does not says why; then it stays in a hand that can carry it on.
    fn drop_on(self, bucket: BucketKey, around: &Around) -> Turn {
        let Some(stage) = around.stage(bucket) else { return Turn::quiet(Carry::Held(self)) };
        match &stage.outlook {
            None => put_back(),
            Some(Outlook::Refused { refused }) => {
                let carry = if self.hand == Hand::Mouse { Carry::Nothing } else { self.over(Some(bucket)) };
                Turn::said(carry, format!("Not moved to {}. {refused}", stage.name))
            }
            Some(Outlook::Enters | Outlook::Waits { .. }) => {
                let Load { build, from, .. } = self.load;
                Turn { dropped: Some(Drop { build, from, to: bucket }), ..Turn::quiet(Carry::Nothing) }
            }
        }
    }
}

const NOWHERE: &str = "No stage takes it now. The up and down keys read why.";

fn pick_up(load: Load, hand: Hand, around: &Around) -> Turn {
    let carry = Carry::Held(Held { load, hand, over: None });
    let names: Vec<&str> =
        around.stages.iter().filter(|stage| stage.takes()).map(|stage| stage.name.as_str()).collect();
    let (tag, from) = (&around.tag, around.name(load.from));
    let way = match hand {
        Hand::Mouse => return Turn::quiet(carry),
        Hand::Touch => "Tap a stage to put it there.".to_owned(),
        Hand::Keys if names.is_empty() => NOWHERE.to_owned(),
        Hand::Keys => format!(
            "It may go to {}. Left and right choose, up and down read every stage, Space drops, Escape puts it back.",
            names.join(" or ")
        ),
    };
    Turn::said(carry, format!("Picked up {tag} from {from}. {way}"))
}

fn put_back() -> Turn {
    Turn::said(Carry::Nothing, "Put back where it was.".to_owned())
}

impl Turn {
    const fn quiet(carry: Carry) -> Self {
        Self { carry, says: None, dropped: None }
    }

    const fn said(carry: Carry, words: String) -> Self {
        Self { carry, says: Some(words), dropped: None }
    }
}

impl Around {
    fn stage(&self, bucket: BucketKey) -> Option<&Berth> {
        self.stages.iter().find(|stage| stage.bucket == bucket)
    }

    fn name(&self, bucket: BucketKey) -> &str {
        self.stage(bucket).map_or("its stage", |stage| &stage.name)
    }
}

impl Berth {
    /// Whether a drop would do something.
    fn takes(&self) -> bool {
        matches!(self.outlook, Some(Outlook::Enters | Outlook::Waits { .. }))
    }

    fn words(&self) -> String {
        let outlook = self.outlook.as_ref().map(Outlook::words).unwrap_or_default();
        let no = if matches!(self.outlook, Some(Outlook::Refused { .. })) { "No. " } else { "" };
        format!("Over {}. {no}{outlook}", self.name)
    }
}

#[cfg(test)]
mod tests;
