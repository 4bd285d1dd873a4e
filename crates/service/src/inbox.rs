//! What waits for someone, and the promotions of a project.

mod course;
mod one;

pub use one::promotion;

use crate::circumstances::Judge;
use crate::scenes::Located;
use crate::{Error, Service, delegations, proposals};
use std::collections::BTreeMap;
use std::collections::hash_map::{Entry, HashMap};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::delegations::Voice;
use towpath_domain::ids::{IntegrationId, PersonId};
use towpath_domain::inbox::{Ending, EndingLine, Inbox, InboxItem, InboxLine, ReviewLine, SOON};
use towpath_domain::placements::BY_ITSELF;
use towpath_domain::promotions::{Decision, LONGEST_WAIT, Promotion, State};
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::tokens::NOTICE_SECONDS;
use towpath_store::promotions::Destination;
use towpath_store::{Conn, holds, integrations, people, pins, projects, promotions, timeline, tokens};

/// How many waiting promotions are looked through.
const WAITING: i64 = 500;
/// How many emergencies are looked through.
const REVIEWS: i64 = 500;
/// How many things of each kind are told of that end soon.
const ENDING: i64 = 20;
/// How many promotions a page lists.
pub const PAGE: i64 = 50;

/// The waiting promotions that someone can decide or apply, and those that they asked for.
pub async fn list(service: &Service, actor: &Actor) -> Result<Inbox, Error> {
    let mut conn = service.read().await?;
    let as_of = timeline::size(&mut conn).await?;
    let waiting = promotions::waiting(&mut conn, WAITING).await?;
    let mut destinations = promotions::destinations(&mut conn, &waiting).await?;
    let names = names(&mut conn, &waiting).await?;
    let now = service.now();
    let judge = Judge::of(&mut conn, &waiting, now).await?;
    let to_review = reviews(&mut conn, actor).await?;
    let ending = ending(&mut conn, actor, now).await?;
    let principals = delegations::principals(&mut conn, actor, now).await?;
    let proposals = proposals::waiting_for(&mut conn, service, actor).await?;
    let mut inbox = Inbox {
        proposals,
        to_decide: Vec::new(),
        to_review,
        to_apply: Vec::new(),
        to_retry: Vec::new(),
        asked: Vec::new(),
        ending,
        as_of,
        now,
    };
    for promotion in waiting {
        let Some(Destination { project, integration, target, bucket }) = destinations.remove(&promotion.id)
        else {
            continue;
        };
        // Its page is its integration's, whatever place it wants to pin in.
        if !actor.may(Action::View, &bucket) {
            continue;
        }
        // One that waits for its time alone asks nobody.
        let asks = promotion.lacks_approval(&judge.verdicts(&promotion));
        let own = asks && promotion.may_decide(actor, &target).is_ok();
        let others = principals.iter().filter(|_| asks && !own);
        let mut others =
            others.filter(|other| promotion.may_decide(Voice::of(actor, other), &target).is_ok());
        let for_other = others.next().map(|other| other.person.name.to_string());
        let decides = own || for_other.is_some();
        let applies = promotion.may_apply(actor, &target).is_ok();
        let retries = promotion.may_retry(actor, &target).is_ok();
        let asked = promotion.requested_by == actor.person() && !promotion.automatic;
        let end = LONGEST_WAIT.after(promotion.requested_at);
        if (decides || applies || retries || asked) && now < end && end <= SOON.after(now) {
            let (project, tag, to) = (project.clone(), promotion.tag.clone(), promotion.to.slug.clone());
            let what = Ending::Promotion { project, number: promotion.number, tag, to };
            inbox.ending.push(EndingLine { what, at: end });
        }
        let item =
            InboxLine { for_other, ..InboxLine::from(item(project, integration, promotion, &judge, &names)) };
        if decides {
            inbox.to_decide.push(item);
        } else if applies {
            inbox.to_apply.push(item);
        } else if retries {
            inbox.to_retry.push(item);
        } else if asked {
            inbox.asked.push(item);
        }
    }
    inbox.ending.sort_by_key(|line| line.at);
    Ok(inbox)
}

/// The holds that someone placed, the pins that they asked for and their tokens, which end soon; as far as they still see
/// them.
async fn ending(conn: &mut Conn, actor: &Actor, now: Time) -> Result<Vec<EndingLine>, Error> {
    let (by, when) = (actor.person(), (now, SOON.after(now)));
    let holds = holds::ending(conn, by, when, ENDING).await?;
    let holds = crate::holds::seen(conn, actor, holds).await?.into_iter().filter_map(|hold| {
        let what = Ending::Hold { number: hold.number, on: hold.address };
        Some(EndingLine { what, at: hold.until? })
    });
    let pins = pins::ending(conn, by, when, ENDING).await?.into_iter();
    let pins = pins.filter(|pin| actor.may(Action::View, &Target::integration(pin.home, pin.integration)));
    let pins = pins.map(|pin| {
        let pins::EndingPin { project, environment, service, tag, until, .. } = pin;
        EndingLine { what: Ending::Pin { project, environment, service, tag }, at: until }
    });
    let tokens = tokens::ending(conn, by, (now, now.plus_seconds(NOTICE_SECONDS)), ENDING).await?.into_iter();
    // A token is not told of the others of its owner.
    let tokens = tokens.filter(|token| token.is_noticed() && actor.token().is_none());
    let tokens =
        tokens.map(|token| EndingLine { what: Ending::Token { title: token.title }, at: token.expires_at });
    Ok(holds.chain(pins).chain(tokens).collect())
}

