//! Where rules lead builds: at their arrival, by reclassification, and by a person where no rule does.

use crate::buckets::BucketAddress;
use crate::builds::{Arrived, Entering, Meets, Received, arrivals, name_of, record};
use crate::projects::in_use;
use crate::retention::check_kept;
use crate::scenes::Located;
use crate::{Error, Service, allow, explain, patterns, scenes};
use towpath_domain::access::{Action, Actor};
use towpath_domain::buckets::Slot;
use towpath_domain::builds::Build;
use towpath_domain::digests::Digest;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{BuildId, PersonId};
use towpath_domain::placements::{Cause, Refused};
use towpath_domain::rules::{Metadata, Routing, Rule, UnclassifiedBuild, UnclassifiedView};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Change;
use towpath_domain::words::Reason;
use towpath_domain::workflows::Arrivals;
use towpath_store::circumstances::been;
use towpath_store::{Tx, builds, people, rules, timeline};

/// A build that arrives without a bucket's name.
pub(crate) struct Unnamed<'a> {
    pub service: &'a Service,
    pub actor: &'a Actor,
    pub located: &'a Located,
    pub arrived: Arrived,
}

/// Receives a build without a bucket's name: the rule leads it to one, or nobody does. The same build again goes where it was
/// led then, unless it was in that bucket already or something newer is.
pub(crate) async fn receive(tx: &mut Tx, unnamed: Unnamed<'_>) -> Result<Received, Error> {
    let Unnamed { service, actor, located, arrived } = unnamed;
    let tag = arrived.tag.clone();
    let (build, new) = record(tx, service, actor, located, arrived).await?;
    let slots = located.slots(tx).await?;
    let earlier = if new { None } else { rules::routing(tx, build.id).await? };
    let slot = match earlier {
        Some(None) => return Ok(Received::Unclassified),
        Some(Some(routing)) => match slots.iter().find(|slot| slot.key == routing.bucket) {
            Some(slot) => slot,
            None => return Ok(Received::AlreadyThere),
        },
        // It was placed by name, which counts for more than any rule.
        None if !new && !been(tx, &[build.id]).await?.is_empty() => return Ok(Received::AlreadyThere),
        None => {
            let rule = located.rule(tx).await?;
            let led = rule.as_ref().and_then(|rule| lead(rule, &build, &slots));
            rules::route(tx, &build, led.map(|(routing, _)| routing), service.now()).await?;
            let Some((routing, slot)) = led else { return Ok(Received::Unclassified) };
            tell_route(tx, service, actor, located, (&build, Some(slot)), rule.as_ref(), routing.version);
            slot
        }
    };
    // Whoever may push to the integration alone does not get into a bucket by its rule.
    actor.may_be_led(&located.slot_target(slot))?;
    let entering = Entering::new(tx, (service, actor), located, slot, build).await?;
    match entering.meets(tx).await? {
        Meets::Itself => Ok(Received::AlreadyThere),
        Meets::Refusal(refused) => entering.refuse(tx, tag, refused).await,
        Meets::Nothing if earlier.is_some() && entering.is_late(tx).await? => {
            entering.refuse(tx, tag, Refused::Older).await
        }
        Meets::Nothing => entering.bring(tx, Cause::Push, None).await,
    }
}

/// Where a rule leads a build, as far as that bucket is still there.
pub(super) fn lead<'a>(rule: &Rule, build: &Build, slots: &'a [Slot]) -> Option<(Routing, &'a Slot)> {
    let (_, bucket) = rule.route(&Metadata::of(build), patterns::reads)?;
    let slot = slots.iter().find(|slot| slot.key == bucket)?;
    Some((Routing { rule: rule.name.id, version: rule.version, bucket }, slot))
}

pub(super) fn tell_route(
    tx: &mut Tx,
    service: &Service,
    actor: &Actor,
    located: &Located,
    (build, to): (&Build, Option<&Slot>),
    rule: Option<&Rule>,
    version: i64,
) {
    let change = Change::BuildRouted {
        build: crate::builds::build_name(build),
        to: to.map(|slot| slot.slug.clone()),
        rule: rule.map(|rule| rule.name.slug.clone()),
        version,
    };
    tx.tell(service.event(Service::event_actor(actor), located.scene(), change));
}

