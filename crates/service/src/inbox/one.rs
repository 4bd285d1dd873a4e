//! A promotion's page.

use super::{course, names};
use crate::circumstances::Judge;
use crate::deployments::fed;
use crate::holds::Standing;
use crate::projects::in_use;
use crate::promotions::Found;
use crate::{Error, Service, delegations, differences};
use std::collections::BTreeMap;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::boards::Card;
use towpath_domain::delegations::Voice;
use towpath_domain::differences::commits_link;
use towpath_domain::gates::Reported;
use towpath_domain::ids::PersonId;
use towpath_domain::inbox::{ForOther, PromotionView};
use towpath_domain::outside_steps::{Does, Names, Progress};
use towpath_domain::people::Person;
use towpath_domain::pins::Pin;
use towpath_domain::promotions::Promotion;
use towpath_domain::slugs::Slug;
use towpath_domain::times::Time;
use towpath_domain::words::Title;
use towpath_store::{Conn, buckets, builds, outside_steps, people, pins, release_sets};

/// The release set by which a promotion was asked for, where who asks may see it.
async fn release_set(
    conn: &mut Conn,
    actor: &Actor,
    promotion: &Promotion,
) -> Result<Option<(Slug, i64, Title)>, Error> {
    let Some(set) = release_sets::of_promotion(conn, promotion.id).await? else { return Ok(None) };
    let visible = actor.may(Action::View, &Target::project(set.project));
    Ok(visible.then_some((set.slug, set.number, set.title)))
}

/// A promotion with everything that its page shows.
pub async fn promotion(
    service: &Service,
    actor: &Actor,
    project: &str,
    number: i64,
) -> Result<PromotionView, Error> {
    // Before all else: what happens while the rest is read is told to the page, which reads it again.
    let as_of = crate::timeline::head(service).await?;
    let found = Found::find(service, actor, project, number).await?;
    let target = found.bucket();
    let Found { promotion, located, place, slot } = found;
    let mut conn = service.read().await?;
    let mut pushed = builds::load(&mut conn, promotion.build).await?;
    pushed.build = pushed.build.called(&promotion.tag);
    let mut names = names(&mut conn, std::slice::from_ref(&promotion)).await?;
    let now = service.now();
    let pin = pins::find(&mut conn, promotion.id).await?;
    let there = match &promotion.pin {
        Some(pinning) => {
            let pin = pins::open(&mut conn, pinning.service.id, pinning.environment.id).await?;
            pin.filter(|pin| pin.is_in_force(now))
        }
        None => None,
    };
    let bucket = buckets::find(&mut conn, promotion.integration, promotion.to.key).await?;
    let bucket_id = bucket.as_ref().map(|bucket| bucket.id);
    let current = match (there, bucket.and_then(|bucket| bucket.current)) {
        (Some(pin), _) => Some(pinned(&mut conn, &pin, &mut names).await?),
        (None, None) => None,
        (None, Some(placement)) => {
            let there = builds::load(&mut conn, placement.build).await?;
            names.extend(people::names(&mut conn, &[placement.by.person]).await?);
            Some(Card {
                build: there.build.called(&placement.tag),
                behind: there.by.person.into(),
                placement: Some(placement.id),
                cause: placement.cause.name().to_owned(),
                by: placement.cause.by(names.get(&placement.by.person).map_or("", String::as_str)).to_owned(),
                by_token: placement.by.token.is_some() && !placement.cause.is_automatic(),
                at: placement.at,
                reason: None,
                emergency: None,
                been: Vec::new(),
                ran: Reported::Nobody,
                checks: Vec::new(),
                witnesses: Vec::new(),
            })
        }
    };
    // What it reaches is looked at before it is approved.
    let reaches = if promotion.is_rollback() && promotion.is_open() {
        fed(&mut conn, actor, promotion.integration, slot.key, now).await?
    } else {
        Vec::new()
    };
    let release_set = release_set(&mut conn, actor, &promotion).await?;
    let judge = Judge::of(&mut conn, std::slice::from_ref(&promotion), now).await?;
    let digest = &promotion.digest;
    // What is over is not stopped by what came later.
    let holds = if promotion.is_open() {
        let standing = Standing::load(&mut conn, &[digest], now).await?;
        standing.lines_at(&mut conn, actor, (&place, &target), digest).await?
    } else {
        Vec::new()
    };
    // What is over is not compared with what came later.
    let there = current.as_ref().map(|card| &card.build).filter(|_| promotion.is_open());
    let there = there.filter(|there| there.id != pushed.build.id);
    let difference = match there {
        Some(there) => differences::between(service, there, &pushed.build).await?,
        None => None,
    };
    let unread = there.is_some() && difference.is_none();
    let commits_link = there.and_then(|there| commits_link(there, &pushed.build));
    let may_decide = promotion.may_decide(actor, &place).map_err(|refused| refused.to_string());
    let for_others = for_others(&mut conn, actor, &promotion, &place, now).await?;
    let may_apply = promotion.may_apply(actor, &place).map_err(|refused| refused.to_string());
    let may_retry = promotion.may_retry(actor, &place).map_err(|refused| refused.to_string());
    let progress = progress(&mut conn, &promotion).await?;
    let may_cancel = promotion.may_cancel(actor, &place).map_err(|refused| refused.to_string());
    let may_review = promotion.may_review(actor, &place).map_err(|refused| refused.to_string());
    let may_pass = judge.may_pass(&promotion, actor, &place).map_err(|refused| refused.to_string());
    let events = match bucket_id {
        Some(bucket) => course::events(&mut conn, &promotion, bucket).await?,
        None => Vec::new(),
    };
    let who_can = course::who_can(&mut conn, &promotion, &place, now).await?;
    Ok(PromotionView {
        events,
        who_can,
        may_pass: in_use(&located.project, may_pass),
        may_review: in_use(&located.project, may_review),
        for_others: for_others
            .into_iter()
            .map(|other| ForOther { may: in_use(&located.project, other.may), ..other })
            .collect(),
        may_decide: in_use(&located.project, may_decide),
        may_apply: in_use(&located.project, may_apply),
        may_retry: in_use(&located.project, may_retry),
        progress,
        may_cancel: in_use(&located.project, may_cancel),
        project: located.project.slug,
        integration: located.integration.slug,
        verdicts: judge.final_verdicts(&promotion).0,
        build: pushed.build,
        difference,
        unread,
        commits_link,
        holds,
        current,
        pin,
        names,
        release_set,
        reaches,
        as_of,
        now,
        promotion,
    })
}

