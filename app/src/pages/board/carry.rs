//! Carrying a build from stage to stage: one machine behind the pointer, the keyboard and the menu.

use towpath_domain::buckets::BucketKey;
use towpath_domain::ids::BuildId;

/// What is being carried over the board, and where it hangs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Carry {
    #[default]
    Nothing,
    Held {
        build: BuildId,
        from: BucketKey,
        over: Option<BucketKey>,
    },
}

/// A build that was let go over a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drop {
    pub build: BuildId,
    pub from: BucketKey,
    pub to: BucketKey,
}

/// Which way the arrow keys move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Forward,
    Back,
}

impl Carry {
    pub const fn pick_up(build: BuildId, from: BucketKey) -> Self {
        Self::Held { build, from, over: None }
    }

    pub fn is_held(self) -> bool {
        self != Self::Nothing
    }

    pub fn holds(self, held: BuildId, at: BucketKey) -> bool {
        matches!(self, Self::Held { build, from, .. } if build == held && from == at)
    }

    pub fn hangs_over(self, bucket: BucketKey) -> bool {
        matches!(self, Self::Held { over, .. } if over == Some(bucket))
    }

    /// Hangs over a stage.
    #[must_use]
    pub const fn over(self, bucket: BucketKey) -> Self {
        match self {
            Self::Held { build, from, .. } => Self::Held { build, from, over: Some(bucket) },
            Self::Nothing => Self::Nothing,
        }
    }

    /// Hangs over no stage, if it hung over this one.
    #[must_use]
    pub fn leave(self, bucket: BucketKey) -> Self {
        match self {
            Self::Held { build, from, over } if over == Some(bucket) => {
                Self::Held { build, from, over: None }
            }
            other => other,
        }
    }

    /// Moves to the next of the stages, from the last to the first; from where it was picked up if it
    /// hangs over none yet.
    #[must_use]
    pub fn step(self, way: Way, stages: &[BucketKey]) -> Self {
        let Self::Held { from, over, .. } = self else { return self };
        let others: Vec<BucketKey> = stages.iter().copied().filter(|stage| *stage != from).collect();
        let start = stages.iter().position(|stage| *stage == from).unwrap_or(0);
        let next = match (over.and_then(|over| others.iter().position(|stage| *stage == over)), way) {
            (_, _) if others.is_empty() => return self,
            (None, Way::Forward) => start % others.len(),
            (None, Way::Back) => (start + others.len() - 1) % others.len(),
            (Some(at), Way::Forward) => (at + 1) % others.len(),
            (Some(at), Way::Back) => (at + others.len() - 1) % others.len(),
        };
        self.over(others[next])
    }

    /// Lets go: what was held, if it hung over a stage.
    pub const fn drop_it(self) -> Option<Drop> {
        match self {
            Self::Held { build, from, over: Some(to) } => Some(Drop { build, from, to }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use towpath_domain::buckets::BucketKind;

    fn stage(number: u128) -> BucketKey {
        BucketKey::new(BucketKind::Environment, format!("{number:032x}").parse().unwrap())
    }

    fn build() -> BuildId {
        format!("{:032x}", 9).parse().unwrap()
    }

    fn stages() -> [BucketKey; 3] {
        [stage(1), stage(2), stage(3)]
    }

    #[test]
    fn arrows_go_round_the_other_stages_from_where_it_was_picked_up() {
        let held = Carry::pick_up(build(), stage(2));
        let forward = held.step(Way::Forward, &stages());
        assert!(forward.hangs_over(stage(3)));
        assert!(forward.step(Way::Forward, &stages()).hangs_over(stage(1)));
        assert!(held.step(Way::Back, &stages()).hangs_over(stage(1)));
    }

    #[test]
    fn it_is_dropped_only_over_a_stage() {
        let held = Carry::pick_up(build(), stage(1));
        assert_eq!(held.drop_it(), None);
        let dropped = held.over(stage(2)).drop_it();
        assert_eq!(dropped, Some(Drop { build: build(), from: stage(1), to: stage(2) }));
        assert_eq!(held.over(stage(2)).leave(stage(2)).drop_it(), None);
        assert!(held.over(stage(2)).leave(stage(3)).hangs_over(stage(2)));
    }

    #[test]
    fn with_nothing_held_nothing_moves() {
        assert_eq!(Carry::Nothing.over(stage(1)), Carry::Nothing);
        assert_eq!(Carry::Nothing.step(Way::Forward, &stages()), Carry::Nothing);
        assert_eq!(Carry::pick_up(build(), stage(1)).step(Way::Forward, &[stage(1)]).drop_it(), None);
    }
}
