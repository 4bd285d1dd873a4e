//! The whole engine against a small model of it: random people do random things, again and again, while time passes, and
//! what each is answered and what comes of it is what the model says.
//!
//! `TOWPATH_MODEL_SEEDS` says how many stories are told; each is one seed. One that failed is kept in [`KEPT`].

mod reference;

use crate::engines::on_both_engines;
use crate::shop::{Shop, integration, make_integration, make_workflow, workflow};
use reference::{Answer, Contest, Deed, Model, Rules, STAGES, Who};
use towpath_domain::access::{Actor, Place, Role};
use towpath_domain::checks::CheckForm;
use towpath_domain::delegations::DelegationForm;
use towpath_domain::digests::Digest;
use towpath_domain::holds::HoldForm;
use towpath_domain::ids::{DelegationId, PlacementId};
use towpath_domain::promotions::Choice;
use towpath_domain::workflows::StageForm;
use towpath_service::buckets::{BucketAddress, RollBack, Rolled, resume, roll_back};
use towpath_service::promotions::{
    Apply, Decide, Pass, Request, apply, cancel, decide, look_again, pass, promote_on, request,
};
use towpath_service::{Error, Service, boards, checks, delegations, holds, images, inbox};

/// Seeds whose story fails where a fault is that the engine once had; told first. Where the dice or the deeds change, a seed
/// tells another story: then another one is found by bringing the fault back, and the fault has a rule of its own, too.
///
/// 799: what waited to enter a bucket that was rolled back ended only when something else made it due.
/// 4130: the next in a queue entered a turn after the one before it, and an automatic stage behind went first.
/// 456, 677: what was ready stayed so under a hold that came later.
const KEPT: [u64; 4] = [456, 677, 799, 4130];
/// How many stories share an installation.
const TOGETHER: u64 = 25;
/// How many deeds a story has at least, and at most so many more: most are short, and some are long.
const LENGTH: (usize, [usize; 5]) = (6, [8, 8, 8, 8, 34]);

fn seeds() -> u64 {
    std::env::var("TOWPATH_MODEL_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(200)
}

#[test]
fn what_happens_is_what_the_model_says() {
    // Twice as many as there are cores: each waits for its disk about half of the time.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = 2 * u64::try_from(cores).expect("few");
    let all = seeds();
    let told = |worker: u64| {
        let mine: Vec<u64> =
            KEPT.into_iter().chain(1..=all).filter(|seed| seed % workers == worker).collect();
        for (number, part) in mine.chunks(usize::try_from(TOGETHER).expect("few")).enumerate() {
            // One in ten is told on Postgres, too.
            let stories = async |shop: Shop| tell_all(&shop, part).await;
            if number % 10 == 0 { on_both_engines(stories) } else { crate::engines::on_sqlite(stories) }
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|worker| scope.spawn(move || told(worker))).collect();
        for thread in threads {
            thread.join().expect("every story ends as the model says");
        }
    });
}

async fn tell_all(shop: &Shop, seeds: &[u64]) {
    let place = Place::Project { project: shop.project.id };
    let rita = shop.person("Rita", Role::release_manager(), place).await;
    let replica = shop.replica().await;
    for seed in seeds {
        let story = Story::begin(shop, &rita, &replica, *seed).await;
        story.tell().await;
    }
    replica.close().await;
}

/// One story: an integration of its own, on the way qa → staging → prod by rules of its own.
struct Story<'a> {
    shop: &'a Shop,
    rita: &'a Actor,
    replica: &'a Service,
    seed: u64,
    dice: Dice,
    name: String,
    model: Model,
    digests: Vec<String>,
    /// The numbers of the project's promotions, in the order in which the model counts them.
    numbers: Vec<i64>,
    /// The holds in force on each bucket, and the last that was released.
    holds: [Vec<i64>; 3],
    released: i64,
    /// In the order in which the model counts them.
    delegations: Vec<DelegationId>,
    told: Vec<String>,
}

