//! The life of a build, wherever who asks may see it.

use crate::checks::lines;
use crate::circumstances::Judge;
use crate::projects::in_use;
use crate::scenes::Located;
use crate::{Error, Service, evidence, explain, holds};
use std::collections::{BTreeMap, HashMap};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::{BucketKey, Slot};
use towpath_domain::builds::life::{
    Approved, BuildView, By, Life, Link, Passed, Passing, PinnedIn, Placed, Replaced, RunsIn, Standing, Wait,
};
use towpath_domain::checks::CheckLine;
use towpath_domain::digests::Digest;
use towpath_domain::evidence::EvidenceLine;
use towpath_domain::ids::{BuildId, PersonId, PlacementId, PromotionId, TokenId};
use towpath_domain::pins::Pin;
use towpath_domain::placements::{Cause, Placer};
use towpath_domain::projects::Project;
use towpath_domain::promotions::{Choice, Decision, Promotion, State};
use towpath_domain::times::Time;
use towpath_domain::words::Reason;
use towpath_store::buckets::{Bucket, Lived, RefusedArrival};
use towpath_store::builds::Pushed;
use towpath_store::{
    Conn, buckets, builds, checks, deployments, integrations, people, pins, projects, promotions, tokens,
};

/// How many refusals, and how many promotions that came to nothing, are told of one build.
const ASIDE: i64 = 200;

/// Which part of a build's lives to read.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// `PROJECT/INTEGRATION`, where only its life there is wanted.
    pub within: Option<&'a str>,
    /// The placement after which to go on there.
    pub after: Option<PlacementId>,
    /// How many lives, and how many placements of each.
    pub lives: usize,
    pub links: usize,
}

impl Part<'_> {
    /// As much as a page shows at once.
    pub const PAGE: Self = Self { within: None, after: None, lives: 5, links: 40 };
    /// As much as a program is told.
    pub const WHOLE: Self = Self { within: None, after: None, lives: 100, links: 200 };
}

/// A build by its digest, with its life in every integration that who asks may see.
pub async fn view(
    service: &Service,
    actor: &Actor,
    digest: &str,
    part: Part<'_>,
) -> Result<BuildView, Error> {
    let missing = || Error::not_found(format_args!("A build with the digest “{digest}”"));
    let parsed = Digest::parse(digest).map_err(|_| missing())?;
    let mut conn = service.read().await?;
    let (mut lives, mut elsewhere, mut homes) = (Vec::new(), Vec::new(), Vec::new());
    for pushed in builds::with_digest(&mut conn, &parsed).await? {
        let integration = integrations::load(&mut conn, pushed.build.integration).await?;
        if !actor.may(Action::View, &Target::integration(integration.project, integration.id)) {
            continue;
        }
        let project = projects::load(&mut conn, integration.project).await?;
        if homes.iter().all(|home: &Project| home.id != project.id) {
            homes.push(project.clone());
        }
        let located = Located { project, integration };
        let name = format!("{}/{}", located.project.slug, located.integration.slug);
        if lives.len() < part.lives && part.within.is_none_or(|within| within == name) {
            let build = pushed.build.id;
            let reading = Reading::load(&mut conn, &located, pushed, part, service.now()).await?;
            let runs = runs(&mut conn, actor, build).await?;
            let known = checks::list(&mut conn, &[build]).await?.remove(&build).unwrap_or_default();
            let checks = lines(&mut conn, known).await?;
            let told = Told {
                runs,
                checks,
                evidence: evidence::of_image(&mut conn, located.integration.id, &parsed).await?,
                pinned: pinned(&mut conn, actor, build, service.now()).await?,
                is_default: integrations::default_of(&mut conn, located.integration.id)
                    .await?
                    .is_some_and(|default| default.build.id == build),
                may_configure: in_use(
                    &located.project,
                    explain(actor, Action::Configure, &Target::project(located.project.id)),
                ),
            };
            lives.push(reading.tell(&located, told));
        } else {
            elsewhere.push((located.project.slug, located.integration.slug));
        }
    }
    if lives.is_empty() {
        return Err(missing());
    }
    let now = service.now();
    let marks = holds::marks(&mut conn, actor, &parsed, now).await?;
    Ok(BuildView {
        may_mark: holds::may_mark(actor, &parsed, &homes, &marks),
        marks,
        digest: parsed,
        lives,
        elsewhere,
        registry: service.registry_host().to_owned(),
        insecure: service.public_url().starts_with("http://"),
        now,
    })
}

