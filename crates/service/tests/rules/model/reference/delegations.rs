//! That people decide for each other.

use super::{Answer, Model, Who};

/// For how long decisions are handed over, in seconds.
const HANDED_OVER: i64 = 7_200;

/// That one person decides for another, until a time.
#[derive(Debug, Clone, Copy)]
pub struct Delegation {
    pub from: Who,
    pub to: Who,
    until: i64,
    ended: bool,
}

impl Model {
    pub fn stands(&self, delegation: &Delegation) -> bool {
        !delegation.ended && self.now < delegation.until
    }

    pub(super) fn hand_over(&mut self, from: Who, to: Who) -> Answer {
        if from == to || !from.manages() {
            return Answer::Invalid;
        }
        let same = |known: &&Delegation| (known.from, known.to) == (from, to);
        if self.delegations.iter().filter(same).any(|known| self.stands(known)) {
            return Answer::Conflict;
        }
        self.delegations.push(Delegation { from, to, until: self.now + HANDED_OVER, ended: false });
        Answer::Done
    }

    pub(super) fn take_back(&mut self, who: Who, number: usize) -> Answer {
        let delegation = self.delegations[number];
        if ![delegation.from, delegation.to, Who::Admin].contains(&who) {
            return Answer::Absent;
        }
        if !self.stands(&delegation) {
            return Answer::Conflict;
        }
        self.delegations[number].ended = true;
        Answer::Done
    }

    /// Whether a decision on a promotion counts as somebody's, and how it is answered where it does not.
    pub(super) fn may_decide(&self, number: usize, as_whom: Who, hand: Who) -> Result<(), Answer> {
        let promotion = &self.promotions[number];
        if !promotion.state.is_open() {
            return Err(Answer::Conflict);
        }
        let names = [as_whom, hand];
        if self.rules[promotion.to].approvals == 0 || names.contains(&promotion.asked_by) {
            return Err(Answer::Refused);
        }
        if !as_whom.manages() {
            return Err(Answer::Forbidden);
        }
        let mut decided = promotion.approved_by.iter().flat_map(|(one, other)| [one, other]);
        if decided.any(|who| names.contains(who)) { Err(Answer::Refused) } else { Ok(()) }
    }

    /// As whom somebody decides: as the one whom they name, else as themselves, else as the first as whom it counts.
    pub(super) fn as_whom(&self, who: Who, number: usize, name: Option<Who>) -> Result<Who, Answer> {
        let standing = self.delegations.iter().filter(|known| known.to == who && self.stands(known));
        let others: Vec<Who> = standing.map(|known| known.from).collect();
        match name {
            Some(name) if others.contains(&name) => Ok(name),
            Some(_) => Err(Answer::Invalid),
            None => {
                let all = std::iter::once(who).chain(others);
                Ok(all.into_iter().find(|one| self.may_decide(number, *one, who).is_ok()).unwrap_or(who))
            }
        }
    }
}
