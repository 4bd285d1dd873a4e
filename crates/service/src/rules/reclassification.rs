//! Reclassification: builds that came without a bucket's name go where the rule leads them now.

use super::routing::{lead, tell_route};
use crate::builds::Entering;
use crate::scenes::Located;
use crate::{Error, Service, allow, scenes};
use std::collections::HashMap;
use towpath_domain::access::{Action, Actor};
use towpath_domain::buckets::{BucketKey, Slot};
use towpath_domain::builds::Build;
use towpath_domain::holds::Held;
use towpath_domain::ids::{BuildId, IntegrationId};
use towpath_domain::placements::{Cause, Refused};
use towpath_domain::rules::{Moved, Reclassification, Routing, Rule};
use towpath_domain::times::Time;
use towpath_store::circumstances::been;
use towpath_store::{Conn, Tx, rules};

/// How many builds a reclassification moves at a time, and how many are read at once to find them.
const MOVED: usize = 500;
const READ: i64 = 500;

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
        let Going { looked_at, builds: going, more } =
            Going::find(conn, located.integration.id, rule.as_ref(), &slots).await?;
        let ids: Vec<BuildId> = going.iter().map(|(_, build, _)| build.id).collect();
        let been = been(conn, &ids).await?;
        let mut doors = Doors::default();
        let name = |key: BucketKey| slots.iter().find(|slot| slot.key == key).map(|slot| slot.slug.clone());
        let mut moved = Vec::with_capacity(going.len());
        for (to, build, from) in &going {
            let beside = match to {
                Some(slot) if !been.get(&build.id).is_some_and(|been| been.contains(&slot.key)) => {
                    Some(doors.keeps_out(conn, (service, actor), located, slot, build).await?)
                }
                _ => None,
            };
            moved.push(Moved {
                build: build.id,
                tag: build.tag.clone(),
                digest: build.digest.clone(),
                git_ref: build.origin.git_ref.as_ref().map(|claim| claim.value.clone()),
                received_at: build.received_at,
                from: from.and_then(name),
                to: to.map(|slot| slot.slug.clone()),
                becomes_current: beside == Some(None),
                beside: beside.flatten(),
            });
        }
        moved.reverse();
        let builds =
            going.into_iter().map(|(to, build, _)| (build.id, (build, to.map(|slot| slot.key)))).collect();
        let told = Reclassification {
            rule: rule.as_ref().map(|rule| rule.name.clone()),
            rule_version: rule.as_ref().map_or(0, |rule| rule.version),
            builds: looked_at,
            moved,
            more,
        };
        Ok(Self { rule, slots, builds, told })
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
            match (moved.becomes_current, &moved.beside) {
                (true, _) => entering.bring(tx, Cause::Reclassification, None).await?,
                (false, Some(refused)) => entering.refuse(tx, tag, refused.clone()).await?,
                (false, None) => continue,
            };
        }
        Ok(told)
    }
}

/// The builds that go elsewhere by a rule, with where to and where from.
struct Going<'a> {
    looked_at: usize,
    /// The newest first.
    builds: Vec<(Option<&'a Slot>, Build, Option<BucketKey>)>,
    more: bool,
}

impl<'a> Going<'a> {
    async fn find(
        conn: &mut Conn,
        integration: IntegrationId,
        rule: Option<&Rule>,
        slots: &'a [Slot],
    ) -> Result<Self, Error> {
        let mut found = Self { looked_at: 0, builds: Vec::new(), more: false };
        let mut before = None;
        loop {
            let page = rules::unnamed(conn, integration, before, READ).await?;
            let Some((last, _)) = page.last() else { return Ok(found) };
            before = Some(last.build.id);
            for (pushed, from) in page {
                let to = rule.and_then(|rule| lead(rule, &pushed.build, slots)).map(|(_, slot)| slot);
                let from = from.map(|routing| routing.bucket);
                found.looked_at += 1;
                if to.map(|slot| slot.key) == from {
                    continue;
                }
                if found.builds.len() == MOVED {
                    return Ok(Self { more: true, ..found });
                }
                found.builds.push((to, pushed.build, from));
            }
        }
    }
}

/// What a reclassification knows of the buckets that it leads to, from the newest build to the oldest.
#[derive(Default)]
struct Doors(HashMap<BucketKey, Door>);

#[derive(Clone)]
enum Door {
    /// It has, or will have, what was received then.
    Has(Time),
    /// It takes no build at all.
    Closed(Refused),
}

impl Doors {
    /// Why a build would not become current in a bucket; if it would, the bucket has it from then on.
    async fn keeps_out(
        &mut self,
        conn: &mut Conn,
        who: (&Service, &Actor),
        located: &Located,
        slot: &Slot,
        build: &Build,
    ) -> Result<Option<Refused>, Error> {
        match self.0.get(&slot.key) {
            Some(Door::Closed(refused)) => return Ok(Some(refused.clone())),
            Some(Door::Has(received_at)) if *received_at >= build.received_at => {
                return Ok(Some(Refused::Older));
            }
            _ => {}
        }
        let entering = Entering::look(conn, who, located, slot, build.clone()).await?;
        match entering.refusal(conn).await? {
            // That a build is bad says nothing of the next one.
            Some(bad @ Refused::Held(Held::Bad { .. })) => return Ok(Some(bad)),
            Some(refused) => {
                self.0.insert(slot.key, Door::Closed(refused.clone()));
                return Ok(Some(refused));
            }
            None => {}
        }
        let current = entering.current_received_at(conn).await?;
        let late = current.filter(|current| *current >= build.received_at);
        self.0.insert(slot.key, Door::Has(late.unwrap_or(build.received_at)));
        Ok(late.map(|_| Refused::Older))
    }
}
