//! Where rules lead builds: at their arrival, by reclassification, and by a person where no rule does.

use crate::buckets::BucketAddress;
use crate::builds::{Arrived, Entering, Received, name_of, record};
use crate::projects::in_use;
use crate::scenes::Located;
use crate::{Error, Service, allow, explain, patterns, scenes};
use std::collections::HashMap;
use towpath_domain::access::{Action, Actor};
use towpath_domain::buckets::{BucketKey, Slot};
use towpath_domain::builds::Build;
use towpath_domain::digests::Digest;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{BuildId, PersonId};
use towpath_domain::placements::{Cause, Refused};
use towpath_domain::rules::{
    Metadata, Moved, Reclassification, Routing, Rule, UnclassifiedBuild, UnclassifiedView,
};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::Change;
use towpath_domain::words::Reason;
use towpath_store::circumstances::been;
use towpath_store::{Conn, Tx, buckets, builds, people, rules, timeline};

/// How many of the newest builds without a bucket's name a reclassification looks at.
const LOOKED_AT: i64 = 2_000;

/// A build that arrives without a bucket's name.
pub(crate) struct Unnamed<'a> {
    pub service: &'a Service,
    pub actor: &'a Actor,
    pub located: &'a Located,
    pub arrived: Arrived,
}

/// Receives a build without a bucket's name: the rule leads it to one, or nobody does. The same build again stays where it
/// was led then.
pub(crate) async fn receive(tx: &mut Tx, unnamed: Unnamed<'_>) -> Result<Received, Error> {
    let Unnamed { service, actor, located, arrived } = unnamed;
    let tag = arrived.tag.clone();
    let (build, new) = record(tx, service, actor, located, arrived).await?;
    if !new {
        let led = rules::routing(tx, build.id).await?;
        return Ok(if led == Some(None) { Received::Unclassified } else { Received::AlreadyThere });
    }
    let rule = located.rule(tx).await?;
    let slots = located.slots(tx).await?;
    let led = rule.as_ref().and_then(|rule| lead(rule, &build, &slots));
    rules::route(tx, &build, led.map(|(routing, _)| routing), service.now()).await?;
    let Some((routing, slot)) = led else { return Ok(Received::Unclassified) };
    // Whoever may push to the integration alone does not get into a bucket by its rule.
    allow(actor, Action::Push, &located.slot_target(slot))?;
    tell_route(tx, service, actor, located, (&build, Some(slot)), rule.as_ref(), routing.version);
    let entering = Entering::new(tx, (service, actor), located, slot, build).await?;
    match entering.refusal(tx).await? {
        Some(refused) => entering.refuse(tx, tag, refused).await,
        None => entering.bring(tx, Cause::Push, None).await,
    }
}

/// Where a rule leads a build, as far as that bucket is still there.
fn lead<'a>(rule: &Rule, build: &Build, slots: &'a [Slot]) -> Option<(Routing, &'a Slot)> {
    let (_, bucket) = rule.route(&Metadata::of(build), patterns::reads)?;
    let slot = slots.iter().find(|slot| slot.key == bucket)?;
    Some((Routing { rule: rule.name.id, version: rule.version, bucket }, slot))
}

fn tell_route(
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
    let slots = located.slots(&mut conn).await?;
    let may_assign =
        slots.into_iter().filter(|slot| actor.may(Action::Push, &located.slot_target(slot))).collect();
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
    let slot = located.slot(&mut conn, &at.bucket).await.map_err(|error| super::beside("bucket", error))?;
    let missing =
        || Error::not_found(format_args!("A build “{digest}” in {}/{}", at.project, at.integration));
    let digest = Digest::parse(digest).map_err(|_| missing())?;
    let pushed = builds::find(&mut conn, located.integration.id, &digest, "").await?.ok_or_else(missing)?;
    drop(conn);
    allow(actor, Action::Push, &located.slot_target(&slot))?;
    let reason = Reason::parse(reason).map_err(|error| Invalid::field("reason", error))?;
    let (writer, actor) = (service.clone(), actor.clone());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, located.project.id).await?;
            let build = pushed.build;
            if rules::routing(tx, build.id).await?.is_none() {
                let words = format!("{} was placed by name. Promote it, or roll back to it.", build.tag);
                return Err(Error::Conflict(words));
            }
            let id = build.id;
            let entering = Entering::new(tx, (&writer, &actor), &located, &slot, build).await?;
            if entering.is_current() {
                return Err(Error::Conflict(format!("It is current in {} already.", slot.slug)));
            }
            if let Some(refused) = entering.refusal(tx).await? {
                return Err(Error::Refused(format!("{} {refused}.", slot.slug)));
            }
            entering.bring(tx, Cause::Assignment, Some(&reason)).await?;
            rules::name(tx, id).await?;
            Ok(slot.slug.clone())
        })
        .await
}

/// What reclassifying an integration by the rule that holds for it would change, without changing it.
pub async fn preview(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
) -> Result<Reclassification, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    allow(actor, Action::Push, &located.target())?;
    let plan = Plan::make(&mut conn, service, actor, &located).await?;
    Ok(plan.told)
}