/// The emergencies that someone can review, the newest first.
async fn reviews(conn: &mut Conn, actor: &Actor) -> Result<Vec<ReviewLine>, Error> {
    let passed = promotions::to_review(conn, REVIEWS).await?;
    let mut destinations = promotions::destinations(conn, &passed).await?;
    let names = names(conn, &passed).await?;
    let line = |promotion: Promotion| {
        let Destination { project, integration, target, bucket } = destinations.remove(&promotion.id)?;
        if !actor.may(Action::View, &bucket) || promotion.may_review(actor, &target).is_err() {
            return None;
        }
        let emergency = promotion.emergency?;
        Some(ReviewLine {
            project,
            integration,
            number: promotion.number,
            tag: promotion.tag,
            to: promotion.to.slug,
            pins_in: promotion.pin.map(|pin| pin.environment.slug),
            reason: emergency.reason.to_string(),
            by: names.get(&emergency.by).cloned().unwrap_or_else(|| "someone".to_owned()),
            at: emergency.at,
        })
    };
    Ok(passed.into_iter().filter_map(line).collect())
}

/// A page of a project's promotions.
#[derive(Debug, Clone)]
pub struct PromotionsPage {
    pub items: Vec<InboxItem>,
    /// The number before which the next page starts, where there is one.
    pub older: Option<i64>,
}

/// The promotions of a project, newest first, with a number below `before`. Those of integrations that
/// who asks may not see are left out, so that a page may be shorter than the next one.
pub async fn page(
    service: &Service,
    actor: &Actor,
    project: &str,
    before: Option<i64>,
    limit: i64,
) -> Result<PromotionsPage, Error> {
    let mut conn = service.read().await?;
    let project = crate::scenes::project(&mut conn, actor, project).await?;
    let before = before.unwrap_or(i64::MAX);
    let mut listed = promotions::list(&mut conn, project.id, before, limit + 1).await?;
    let mut older = None;
    if i64::try_from(listed.len()).is_ok_and(|count| count > limit) {
        listed.pop();
        older = listed.last().map(|promotion| promotion.number);
    }
    let names = names(&mut conn, &listed).await?;
    let judge = Judge::of(&mut conn, &listed, service.now()).await?;
    let mut places = Places::default();
    let mut items = Vec::new();
    for promotion in listed {
        let located = places.find(&mut conn, promotion.integration).await?;
        if actor.may(Action::View, &located.target()) {
            let (project, integration) = (located.project.slug.clone(), located.integration.slug.clone());
            items.push(item(project, integration, promotion, &judge, &names));
        }
    }
    Ok(PromotionsPage { items, older })
}

/// The items of a [`page`].
pub async fn promotions(
    service: &Service,
    actor: &Actor,
    project: &str,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<InboxItem>, Error> {
    Ok(page(service, actor, project, before, limit).await?.items)
}

fn item(
    project: Slug,
    integration: Slug,
    promotion: Promotion,
    judge: &Judge,
    names: &BTreeMap<PersonId, String>,
) -> InboxItem {
    let waits = promotion.is_open();
    InboxItem {
        project,
        integration,
        requested_by: if promotion.automatic {
            BY_ITSELF.to_owned()
        } else {
            names.get(&promotion.requested_by).cloned().unwrap_or_default()
        },
        needs: if waits { promotion.needs(&judge.verdicts(&promotion)) } else { Vec::new() },
        promotion,
    }
}

/// Everyone who asked for or decided on these.
async fn names(conn: &mut Conn, listed: &[Promotion]) -> Result<BTreeMap<PersonId, String>, Error> {
    let mut ids: Vec<PersonId> = listed
        .iter()
        .flat_map(|promotion| {
            let decided = promotion.decisions.iter().flat_map(Decision::people);
            let ended = match promotion.state {
                State::Cancelled { by, .. } | State::Rejected { by, .. } => Some(by),
                _ => None,
            };
            let passed = promotion.emergency.iter().flat_map(|emergency| {
                [emergency.by].into_iter().chain(emergency.review.as_ref().map(|review| review.by))
            });
            decided.chain([promotion.requested_by, promotion.behind.pusher]).chain(ended).chain(passed)
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(people::names(conn, &ids).await?)
}

/// Integrations with their projects, each read once.
#[derive(Default)]
struct Places(HashMap<IntegrationId, Located>);

impl Places {
    async fn find(&mut self, conn: &mut Conn, id: IntegrationId) -> Result<&Located, Error> {
        Ok(match self.0.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => {
                let integration = integrations::load(conn, id).await?;
                let project = projects::load(conn, integration.project).await?;
                vacant.insert(Located { project, integration })
            }
        })
    }
}
