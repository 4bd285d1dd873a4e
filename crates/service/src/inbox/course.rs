//! How a promotion has gone so far, and who can take the next step on it.

use crate::Error;
use crate::timeline::entries;
use std::collections::BTreeMap;
use towpath_domain::access::{Actor, Grant, Identity, Target};
use towpath_domain::delegations::Voice;
use towpath_domain::gates::Gate;
use towpath_domain::ids::{BucketId, PersonId};
use towpath_domain::inbox::{Next, WhoCan};
use towpath_domain::promotions::{Promotion, State};
use towpath_domain::timeline::{Entry, PROMOTION_KINDS};
use towpath_domain::times::Time;
use towpath_store::timeline::{Criteria, export};
use towpath_store::{Conn, access, delegations, people};

/// How many events of the bucket are looked through for those of the promotion. No more than the promotions beside it
/// have in the time that it takes.
const EVENTS: i64 = 500;
/// How many names are told.
const NAMES: usize = 6;
const SECOND: i64 = 1_000_000;

/// The events of a promotion, the oldest first.
pub(super) async fn events(
    conn: &mut Conn,
    promotion: &Promotion,
    bucket: BucketId,
) -> Result<Vec<Entry>, Error> {
    let shift = |at: Time, by: i64| Time::from_micros(at.micros() + by);
    let end = promotion.state.ended_at().map_or(Time::from_micros(i64::MAX), |at| shift(at, SECOND));
    let reviewed = promotion.emergency.as_ref().and_then(|emergency| emergency.review.as_ref());
    let course = (shift(promotion.requested_at, -SECOND), end);
    // Its emergency is reviewed after its end.
    let review = reviewed.map(|review| (shift(review.at, -SECOND), shift(review.at, SECOND)));
    let mut events = Vec::new();
    for within in [Some(course), review].into_iter().flatten() {
        let criteria = Criteria {
            buckets: Some(vec![bucket]),
            kinds: &PROMOTION_KINDS,
            within: Some(within),
            ..Criteria::default()
        };
        for logged in export(conn, &criteria, 0, i64::MAX - 1, EVENTS).await? {
            let event = logged.event()?;
            let known = events.iter().any(|(seq, _)| *seq == logged.seq);
            if event.change.promotion() == Some(promotion.number) && !known {
                events.push((logged.seq, event));
            }
        }
    }
    entries(conn, events).await
}

/// Who can take the next step, where it is one that people take: each is asked by the rule that holds for them then.
pub(super) async fn who_can(
    conn: &mut Conn,
    promotion: &Promotion,
    place: &Target,
    now: Time,
) -> Result<Option<WhoCan>, Error> {
    let asks_people = promotion.gates.iter().any(|gate| matches!(gate, Gate::Approvals(_)));
    let next = match promotion.state {
        State::Waiting if asks_people => Next::Decide,
        State::Ready { .. } => Next::Apply,
        State::Failed { .. } => Next::Retry,
        _ => return Ok(None),
    };
    let may = |actor: &Actor| match next {
        Next::Decide => promotion.may_decide(actor, place).is_ok(),
        Next::Apply => promotion.may_apply(actor, place).is_ok(),
        Next::Retry => promotion.may_retry(actor, place).is_ok(),
    };
    let actors = actors(conn).await?;
    let mut able: Vec<PersonId> =
        actors.iter().filter(|(_, actor)| may(actor)).map(|(person, _)| *person).collect();
    let gone = people::deactivated(conn, &able).await?;
    let machines = people::machines(conn, &able).await?;
    able.retain(|person| !gone.contains_key(person) && !machines.contains(person));
    let mut names: Vec<String> = people::names(conn, &able).await?.into_values().collect();
    if next == Next::Decide {
        names.extend(deciding_for_others(conn, promotion, place, now, (&actors, &able)).await?);
    }
    names.sort_by_key(|name| name.to_lowercase());
    let others = names.len().saturating_sub(NAMES);
    names.truncate(NAMES);
    Ok(Some(WhoCan { next, names, others }))
}

/// Everybody who holds something, with all that they hold.
async fn actors(conn: &mut Conn) -> Result<BTreeMap<PersonId, Actor>, Error> {
    let mut actors: BTreeMap<PersonId, Actor> = BTreeMap::new();
    for bound in access::bindings(conn).await? {
        let grant = Grant { role: bound.role, place: bound.binding.place };
        let person = bound.binding.person;
        actors.entry(person).or_insert_with(|| nobody(person)).grants.push(grant);
    }
    Ok(actors)
}

/// Somebody who holds nothing.
const fn nobody(person: PersonId) -> Actor {
    Actor { identity: Identity::Person { person }, grants: Vec::new(), scope: None, proven_at: None }
}

/// Those who can decide in another's name alone: “Ada for Rui”.
async fn deciding_for_others(
    conn: &mut Conn,
    promotion: &Promotion,
    place: &Target,
    now: Time,
    (actors, able): (&BTreeMap<PersonId, Actor>, &[PersonId]),
) -> Result<Vec<String>, Error> {
    let mut handed = delegations::in_force(conn, now).await?;
    let both: Vec<PersonId> = handed.iter().flat_map(|one| [one.from, one.to]).collect();
    let gone = people::deactivated(conn, &both).await?;
    handed.retain(|one| {
        !gone.contains_key(&one.from) && !gone.contains_key(&one.to) && !able.contains(&one.to)
    });
    let mut told = Vec::new();
    for one in handed {
        let Some(holds) = actors.get(&one.from) else { continue };
        let giver = people::load(conn, one.from).await?;
        let (name, alone) = (giver.name.clone(), nobody(one.to));
        let principal = one.principal(giver, holds.clone());
        let voice = Voice::of(actors.get(&one.to).unwrap_or(&alone), &principal);
        if promotion.may_decide(voice, place).is_ok() {
            let by = people::names(conn, &[one.to]).await?.remove(&one.to);
            told.extend(by.map(|by| format!("{by} for {name}")));
        }
    }
    Ok(told)
}