/// Reclassifies an integration: every build that came without a bucket's name goes where the rule leads it now. `mark` is
/// that of the preview that was looked at; where another one would come of it by now, nothing is changed.
///
/// Nothing is taken out of a bucket: what is current stays current until something else arrives.
pub async fn reclassify(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
    mark: &str,
) -> Result<Reclassification, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    allow(actor, Action::Push, &located.target())?;
    drop(conn);
    let (writer, actor, mark) = (service.clone(), actor.clone(), mark.to_owned());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, located.project.id).await?;
            // Which rule it follows may have changed since it was found.
            let integration = towpath_store::integrations::load(tx, located.integration.id).await?;
            let located = Located { integration, ..located };
            let plan = Plan::make(tx, &writer, &actor, &located).await?;
            if plan.told.mark() != mark {
                return Err(towpath_store::Error::Changed.into());
            }
            if plan.told.moved.is_empty() {
                return Err(Error::Conflict("Every build is where the rule leads it.".to_owned()));
            }
            plan.carry_out(tx, &writer, &actor, &located).await
        })
        .await
}

/// What a reclassification does, build by build, with what is told of it.
struct Plan {
    rule: Option<Rule>,
    slots: Vec<Slot>,
    builds: HashMap<BuildId, (Build, Option<BucketKey>)>,
    told: Reclassification,
}

impl Plan {
    async fn make(
        conn: &mut Conn,
        service: &Service,
        actor: &Actor,
        located: &Located,
    ) -> Result<Self, Error> {
        let rule = located.rule(conn).await?;
        let slots = located.slots(conn).await?;
        let unnamed = rules::unnamed(conn, located.integration.id, LOOKED_AT).await?;
        let looked_at = unnamed.len();
        let led = |build: &Build| {
            let rule = rule.as_ref()?;
            lead(rule, build, &slots).map(|(_, slot)| slot.clone())
        };
        let going: Vec<_> = unnamed
            .into_iter()
            .map(|(pushed, from)| (led(&pushed.build), pushed.build, from.map(|routing| routing.bucket)))
            .filter(|(to, _, from)| to.as_ref().map(|slot| slot.key) != *from)
            .collect();
        let ids: Vec<BuildId> = going.iter().map(|(_, build, _)| build.id).collect();
        let been = been(conn, &ids).await?;
        let mut newest = Newest::default();
        let name = |key: BucketKey| slots.iter().find(|slot| slot.key == key).map(|slot| slot.slug.clone());
        let mut plan = Self {
            told: Reclassification {
                rule: rule.as_ref().map(|rule| rule.name.clone()),
                rule_version: rule.as_ref().map_or(0, |rule| rule.version),
                builds: looked_at,
                moved: Vec::new(),
            },
            rule: rule.clone(),
            slots: slots.clone(),
            builds: HashMap::new(),
        };
        for (to, build, from) in going {
            let becomes_current = match &to {
                Some(slot) if !been.get(&build.id).is_some_and(|been| been.contains(&slot.key)) => {
                    newest.takes(conn, (service, actor), located, slot, &build).await?
                }
                _ => false,
            };
            plan.told.moved.push(Moved {
                build: build.id,
                tag: build.tag.clone(),
                digest: build.digest.clone(),
                git_ref: build.origin.git_ref.as_ref().map(|claim| claim.value.clone()),
                received_at: build.received_at,
                from: from.and_then(name),
                to: to.as_ref().map(|slot| slot.slug.clone()),
                becomes_current,
            });
            plan.builds.insert(build.id, (build, to.map(|slot| slot.key)));
        }
        Ok(plan)
    }

    async fn carry_out(
        self,
        tx: &mut Tx,
        service: &Service,
        actor: &Actor,
        located: &Located,
    ) -> Result<Reclassification, Error> {
        let Self { rule, slots, mut builds, told } = self;
        for moved in &told.moved {
            let Some((build, to)) = builds.remove(&moved.build) else { continue };
            let slot = to.and_then(|key| slots.iter().find(|slot| slot.key == key));
            let led = rule.as_ref().zip(slot);
            let routing = led.map(|(rule, slot)| Routing {
                rule: rule.name.id,
                version: rule.version,
                bucket: slot.key,
            });
            rules::route(tx, &build, routing, service.now()).await?;
            tell_route(tx, service, actor, located, (&build, slot), rule.as_ref(), told.rule_version);
            let Some(slot) = slot else { continue };
            allow(actor, Action::Push, &located.slot_target(slot))?;
            let tag = build.tag.clone();
            let entering = Entering::new(tx, (service, actor), located, slot, build).await?;
            if entering.was_there(tx).await? {
                continue;
            }
            let refused = match entering.refusal(tx).await? {
                None if entering.is_late(tx).await? => Some(Refused::Older),
                refused => refused,
            };
            match refused {
                Some(refused) => entering.refuse(tx, tag, refused).await?,
                None => entering.bring(tx, Cause::Reclassification, None).await?,
            };
        }
        Ok(told)
    }
}

/// The newest build of each bucket, by when it was received, as a reclassification goes on.
#[derive(Default)]
struct Newest(HashMap<BucketKey, Option<towpath_domain::times::Time>>);

impl Newest {
    /// Whether a build would become current in a bucket, which then has it.
    async fn takes(
        &mut self,
        conn: &mut Conn,
        who: (&Service, &Actor),
        located: &Located,
        slot: &Slot,
        build: &Build,
    ) -> Result<bool, Error> {
        let current = if let Some(known) = self.0.get(&slot.key) {
            *known
        } else {
            let bucket = buckets::find(conn, located.integration.id, slot.key).await?;
            match bucket.and_then(|bucket| bucket.current) {
                Some(placement) => Some(builds::load(conn, placement.build).await?.build.received_at),
                None => None,
            }
        };
        self.0.insert(slot.key, current);
        if current.is_some_and(|current| current >= build.received_at) {
            return Ok(false);
        }
        let open =
            Entering::look(conn, who, located, slot, build.clone()).await?.refusal(conn).await?.is_none();
        if open {
            self.0.insert(slot.key, Some(build.received_at));
        }
        Ok(open)
    }
}
