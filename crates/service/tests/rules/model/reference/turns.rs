//! What the engine does by itself.

use super::{Contest, Model, PROD, Promotion, State, Verdict};

impl Model {
    /// What happens by itself: automatic stages ask, and what waits is looked at again.
    pub fn turn(&mut self) {
        let mut moved: Vec<(i64, usize)> =
            (0..3).filter_map(|bucket| Some((self.buckets[bucket].moved?, bucket))).collect();
        moved.sort_unstable();
        for (at, bucket) in moved {
            if self.buckets[bucket].moved == Some(at) {
                self.buckets[bucket].moved = None;
            }
            self.follow(bucket);
        }
        while self.look_at_all() {}
    }

    /// Looks again at all that waits; whether anything ended by that.
    fn look_at_all(&mut self) -> bool {
        let mut waiting: Vec<(i64, usize)> = (0..self.promotions.len())
            .filter(|number| self.promotions[*number].state.is_open())
            .map(|number| (self.turns_at(number), number))
            .collect();
        waiting.sort_unstable();
        for (_, number) in &waiting {
            self.look_again(*number);
        }
        waiting.into_iter().any(|(_, number)| !self.promotions[number].state.is_open())
    }

    /// When time changed something about it last.
    fn turns_at(&self, number: usize) -> i64 {
        let promotion = &self.promotions[number];
        let soaked = self.buckets[promotion.from].history.iter().rev();
        let soaked = soaked
            .filter(|placed| placed.build == promotion.build)
            .map(|placed| placed.at + self.rules[promotion.to].soak)
            .next();
        let times = [soaked.unwrap_or_default(), promotion.not_before.unwrap_or_default()];
        times.into_iter().filter(|at| *at <= self.now).max().unwrap_or_default()
    }

    fn follow(&mut self, bucket: usize) {
        let (to, current) = (bucket + 1, self.buckets[bucket].history.last().copied());
        let Some(current) = current.filter(|placed| !placed.rollback) else { return };
        if to > PROD || !self.rules[to].automatic {
            return;
        }
        if self.buckets[to].had(current.build) || self.buckets[to].paused {
            return;
        }
        // It asks once for each build, and gives way to people.
        let asked = |promotion: &Promotion| {
            promotion.automatic
                && (promotion.build, promotion.to) == (current.build, to)
                && promotion.state != State::Superseded
        };
        let by_people = self.waiting_for(to).into_iter().any(|other| !self.promotions[other].automatic);
        let gives_way = by_people && self.rules[to].contest == Contest::NewestWins;
        if gives_way || self.promotions.iter().any(asked) {
            return;
        }
        let wish = Promotion {
            build: current.build,
            from: bucket,
            to,
            asked_by: current.by,
            asked_at: self.now,
            automatic: true,
            not_before: None,
            approved_by: Vec::new(),
            takes_back: None,
            state: State::Waiting,
        };
        self.ask(wish, false);
    }

    fn look_again(&mut self, number: usize) {
        let Promotion { build, to, asked_at, takes_back, state, .. } = self.promotions[number];
        if !state.is_open() {
            return;
        }
        let target = &self.buckets[to];
        let gone = match takes_back {
            Some(had) => target.history.len() != had,
            None => target.history.last().is_some_and(|last| last.rollback && last.at >= asked_at),
        };
        // A person applies it, or has asked to go back further.
        let by_people = self.by_hand(number) || takes_back.is_some();
        if target.current() == Some(build) || gone {
            self.end(number, State::Expired);
        } else if by_people || !(target.paused && self.judge(number) == Verdict::Pass) {
            self.settle(number);
        }
    }
}