/// Where a build runs, as far as who asks may see it.
async fn runs(conn: &mut Conn, actor: &Actor, build: BuildId) -> Result<Vec<RunsIn>, Error> {
    let mut places = deployments::where_runs(conn, build).await?;
    places.retain(|place| actor.may(Action::View, &Target::project(place.in_project)));
    let place = |place: deployments::RunsIn| RunsIn {
        project: place.project,
        environment: place.environment,
        service: place.service,
        since: place.since,
    };
    Ok(places.into_iter().map(place).collect())
}

/// Where a build is pinned, as far as who asks may see it.
async fn pinned(conn: &mut Conn, actor: &Actor, build: BuildId, now: Time) -> Result<Vec<PinnedIn>, Error> {
    let mut places = pins::where_pinned(conn, build, now).await?;
    places.retain(|place| actor.may(Action::View, &Target::project(place.in_project)));
    let place = |place: pins::PinnedIn| PinnedIn {
        project: place.project,
        environment: place.environment,
        service: place.service,
        until: place.until,
    };
    Ok(places.into_iter().map(place).collect())
}

/// The pins of a build, each with the promotion that made it.
async fn pins_of(conn: &mut Conn, build: BuildId) -> Result<Vec<(Pin, Promotion)>, Error> {
    let found = pins::of_build(conn, build, ASIDE).await?;
    let ids: Vec<PromotionId> = found.iter().map(|pin| pin.promotion).collect();
    let asked = promotions::of_ids(conn, &ids).await?.into_iter();
    let mut asked: HashMap<PromotionId, Promotion> =
        asked.map(|promotion| (promotion.id, promotion)).collect();
    Ok(found.into_iter().filter_map(|pin| asked.remove(&pin.promotion).map(|made| (pin, made))).collect())
}

/// What is told of a build in one integration beside its placements.
struct Told {
    runs: Vec<RunsIn>,
    pinned: Vec<PinnedIn>,
    checks: Vec<CheckLine>,
    evidence: Vec<EvidenceLine>,
    is_default: bool,
    may_configure: Result<(), String>,
}

/// Everything that is told of a build in one integration.
struct Reading {
    pushed: Pushed,
    slots: Vec<Slot>,
    buckets: Vec<Bucket>,
    lived: Vec<Lived>,
    later: Option<PlacementId>,
    /// What happened beside the placements is told where it falls between them.
    from: Option<Time>,
    until: Option<Time>,
    refused: Vec<(BucketKey, RefusedArrival)>,
    unapplied: Vec<Promotion>,
    /// Its pins, each with the promotion that made it.
    pins: Vec<(Pin, Promotion)>,
    judge: Judge,
    passed: HashMap<PromotionId, Promotion>,
    names: BTreeMap<PersonId, String>,
    titles: HashMap<TokenId, String>,
    now: Time,
}

impl Reading {
    async fn load(
        conn: &mut Conn,
        located: &Located,
        pushed: Pushed,
        part: Part<'_>,
        now: Time,
    ) -> Result<Self, Error> {
        let id = pushed.build.id;
        let from = match part.after {
            Some(after) => buckets::placed_at(conn, id, after).await?,
            None => None,
        };
        let after = part.after.filter(|_| from.is_some());
        let most = i64::try_from(part.links + 1).unwrap_or(i64::MAX);
        let mut lived = buckets::life(conn, id, after, most).await?;
        let more = lived.len() > part.links;
        lived.truncate(part.links);
        let last = lived.last().filter(|_| more).map(|last| &last.placed.placement);
        let by_promotion: Vec<PromotionId> =
            lived.iter().filter_map(|lived| lived.placed.placement.cause.promotion()).collect();
        let passed = promotions::of_ids(conn, &by_promotion).await?;
        let unapplied = promotions::unapplied(conn, id, ASIDE).await?;
        let judge = Judge::of(conn, &unapplied, now).await?;
        let mut reading = Self {
            slots: located.slots(conn).await?,
            buckets: buckets::list(conn, located.integration.id).await?,
            later: last.map(|last| last.id),
            until: last.map(|last| last.at),
            from,
            refused: buckets::refusals(conn, id, ASIDE).await?,
            unapplied,
            pins: pins_of(conn, id).await?,
            judge,
            passed: passed.into_iter().map(|promotion| (promotion.id, promotion)).collect(),
            names: BTreeMap::new(),
            titles: HashMap::new(),
            now,
            lived,
            pushed,
        };
        let (mut acted, mut with) = reading.actors();
        acted.sort_unstable();
        acted.dedup();
        with.sort_unstable();
        with.dedup();
        reading.names = people::names(conn, &acted).await?;
        reading.titles = tokens::titles(conn, &with).await?;
        Ok(reading)
    }

