//! The model: what the engine is to do, written down once more as simply as can be, without a database and without time
//! that passes by itself.

mod deeds;
mod delegations;
mod hands;
mod turns;

pub use deeds::{Answer, Contest, Deed, Rules, Who};
use delegations::Delegation;

pub const STAGES: [&str; 3] = ["qa", "staging", "prod"];
const PROD: usize = 2;
/// The most builds of a story.
const BUILDS: usize = 5;
/// How long after its asking a scheduled promotion may enter, in seconds.
const LATER: i64 = 1_800;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Waiting,
    Ready,
    Applied,
    Rejected,
    Cancelled,
    Expired,
    Superseded,
}

impl State {
    fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Ready)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Applied => "applied",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Superseded => "superseded",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Promotion {
    pub build: usize,
    from: usize,
    to: usize,
    asked_by: Who,
    asked_at: i64,
    /// Whether its stage asked by itself.
    automatic: bool,
    not_before: Option<i64>,
    /// As whom each counts, and by whose hand it was given.
    approved_by: Vec<(Who, Who)>,
    /// Of a rollback, how many builds had been current in the bucket when it was asked for.
    takes_back: Option<usize>,
    pub state: State,
}

#[derive(Debug, Clone, Copy)]
pub struct Placed {
    pub build: usize,
    at: i64,
    by: Who,
    rollback: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Bucket {
    pub history: Vec<Placed>,
    paused: bool,
    /// How many holds are in force.
    held: usize,
    /// When a build became current of which the stage behind has not heard.
    moved: Option<i64>,
}

impl Bucket {
    fn current(&self) -> Option<usize> {
        self.history.last().map(|placed| placed.build)
    }

    fn had(&self, build: usize) -> bool {
        self.history.iter().any(|placed| placed.build == build)
    }
}

#[derive(Debug, Clone, Default)]
pub struct Build {
    /// What was reported of its check by hand.
    check: Option<bool>,
}

#[derive(Debug)]
pub struct Model {
    rules: [Rules; 3],
    pub buckets: [Bucket; 3],
    pub builds: Vec<Build>,
    pub promotions: Vec<Promotion>,
    /// Whether people decide for each other in this story.
    delegating: bool,
    /// Whether stages ask for a hand, and for approvals of rollbacks.
    careful: bool,
    pub delegations: Vec<Delegation>,
    pub now: i64,
}

/// How all gates of a promotion stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Pass,
    Wait,
    Blocked,
}

impl Model {
    pub fn new(rules: [Rules; 3], delegating: bool, careful: bool) -> Self {
        let (buckets, builds, promotions) = (Default::default(), Vec::new(), Vec::new());
        Self { rules, buckets, builds, promotions, delegating, careful, delegations: Vec::new(), now: 0 }
    }

