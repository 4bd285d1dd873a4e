//! What stages want more of people: a hand on what is ready, and approvals of rollbacks.

use super::{Answer, Model, Promotion, State, Verdict, Who};

impl Promotion {
    /// Whether somebody may ask for it.
    pub(super) fn may_ask(&self, who: Who) -> bool {
        if self.takes_back.is_some() { who.may_hold() } else { who.may_promote(self.to) }
    }
}

impl Model {
    /// Asks to go back, which only approvals keep waiting.
    pub(super) fn ask_back(&mut self, who: Who, bucket: usize, build: usize) -> Answer {
        let waiting = self.waiting_for(bucket);
        if waiting.iter().any(|other| self.promotions[*other].build == build) {
            return Answer::Conflict;
        }
        self.promotions.push(Promotion {
            build,
            from: bucket,
            to: bucket,
            asked_by: who,
            asked_at: self.now,
            automatic: false,
            not_before: None,
            approved_by: Vec::new(),
            takes_back: Some(self.buckets[bucket].history.len()),
            state: State::Waiting,
        });
        Answer::Done
    }

    /// Applies by somebody's hand what is ready.
    pub(super) fn apply_by_hand(&mut self, who: Who, number: usize) -> Answer {
        let promotion = &self.promotions[number];
        if !promotion.state.is_open() {
            return Answer::Conflict;
        }
        if !promotion.may_ask(who) {
            return Answer::Forbidden;
        }
        if promotion.state == State::Waiting {
            return if self.by_hand(number) { Answer::Refused } else { Answer::Conflict };
        }
        match self.judge(number) {
            Verdict::Pass => self.apply(number),
            Verdict::Wait => self.promotions[number].state = State::Waiting,
            Verdict::Blocked => self.end(number, State::Expired),
        }
        Answer::Done
    }

    pub(super) fn by_hand(&self, number: usize) -> bool {
        let promotion = &self.promotions[number];
        self.rules[promotion.to].by_hand && promotion.takes_back.is_none()
    }
}