/// How far that is which a promotion does elsewhere.
async fn progress(conn: &mut Conn, promotion: &Promotion) -> Result<Option<Progress>, Error> {
    if !promotion.is_sending() {
        return Ok(None);
    }
    let does = outside_steps::of_bucket(conn, promotion.integration, promotion.to.key).await?;
    let names = Names { bucket: &promotion.to.slug, number: promotion.number, tag: &promotion.tag };
    let words = (does != Does::Record).then(|| does.words_of(names));
    let progress = outside_steps::progress(conn, promotion.id).await?;
    Ok(progress.map(|progress| Progress { words, ..progress }))
}

/// Those for whom who looks could decide, each once, and whether that would count here.
async fn for_others(
    conn: &mut Conn,
    actor: &Actor,
    promotion: &Promotion,
    place: &Target,
    now: Time,
) -> Result<Vec<ForOther>, Error> {
    let mut all: Vec<ForOther> = Vec::new();
    for other in delegations::principals(conn, actor, now).await? {
        let may =
            promotion.may_decide(Voice::of(actor, &other), place).map_err(|refused| refused.to_string());
        let Person { name, email, .. } = other.person;
        match all.iter_mut().find(|known| known.email == email) {
            // One of several may count.
            Some(known) if known.may.is_err() => known.may = may,
            Some(_) => {}
            None => all.push(ForOther { name: name.to_string(), email, may }),
        }
    }
    Ok(all)
}

/// What is pinned in a place, as a card.
async fn pinned(conn: &mut Conn, pin: &Pin, names: &mut BTreeMap<PersonId, String>) -> Result<Card, Error> {
    let there = builds::load(conn, pin.build.id).await?;
    names.extend(people::names(conn, &[pin.by]).await?);
    Ok(Card {
        build: there.build.called(&pin.build.tag),
        behind: there.by.person.into(),
        placement: None,
        cause: "pin".to_owned(),
        by: names.get(&pin.by).cloned().unwrap_or_default(),
        by_token: false,
        at: pin.at,
        reason: None,
        emergency: None,
        been: Vec::new(),
        ran: Reported::Nobody,
        checks: Vec::new(),
        witnesses: Vec::new(),
    })
}
