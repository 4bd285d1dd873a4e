//! The model: what the engine is to do, written down once more as simply as can be, without a database and without time
//! that passes by itself.

use super::Dice;

pub const STAGES: [&str; 3] = ["qa", "staging", "prod"];
const PROD: usize = 2;
/// The most builds of a story.
const BUILDS: usize = 5;
/// How long after its asking a scheduled promotion may enter, in seconds.
const LATER: i64 = 1_800;
/// For how long decisions are handed over, in seconds.
const HANDED_OVER: i64 = 7_200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Admin,
    Manager,
    Second,
    Developer,
}

impl Who {
    /// Those who may more do more.
    const OFTEN: [Self; 6] =
        [Self::Admin, Self::Manager, Self::Manager, Self::Second, Self::Second, Self::Developer];

    fn manages(self) -> bool {
        matches!(self, Self::Manager | Self::Second)
    }

    fn may_promote(self, to: usize) -> bool {
        self != Self::Developer || to != PROD
    }

    fn may_hold(self) -> bool {
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
pub struct Rules {
    pub approvals: usize,
    pub soak: i64,
    pub check: bool,
    pub automatic: bool,
    pub contest: Contest,
}

impl Default for Rules {
    fn default() -> Self {
        Self { approvals: 0, soak: 0, check: false, automatic: false, contest: Contest::NewestWins }
    }
}

impl Rules {
    pub fn roll(dice: &mut Dice, stage: usize) -> Self {
        Self {
            approvals: dice.below(stage + 1),
            soak: if dice.below(3) == 0 { 3_600 } else { 0 },
            check: dice.below(4) == 0,
            automatic: dice.below(3) == 0,
            contest: [Contest::NewestWins, Contest::NewestWins, Contest::Queue, Contest::Refuse]
                [dice.below(4)],
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

/// That one person decides for another, until a time.
#[derive(Debug, Clone, Copy)]
pub struct Delegation {
    pub from: Who,
    pub to: Who,
    until: i64,
    ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Waiting,
    Applied,
    Rejected,
    Cancelled,
    Expired,
    Superseded,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
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
    pub fn new(rules: [Rules; 3], delegating: bool) -> Self {
        let (buckets, builds, promotions) = (Default::default(), Vec::new(), Vec::new());
        Self { rules, buckets, builds, promotions, delegating, delegations: Vec::new(), now: 0 }
    }

    pub fn stands(&self, delegation: &Delegation) -> bool {
        !delegation.ended && self.now < delegation.until
    }

    fn hand_over(&mut self, from: Who, to: Who) -> Answer {
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

    fn take_back(&mut self, who: Who, number: usize) -> Answer {
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
    fn may_decide(&self, number: usize, as_whom: Who, hand: Who) -> Result<(), Answer> {
        let promotion = &self.promotions[number];
        if promotion.state != State::Waiting {
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
    fn as_whom(&self, who: Who, number: usize, name: Option<Who>) -> Result<Who, Answer> {
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
                    state: State::Waiting,
                };
                self.ask(wish, emergency)
            }
            Deed::Decide { who, promotion, approve, name } => self.decide(who, promotion, approve, name),
            Deed::HandOver { from, to } => self.hand_over(from, to),
            Deed::TakeBack { who, number } => self.take_back(who, number),
            Deed::Pass { who, promotion } => {
                if self.promotions[promotion].state != State::Waiting {
                    return Answer::Conflict;
                }
                if !who.manages() {
                    return Answer::Forbidden;
                }
                let others = self.waiting_for(self.promotions[promotion].to);
                self.apply(promotion, who);
                self.supersede(&others, promotion);
                Answer::Done
            }
            Deed::Cancel { who, promotion } => {
                let of = &self.promotions[promotion];
                if of.state != State::Waiting {
                    return Answer::Conflict;
                }
                if (of.automatic || who != of.asked_by) && !who.may_promote(of.to) {
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
        if emergency || verdict == Verdict::Pass {
            self.apply(number, who);
        }
        if emergency || contest == Contest::NewestWins {
            let mut others = waiting;
            // What people asked for is ended by people.
            others.retain(|other| self.promotions[*other].automatic || !automatic);
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
        self.settle(number, who);
        Answer::Done
    }

    fn waiting_for(&self, to: usize) -> Vec<usize> {
        let waits =
            |(_, promotion): &(usize, &Promotion)| promotion.to == to && promotion.state == State::Waiting;
        self.promotions.iter().enumerate().filter(waits).map(|(number, _)| number).collect()
    }

    fn judge(&self, number: usize) -> Verdict {
        let promotion = &self.promotions[number];
        let rules = &self.rules[promotion.to];
        if self.soak(promotion, rules) == Verdict::Blocked {
            return Verdict::Blocked;
        }
        let approved = promotion.approved_by.len() >= rules.approvals;
        let checked = !rules.check || self.builds[promotion.build].check == Some(true);
        let on_time = self.is_on_time(number);
        let ahead = rules.contest == Contest::Queue
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

    fn settle(&mut self, number: usize, who: Who) {
        match self.judge(number) {
            Verdict::Pass => self.apply(number, who),
            Verdict::Wait => {}
            Verdict::Blocked => self.end(number, State::Expired),
        }
    }

    /// Whoever takes the step that applies it counts as who placed it.
    fn apply(&mut self, number: usize, by: Who) {
        let Promotion { build, to, .. } = self.promotions[number];
        self.place(to, Placed { build, at: self.now, by, rollback: false });
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
            .filter(|number| self.promotions[*number].state == State::Waiting)
            .map(|number| (self.turns_at(number), number))
            .collect();
        waiting.sort_unstable();
        for (_, number) in &waiting {
            self.look_again(*number);
        }
        waiting.into_iter().any(|(_, number)| self.promotions[number].state != State::Waiting)
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
            state: State::Waiting,
        };
        self.ask(wish, false);
    }

    fn look_again(&mut self, number: usize) {
        let Promotion { build, to, asked_at, asked_by, state, .. } = self.promotions[number];
        if state != State::Waiting {
            return;
        }
        let target = &self.buckets[to];
        let rolled_back = target.history.last().is_some_and(|last| last.rollback && last.at >= asked_at);
        if target.current() == Some(build) || rolled_back {
            self.end(number, State::Expired);
        } else if !(target.paused && self.judge(number) == Verdict::Pass) {
            self.settle(number, asked_by);
        }
    }
}