    /// Everyone who did something with it, and the tokens by which they did.
    fn actors(&self) -> (Vec<PersonId>, Vec<TokenId>) {
        let placed = self.lived.iter().map(|lived| lived.placed.placement.by);
        let refused = self.refused.iter().map(|(_, arrival)| arrival.by);
        let asked = self.unapplied.iter().chain(self.pins.iter().map(|(_, promotion)| promotion)).map(asker);
        let all: Vec<Placer> = placed.chain(refused).chain(asked).chain([self.pushed.by]).collect();
        let promotions = self.passed.values().chain(&self.unapplied);
        let decided = promotions.flat_map(|promotion| promotion.decisions.iter().flat_map(Decision::people));
        let ended = self.unapplied.iter().filter_map(|promotion| match promotion.state {
            State::Rejected { by, .. } | State::Cancelled { by, .. } => Some(by),
            _ => None,
        });
        let passed = self.passed.values().filter_map(|promotion| promotion.emergency.as_ref());
        let passed = passed.flat_map(|emergency| {
            [emergency.by].into_iter().chain(emergency.review.as_ref().map(|review| review.by))
        });
        let people = all.iter().map(|by| by.person).chain(decided).chain(ended).chain(passed).collect();
        (people, all.iter().filter_map(|by| by.token).collect())
    }

    fn tell(self, located: &Located, told: Told) -> Life {
        let Told { runs, pinned, checks, evidence, is_default, may_configure } = told;
        let mut chain: Vec<Link> = self.lived.iter().filter_map(|lived| self.placed(lived)).collect();
        let beside = self.refused.iter().filter_map(|(key, arrival)| self.refused(*key, arrival));
        let beside = beside.chain(self.unapplied.iter().filter_map(|promotion| self.ended(promotion)));
        let beside = beside.chain(self.pins.iter().filter_map(|(pin, asked)| self.was_pinned(pin, asked)));
        let here = |link: &Link| {
            self.from.is_none_or(|from| link.at() > from) && self.until.is_none_or(|until| link.at() <= until)
        };
        chain.extend(beside.filter(here));
        // Stable: of what happened in one moment, placements stay in their order.
        chain.sort_by_key(Link::at);
        let waiting = self.unapplied.iter().filter(|promotion| promotion.is_open());
        Life {
            runs,
            pinned,
            is_default,
            may_configure,
            checks,
            evidence,
            project: located.project.slug.clone(),
            integration: located.integration.slug.clone(),
            received_by: self.by(self.pushed.by),
            current: self.current(),
            waiting: waiting.map(|promotion| self.wait(promotion)).collect(),
            from_start: self.from.is_none(),
            later: self.later,
            chain,
            build: self.pushed.build,
        }
    }

    /// In the order of the integration's slots.
    fn current(&self) -> Vec<Standing> {
        let standing = |slot: &Slot| {
            let bucket = self.buckets.iter().find(|bucket| bucket.key == slot.key)?;
            let placement =
                bucket.current.as_ref().filter(|current| current.build == self.pushed.build.id)?;
            Some(Standing {
                bucket: slot.slug.clone(),
                production: slot.stream.production,
                since: placement.at,
            })
        };
        self.slots.iter().filter_map(standing).collect()
    }