    pub fn take(&mut self, deed: &Deed) -> Answer {
        match *deed {
            Deed::Wait { seconds } => {
                self.now += seconds;
                Answer::Done
            }
            Deed::Push { build } => self.push(build),
            Deed::Ask { who, build, from, to, emergency, later } => {
                let wish = Promotion {
                    build,
                    from,
                    to,
                    asked_by: who,
                    asked_at: self.now,
                    automatic: false,
                    not_before: later.then_some(self.now + LATER),
                    approved_by: Vec::new(),
                    takes_back: None,
                    state: State::Waiting,
                };
                self.ask(wish, emergency)
            }
            Deed::Decide { who, promotion, approve, name } => self.decide(who, promotion, approve, name),
            Deed::HandOver { from, to } => self.hand_over(from, to),
            Deed::TakeBack { who, number } => self.take_back(who, number),
            Deed::Pass { who, promotion } => {
                if !self.promotions[promotion].state.is_open() {
                    return Answer::Conflict;
                }
                if !who.manages() {
                    return Answer::Forbidden;
                }
                let mut others = self.waiting_for(self.promotions[promotion].to);
                // A rollback ends others when they are looked at, and others end it alike.
                let back = self.promotions[promotion].takes_back.is_some();
                others.retain(|other| !back && self.promotions[*other].takes_back.is_none());
                self.apply(promotion);
                self.supersede(&others, promotion);
                Answer::Done
            }
            Deed::Apply { who, promotion } => self.apply_by_hand(who, promotion),
            Deed::Cancel { who, promotion } => {
                let of = &self.promotions[promotion];
                if !of.state.is_open() {
                    return Answer::Conflict;
                }
                if (of.automatic || who != of.asked_by) && !of.may_ask(who) {
                    return Answer::Forbidden;
                }
                self.end(promotion, State::Cancelled);
                Answer::Done
            }
            Deed::RollBack { who, bucket, steps } => {
                if !who.may_hold() {
                    return Answer::Forbidden;
                }
                let there = &self.buckets[bucket];
                let build = there.history[there.history.len() - 1 - steps].build;
                if there.current() == Some(build) {
                    return Answer::Conflict;
                }
                if self.rules[bucket].rollbacks_ask {
                    return self.ask_back(who, bucket, build);
                }
                self.place(bucket, Placed { build, at: self.now, by: who, rollback: true });
                // Into qa anything is pushed; the others are paused where they promote by themselves.
                if bucket == 0 || self.rules[bucket].automatic {
                    self.buckets[bucket].paused = true;
                }
                Answer::Done
            }
            Deed::Resume { who, bucket } => {
                if !who.may_hold() {
                    return Answer::Forbidden;
                }
                if !self.buckets[bucket].paused {
                    return Answer::Conflict;
                }
                self.buckets[bucket].paused = false;
                self.tell_before(bucket);
                Answer::Done
            }
            Deed::Hold { who, bucket } => {
                if !who.may_hold() {
                    return Answer::Forbidden;
                }
                self.buckets[bucket].held += 1;
                Answer::Done
            }
            Deed::Release { who, bucket } => {
                if !who.may_hold() {
                    return Answer::Forbidden;
                }
                if self.buckets[bucket].held == 0 {
                    return Answer::Conflict;
                }
                self.buckets[bucket].held -= 1;
                Answer::Done
            }
            Deed::Check { build, success, .. } => {
                self.builds[build].check = Some(success);
                Answer::Done
            }
        }
    }

    fn push(&mut self, build: usize) -> Answer {
        if build == self.builds.len() {
            self.builds.push(Build::default());
        }
        let qa = &self.buckets[0];
        if qa.had(build) {
            return Answer::Done;
        }
        if qa.held > 0 || qa.paused {
            return Answer::Refused;
        }
        self.place(0, Placed { build, at: self.now, by: Who::Developer, rollback: false });
        Answer::Done
    }

    fn ask(&mut self, wish: Promotion, emergency: bool) -> Answer {
        let Promotion { build, from, to, asked_by: who, automatic, .. } = wish;
        if from != to && from + 1 != to {
            return Answer::Refused;
        }
        if self.buckets[to].current() == Some(build) || from == to {
            return Answer::Conflict;
        }
        if !self.buckets[from].had(build) {
            return Answer::Refused;
        }
        if !automatic && !who.may_promote(to) {
            return Answer::Forbidden;
        }
        let waiting = self.waiting_for(to);
        if waiting.iter().any(|other| self.promotions[*other].build == build) {
            return Answer::Conflict;
        }
        let contest = self.rules[to].contest;
        if emergency {
            if !who.manages() {
                return Answer::Forbidden;
            }
        } else if contest == Contest::Refuse && waiting.iter().any(|other| self.is_on_time(*other)) {
            return Answer::Conflict;
        }
        let number = self.promotions.len();
        self.promotions.push(wish);
        let verdict = self.judge(number);
        if !emergency && verdict == Verdict::Blocked {
            self.promotions.pop();
            return Answer::Refused;
        }
        if emergency || (verdict == Verdict::Pass && !self.by_hand(number)) {
            self.apply(number);
        } else if verdict == Verdict::Pass {
            self.promotions[number].state = State::Ready;
        }
        if emergency || contest == Contest::NewestWins {
            let mut others = waiting;
            // What people asked for is ended by people.
            others.retain(|other| self.promotions[*other].automatic || !automatic);
            others.retain(|other| self.promotions[*other].takes_back.is_none());
            self.supersede(&others, number);
        }
        Answer::Done
    }