impl<'a> Story<'a> {
    async fn begin(shop: &'a Shop, rita: &'a Actor, replica: &'a Service, seed: u64) -> Self {
        let mut dice = Dice(seed);
        // In one story of two stages want a hand, or rollbacks approved.
        let careful = seed % 4 < 2;
        let rules =
            [Rules::default(), Rules::roll(&mut dice, 1, careful), Rules::roll(&mut dice, 2, careful)];
        let name = format!("story-{seed}");
        let stages: Vec<StageForm> =
            STAGES.into_iter().zip(&rules).map(|(bucket, rules)| stage(bucket, rules)).collect();
        make_workflow(shop, &shop.ana, "shop", workflow(&name, "environment", &stages))
            .await
            .expect("a workflow");
        make_integration(shop, &shop.ana, "shop", integration(&name, "environment", &name))
            .await
            .expect("an integration");
        // In one story of two people decide for each other.
        let model = Model::new(rules, seed.is_multiple_of(2), careful);
        let (digests, numbers, told) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            shop,
            rita,
            replica,
            seed,
            dice,
            name,
            model,
            digests,
            numbers,
            holds: Default::default(),
            released: 0,
            delegations: Vec::new(),
            told,
        }
    }

    async fn tell(mut self) {
        let more = LENGTH.1[self.dice.below(LENGTH.1.len())];
        for _ in 0..LENGTH.0 + self.dice.below(more) {
            let deed = Deed::roll(&mut self.dice, &self.model);
            // Some things are done twice, as when an answer was lost.
            for _ in 0..=usize::from(self.dice.below(6) == 0) {
                self.pass_time(1);
                self.take(&deed).await;
                self.settle().await;
            }
        }
        self.compare().await;
        self.end_delegations().await;
    }

    fn pass_time(&mut self, seconds: i64) {
        self.shop.world.clock.advance(seconds);
        self.model.now += seconds;
    }

    async fn take(&mut self, deed: &Deed) {
        let said = self.model.take(deed);
        let done = self.act(deed).await;
        self.told.push(format!("{deed:?}: {said:?}"));
        assert_eq!(done, said, "seed {}: {deed:?}\n{:#?}\n{:#?}", self.seed, self.told, self.model);
    }

    /// Lets everything happen that happens by itself.
    async fn settle(&mut self) {
        loop {
            let service = self.service();
            let asked = promote_on(&service).await.expect("asks");
            let ended = look_again(&service).await.expect("looks");
            self.model.turn();
            if asked + ended == 0 {
                break;
            }
        }
        self.count().await;
    }

    /// Either of the two servers, as a request may come to any.
    fn service(&mut self) -> Service {
        if self.dice.below(2) == 0 { self.shop.world.service.clone() } else { self.replica.clone() }
    }

    fn actor(&self, who: Who) -> Actor {
        match who {
            Who::Admin => self.shop.ana.clone(),
            Who::Manager => self.shop.ben.clone(),
            Who::Second => self.rita.clone(),
            Who::Developer => self.shop.dora.clone(),
        }
    }

    async fn act(&mut self, deed: &Deed) -> Answer {
        let service = self.service();
        match *deed {
            Deed::Wait { seconds } => {
                self.pass_time(seconds);
                // The model has counted it already.
                self.model.now -= seconds;
                Answer::Done
            }
            Deed::Push { build } => self.push(build).await,
            Deed::Ask { who, build, from, to, emergency, later } => {
                let wish = Request {
                    project: "shop".to_owned(),
                    integration: self.name.clone(),
                    digest: self.digests[build].clone(),
                    from: STAGES[from].to_owned(),
                    to: STAGES[to].to_owned(),
                    reason: "It works".to_owned(),
                    scheduled_for: if later { "30m".to_owned() } else { String::new() },
                    emergency,
                    ..Request::default()
                };
                let asked = request(&service, &self.actor(who), wish).await;
                if let Ok(promotion) = &asked {
                    self.numbers.push(promotion.number);
                }
                answer(asked)
            }
            Deed::Decide { who, promotion, approve, name } => {
                let wish = Decide {
                    project: "shop".to_owned(),
                    number: self.numbers[promotion],
                    choice: if approve { Choice::Approve } else { Choice::Reject },
                    comment: "I looked".to_owned(),
                    digest: self.digests[self.model.promotions[promotion].build].clone(),
                    in_name_of: name.map(|name| address(name).to_owned()).unwrap_or_default(),
                };
                answer(decide(&service, &self.actor(who), wish).await)
            }
            Deed::Pass { who, promotion } => {
                let wish = Pass {
                    project: "shop".to_owned(),
                    number: self.numbers[promotion],
                    reason: "The shop is down".to_owned(),
                    digest: self.digests[self.model.promotions[promotion].build].clone(),
                };
                answer(pass(&service, &self.actor(who), wish).await)
            }
            Deed::Apply { who, promotion } => {
                let wish = Apply {
                    project: "shop".to_owned(),
                    number: self.numbers[promotion],
                    digest: self.digests[self.model.promotions[promotion].build].clone(),
                };
                answer(apply(&service, &self.actor(who), wish).await)
            }
            Deed::Cancel { who, promotion } => {
                answer(cancel(&service, &self.actor(who), "shop", self.numbers[promotion], "").await)
            }
            Deed::RollBack { who, bucket, steps } => {
                let wish = RollBack {
                    at: self.at(bucket),
                    to: self.placement(bucket, steps).await,
                    reason: "It fails".to_owned(),
                    expected: None,
                };
                let rolled = roll_back(&service, &self.actor(who), wish).await;
                if let Ok(Rolled::Asked(asked)) = &rolled {
                    self.numbers.push(asked.number);
                }
                answer(rolled)
            }
            Deed::Resume { who, bucket } => {
                answer(resume(&service, &self.actor(who), &self.at(bucket), "").await)
            }
            Deed::Hold { who, bucket } => {
                let form = HoldForm {
                    on: format!("bucket:shop/{}/{}", self.name, STAGES[bucket]),
                    reason: "Payments are down".to_owned(),
                    ..HoldForm::default()
                };
                let placed = holds::place(&service, &self.actor(who), form).await;
                if let Ok(hold) = &placed {
                    self.holds[bucket].push(hold.number);
                }
                answer(placed)
            }
            Deed::Release { who, bucket } => {
                let number = self.holds[bucket].last().copied().unwrap_or(self.released);
                let released = holds::release(&service, &self.actor(who), number, "").await;
                if released.is_ok() {
                    self.released = self.holds[bucket].pop().unwrap_or_default();
                }
                answer(released)
            }
            Deed::HandOver { from, to } => self.hand_over(&service, from, to).await,
            Deed::TakeBack { who, number } => {
                answer(delegations::end(&service, &self.actor(who), self.delegations[number]).await)
            }
            Deed::Check { who, build, success } => {
                let form = CheckForm {
                    name: "tests".to_owned(),
                    state: if success { "success" } else { "failure" }.to_owned(),
                    ..CheckForm::default()
                };
                let at = ("shop", self.name.as_str());
                answer(checks::report(&service, &self.actor(who), at, &self.digests[build], form).await)
            }
        }
    }

    async fn hand_over(&mut self, service: &Service, from: Who, to: Who) -> Answer {
        let form = DelegationForm {
            delegate: address(to).to_owned(),
            project: "shop".to_owned(),
            until: "2h".to_owned(),
            reason: "On holiday".to_owned(),
            ..DelegationForm::default()
        };
        let made = delegations::make(service, &self.actor(from), form).await;
        if let Ok(made) = &made {
            self.delegations.push(made.id);
        }
        answer(made)
    }

    /// Nobody decides for anybody in the next story.
    async fn end_delegations(&self) {
        for (delegation, id) in self.model.delegations.iter().zip(&self.delegations) {
            if self.model.stands(delegation) {
                delegations::end(self.shop, &self.shop.ana, *id).await.expect("it stood");
            }
        }
    }

    async fn push(&mut self, build: usize) -> Answer {
        let repository = format!("shop/{}/qa", self.name);
        let pushed = self.shop.push(&self.shop.dora, &repository, &format!("1.{build}")).await;
        let digest = match &pushed {
            Ok(digest) => digest.clone(),
            Err(images::Error::Denied(_)) => self.refused(build).await,
            Err(error) => panic!("{error}"),
        };
        if build == self.digests.len() {
            self.digests.push(digest);
        }
        if pushed.is_ok() { Answer::Done } else { Answer::Refused }
    }

    /// The digest of a build that was refused, as the board lists it.
    async fn refused(&self, build: usize) -> String {
        let board = boards::view(self.shop, &self.shop.ana, "shop", &self.name).await.expect("a board");
        let mut refused = board.columns.iter().flat_map(|column| &column.refused);
        let found = refused.find(|card| card.tag.as_str() == format!("1.{build}"));
        found.expect("what is refused is listed").build.digest.to_string()
    }

    fn at(&self, bucket: usize) -> BucketAddress {
        BucketAddress {
            project: "shop".to_owned(),
            integration: self.name.clone(),
            bucket: STAGES[bucket].to_owned(),
        }
    }

    /// The placement so many steps before the current one.
    async fn placement(&self, bucket: usize, steps: usize) -> PlacementId {
        let at = self.at(bucket);
        let history = boards::history(self.shop, &self.shop.ana, &at, None, 100).await.expect("a history");
        history.cards[steps].placement.expect("a placement")
    }

    /// Learns the numbers of what automatic stages have asked for.
    async fn count(&mut self) {
        if self.numbers.len() == self.model.promotions.len() {
            return;
        }
        let all = inbox::promotions(self.shop, &self.shop.ana, "shop", None, 200).await.expect("a list");
        let mut mine: Vec<i64> = all
            .into_iter()
            .filter(|item| item.integration.as_str() == self.name)
            .map(|item| item.promotion.number)
            .collect();
        mine.sort_unstable();
        assert_eq!(mine.len(), self.model.promotions.len(), "seed {}: {:#?}", self.seed, self.told);
        self.numbers = mine;
    }

    async fn compare(&self) {
        let all = inbox::promotions(self.shop, &self.shop.ana, "shop", None, 200).await.expect("a list");
        let state = |number: &i64| {
            let found = all.iter().find(|item| item.promotion.number == *number);
            found.expect("it is listed").promotion.state.name()
        };
        let states: Vec<&str> = self.numbers.iter().map(state).collect();
        let said: Vec<&str> = self.model.promotions.iter().map(|promotion| promotion.state.name()).collect();
        assert_eq!(states, said, "seed {}: {:#?}\n{:#?}", self.seed, self.told, self.model);
        for (bucket, said) in self.model.buckets.iter().enumerate() {
            let history = boards::history(self.shop, &self.shop.ana, &self.at(bucket), None, 200)
                .await
                .expect("a history");
            let build = |digest: &Digest| self.digests.iter().position(|known| *known == digest.to_string());
            let mut there: Vec<usize> =
                history.cards.iter().filter_map(|card| build(&card.build.digest)).collect();
            there.reverse();
            let wanted: Vec<usize> = said.history.iter().map(|placed| placed.build).collect();
            let place = STAGES[bucket];
            assert_eq!(there, wanted, "seed {}: {place}\n{:#?}", self.seed, self.told);
        }
    }
}