/// A page of the builds that came without a bucket's name and that no rule has led, the newest first.
pub async fn unclassified(
    service: &Service,
    actor: &Actor,
    (project, integration): (&str, &str),
    before: Option<BuildId>,
    limit: usize,
) -> Result<UnclassifiedView, Error> {
    let mut conn = service.read().await?;
    let as_of = timeline::size(&mut conn).await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    let fetch = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut found = builds::unclassified(&mut conn, located.integration.id, before, fetch).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let older = found.last().filter(|_| more).map(|pushed| pushed.build.id);
    let mut acted: Vec<PersonId> = found.iter().map(|pushed| pushed.by.person).collect();
    acted.sort_unstable();
    acted.dedup();
    let names = people::names(&mut conn, &acted).await?;
    let all = rules::list(&mut conn, located.project.id).await?;
    let rule = located.rule(&mut conn).await?;
    let of_kind = all.into_iter().map(|rule| rule.name).filter(|name| name.kind == located.integration.kind);
    let choices: Vec<_> = of_kind.collect();
    let workflow = located.workflow(&mut conn).await?;
    // Where arrivals are refused for good, an assignment would be, too.
    let takes = |slot: &Slot| {
        actor.may(Action::Push, &located.slot_target(slot))
            && arrivals(workflow.as_ref(), slot) == Arrivals::Any
    };
    let may_assign = located.slots(&mut conn).await?.into_iter().filter(takes).collect();
    let configure = explain(actor, Action::Configure, &located.target());
    Ok(UnclassifiedView {
        builds: found
            .into_iter()
            .map(|pushed| UnclassifiedBuild { by: name_of(&names, pushed.by), build: pushed.build })
            .collect(),
        older,
        rule,
        choice: super::words(located.integration.rule, &choices),
        choices,
        may_assign,
        may_choose: in_use(&located.project, configure),
        may_reclassify: in_use(&located.project, explain(actor, Action::Push, &located.target())),
        project: located.project,
        integration: located.integration,
        as_of,
        now: service.now(),
    })
}

/// Places a build that came without a bucket's name: from then on it counts as placed by name, and no rule leads it.
pub async fn assign(
    service: &Service,
    actor: &Actor,
    at: &BucketAddress,
    digest: &str,
    reason: &str,
) -> Result<Slug, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, &at.project, &at.integration).await?;
    if at.bucket.is_empty() {
        return Err(Invalid::field("bucket", "Choose a bucket.").into());
    }
    let slot = located.slot(&mut conn, &at.bucket).await.map_err(|error| super::beside("bucket", error))?;
    let missing =
        || Error::not_found(format_args!("A build “{digest}” in {}/{}", at.project, at.integration));
    let digest = Digest::parse(digest).map_err(|_| missing())?;
    let pushed = builds::find(&mut conn, located.integration.id, &digest, "").await?.ok_or_else(missing)?;
    check_kept(&mut conn, &pushed.build).await?;
    drop(conn);
    allow(actor, Action::Push, &located.slot_target(&slot))?;
    let reason = Reason::parse(reason).map_err(|error| Invalid::field("reason", error))?;
    let (writer, actor) = (service.clone(), actor.clone());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, located.project.id).await?;
            let build = pushed.build;
            // What has, or had, a place goes on by promotion, and back by rollback: both ask for more than a push does.
            if !been(tx, &[build.id]).await?.is_empty() {
                let words = format!("{} was in a bucket already. Promote it, or roll back to it.", build.tag);
                return Err(Error::Conflict(words));
            }
            let id = build.id;
            let entering = Entering::new(tx, (&writer, &actor), &located, &slot, build).await?;
            if let Some(refused) = entering.refusal(tx).await? {
                return Err(Error::Refused(format!("{} {refused}.", slot.slug)));
            }
            entering.bring(tx, Cause::Assignment, Some(&reason)).await?;
            rules::name(tx, id).await?;
            Ok(slot.slug.clone())
        })
        .await
}