    fn decide(&mut self, who: Who, number: usize, approve: bool, name: Option<Who>) -> Answer {
        let as_whom = match self.as_whom(who, number, name) {
            Ok(as_whom) => as_whom,
            Err(answer) => return answer,
        };
        if let Err(answer) = self.may_decide(number, as_whom, who) {
            return answer;
        }
        if !approve {
            self.end(number, State::Rejected);
            return Answer::Done;
        }
        self.promotions[number].approved_by.push((as_whom, who));
        self.settle(number);
        Answer::Done
    }

    fn waiting_for(&self, to: usize) -> Vec<usize> {
        let waits = |(_, promotion): &(usize, &Promotion)| promotion.to == to && promotion.state.is_open();
        self.promotions.iter().enumerate().filter(waits).map(|(number, _)| number).collect()
    }

    fn judge(&self, number: usize) -> Verdict {
        let promotion = &self.promotions[number];
        let rules = &self.rules[promotion.to];
        let approved = promotion.approved_by.len() >= rules.approvals;
        if promotion.takes_back.is_some() {
            return if approved { Verdict::Pass } else { Verdict::Wait };
        }
        if self.soak(promotion, rules) == Verdict::Blocked {
            return Verdict::Blocked;
        }
        let checked = !rules.check || self.builds[promotion.build].check == Some(true);
        let on_time = self.is_on_time(number);
        // What is ready has had its turn.
        let ahead = rules.contest == Contest::Queue
            && promotion.state != State::Ready
            && self
                .waiting_for(promotion.to)
                .into_iter()
                .any(|other| other < number && self.is_on_time(other));
        let soaked = self.soak(promotion, rules) == Verdict::Pass;
        let free = self.buckets[promotion.to].held == 0;
        if approved && checked && on_time && !ahead && soaked && free { Verdict::Pass } else { Verdict::Wait }
    }

    /// Whether the build was long enough in the stage that it comes from, the last time that it was there.
    fn soak(&self, promotion: &Promotion, rules: &Rules) -> Verdict {
        if rules.soak == 0 {
            return Verdict::Pass;
        }
        let history = &self.buckets[promotion.from].history;
        let Some(last) = history.iter().rposition(|placed| placed.build == promotion.build) else {
            return Verdict::Wait;
        };
        let enough = history[last].at + rules.soak;
        match history.get(last + 1) {
            Some(next) if next.at < enough => Verdict::Blocked,
            _ if enough <= self.now => Verdict::Pass,
            _ => Verdict::Wait,
        }
    }

    fn settle(&mut self, number: usize) {
        match self.judge(number) {
            Verdict::Pass if self.by_hand(number) => self.promotions[number].state = State::Ready,
            Verdict::Pass => self.apply(number),
            Verdict::Wait => self.promotions[number].state = State::Waiting,
            Verdict::Blocked => self.end(number, State::Expired),
        }
    }

    /// Whoever asked for it counts as who placed it, whoever takes the step that applies it.
    fn apply(&mut self, number: usize) {
        let Promotion { build, to, takes_back, asked_by: by, .. } = self.promotions[number];
        self.place(to, Placed { build, at: self.now, by, rollback: takes_back.is_some() });
        if takes_back.is_some() && self.rules[to].automatic {
            self.buckets[to].paused = true;
        }
        self.end(number, State::Applied);
    }

    fn supersede(&mut self, others: &[usize], by: usize) {
        for other in others.iter().filter(|other| **other != by) {
            self.end(*other, State::Superseded);
        }
    }

    /// Ends a promotion. A stage that promotes by itself may ask now for what it could not take before.
    fn end(&mut self, number: usize, state: State) {
        self.promotions[number].state = state;
        let to = self.promotions[number].to;
        if self.rules[to].automatic {
            self.tell_before(to);
        }
    }

    /// Lets a stage hear again of what is current in the stage before.
    fn tell_before(&mut self, bucket: usize) {
        if bucket > 0 {
            self.buckets[bucket - 1].moved = self.buckets[bucket - 1].history.last().map(|placed| placed.at);
        }
    }

    fn is_on_time(&self, number: usize) -> bool {
        self.promotions[number].not_before.is_none_or(|at| at <= self.now)
    }

    fn place(&mut self, bucket: usize, placed: Placed) {
        self.buckets[bucket].history.push(placed);
        self.buckets[bucket].moved = Some(placed.at);
    }
}