fn stage(bucket: &str, rules: &Rules) -> StageForm {
    StageForm {
        bucket: bucket.to_owned(),
        approvals: rules.approvals.to_string(),
        soak: if rules.soak > 0 { format!("{}m", rules.soak / 60) } else { String::new() },
        checks: if rules.check { "tests".to_owned() } else { String::new() },
        automatic: rules.automatic.then(|| "on".to_owned()),
        rollbacks_ask: rules.rollbacks_ask.then(|| "on".to_owned()),
        by_hand: rules.by_hand.then(|| "on".to_owned()),
        contest: match rules.contest {
            Contest::NewestWins => "newest_wins",
            Contest::Queue => "queue",
            Contest::Refuse => "refuse",
        }
        .to_owned(),
        ..StageForm::default()
    }
}

/// Under which somebody has their account.
const fn address(who: Who) -> &'static str {
    match who {
        Who::Admin => "ana@example.org",
        Who::Manager => "ben@example.org",
        Who::Second => "rita@example.org",
        Who::Developer => "dora@example.org",
    }
}

fn answer<T>(done: Result<T, Error>) -> Answer {
    match done {
        Ok(_) => Answer::Done,
        Err(Error::Forbidden(_)) => Answer::Forbidden,
        Err(Error::Conflict(_)) => Answer::Conflict,
        Err(Error::Refused(_)) => Answer::Refused,
        Err(Error::Invalid(_)) => Answer::Invalid,
        Err(Error::NotFound(_)) => Answer::Absent,
        Err(error) => panic!("{error}"),
    }
}

/// `SplitMix64` (Steele, Lea and Flood, 2014).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound.max(1)).expect("small")).expect("small")
    }
}