    fn placed(&self, lived: &Lived) -> Option<Link> {
        let placement = &lived.placed.placement;
        let promotion = match placement.cause {
            Cause::Promotion { promotion, .. } => self.passed.get(&promotion),
            _ => None,
        };
        Some(Link::Placed(Placed {
            bucket: self.slot(lived.key)?.slug.clone(),
            cause: placement.cause.name().to_owned(),
            by: match placement.cause {
                Cause::Promotion { automatic: true, .. } => By::itself(),
                _ => self.by(placement.by),
            },
            at: placement.at,
            reason: lived.placed.reason.clone(),
            promotion: promotion.map(|promotion| self.passed(promotion)),
            current: lived.current,
            replaced: lived.next.as_ref().map(|next| Replaced {
                tag: next.tag.clone(),
                digest: next.digest.clone(),
                cause: next.cause.name().to_owned(),
                at: next.at,
            }),
        }))
    }

    fn passed(&self, promotion: &Promotion) -> Passed {
        let approvals = promotion.decisions.iter().filter(|decision| decision.choice == Choice::Approve);
        let approved = approvals.map(|decision| Approved {
            by: decision.who(|person| self.name(person)),
            at: decision.at,
            comment: decision.comment.as_ref().map(Reason::to_string),
        });
        Passed {
            number: promotion.number,
            from: promotion.from.slug.clone(),
            reason: promotion.reason.to_string(),
            emergency: promotion.emergency.as_ref().map(|emergency| {
                Box::new(Passing {
                    by: self.name(emergency.by),
                    reason: emergency.reason.to_string(),
                    passed: emergency.passed.clone(),
                    reviewed_by: emergency.review.as_ref().map(|review| self.name(review.by)),
                })
            }),
            approved: approved.collect(),
        }
    }

    fn refused(&self, key: BucketKey, arrival: &RefusedArrival) -> Option<Link> {
        Some(Link::Refused {
            bucket: self.slot(key)?.slug.clone(),
            why: arrival.refused.to_string(),
            by: self.by(arrival.by),
            at: arrival.at,
        })
    }

    fn was_pinned(&self, pin: &Pin, asked: &Promotion) -> Option<Link> {
        let wish = asked.pin.as_ref()?;
        Some(Link::Pinned {
            number: pin.number,
            project: wish.project.slug.clone(),
            environment: wish.environment.slug.clone(),
            service: wish.service.slug.clone(),
            by: self.by(asker(asked)).to_string(),
            at: pin.at,
            reason: pin.reason.to_string(),
            until: pin.ends_at(),
            how: pin.phase(self.now).words().to_owned(),
        })
    }

    fn ended(&self, promotion: &Promotion) -> Option<Link> {
        let (by, at, because) = match &promotion.state {
            State::Rejected { by, at } | State::Cancelled { by, at } => (self.name(*by), *at, None),
            State::Expired { at, because } => ("Towpath".to_owned(), *at, Some(because.clone())),
            State::Superseded { at, by } => {
                ("Towpath".to_owned(), *at, Some(format!("#{by} was asked for after it.")))
            }
            State::Waiting
            | State::Ready { .. }
            | State::Sending { .. }
            | State::Failed { .. }
            | State::Applied { .. } => return None,
        };
        let last = promotion.decisions.iter().find(|decision| decision.choice == Choice::Reject);
        Some(Link::Ended {
            number: promotion.number,
            to: promotion.to.slug.clone(),
            how: promotion.state.name().to_owned(),
            by,
            at,
            comment: because
                .or_else(|| last.and_then(|decision| decision.comment.as_ref()).map(Reason::to_string)),
        })
    }

    fn wait(&self, promotion: &Promotion) -> Wait {
        Wait {
            number: promotion.number,
            from: promotion.from.slug.clone(),
            to: promotion.to.slug.clone(),
            pins_in: promotion.pin.as_ref().map(|pin| pin.environment.slug.clone()),
            needs: promotion.needs(&self.judge.verdicts(promotion)),
            by: if promotion.automatic { By::itself() } else { self.by(asker(promotion)) },
            at: promotion.requested_at,
            reason: promotion.reason.to_string(),
        }
    }

    fn slot(&self, key: BucketKey) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.key == key)
    }

    fn by(&self, placer: Placer) -> By {
        let title = |token| self.titles.get(&token).cloned().unwrap_or_else(|| "a token".to_owned());
        By { name: self.name(placer.person), token: placer.token.map(title) }
    }

    fn name(&self, person: PersonId) -> String {
        self.names.get(&person).cloned().unwrap_or_else(|| "someone".to_owned())
    }
}

fn asker(promotion: &Promotion) -> Placer {
    Placer { person: promotion.requested_by, token: promotion.requested_with }
}
