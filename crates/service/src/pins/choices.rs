//! What the form of a new pin offers.

use crate::promotions::{feeding, locate};
use crate::{Error, Service, deployments, explain};
use std::collections::{HashMap, HashSet};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::Slot;
use towpath_domain::environments::Environment;
use towpath_domain::gates::Gate;
use towpath_domain::ids::BuildId;
use towpath_domain::pins::{Candidate, Chosen, PinChoices, place};
use towpath_domain::placements::Placement;
use towpath_domain::projects::Project;
use towpath_domain::workflows::Stage;
use towpath_store::services::Built;
use towpath_store::{Conn, buckets, builds, pins, services};

/// How many builds of each bucket are offered.
const BUILDS: i64 = 25;

/// The services of an environment, and what can be pinned of the one that was chosen.
pub async fn choices(
    service: &Service,
    actor: &Actor,
    project: &str,
    environment: &str,
    of: &str,
) -> Result<PinChoices, Error> {
    let mut conn = service.read().await?;
    let (project, environment) = deployments::find(&mut conn, actor, project, environment).await?;
    let mut all = services::list(&mut conn, project.id, "", i64::MAX).await?;
    all.retain(|built| {
        // Whoever does not see where its builds are moved cannot choose one of them.
        let home = Target::integration(built.home, built.service.integration);
        actor.may(Action::View, &home)
    });
    let chosen = match all.iter().find(|built| built.service.slug.as_str() == of) {
        Some(built) => Some(choose(&mut conn, service, actor, (&project, &environment), built).await?),
        None => None,
    };
    Ok(PinChoices {
        services: all.into_iter().map(|built| built.service.slug).collect(),
        project: project.slug,
        environment: environment.slug,
        title: environment.title,
        chosen,
        now: service.now(),
    })
}

async fn choose(
    conn: &mut Conn,
    service: &Service,
    actor: &Actor,
    (project, environment): (&Project, &Environment),
    built: &Built,
) -> Result<Chosen, Error> {
    let located = locate(conn, actor, built).await?;
    let to = feeding(conn, &located, environment).await?;
    let workflow = located.workflow(conn).await?;
    let stage = workflow.as_ref().and_then(|workflow| workflow.graph.stage(to.key));
    let before = workflow.as_ref().map(|workflow| workflow.graph.before(to.key)).unwrap_or_default();
    let slots = located.slots(conn).await?;
    let sources: Vec<&Slot> = std::iter::once(&to)
        .chain(before.iter().filter_map(|key| slots.iter().find(|slot| slot.key == *key)))
        .collect();
    let integration = located.integration.id;
    let (id, here) = (built.service.id, environment.id);
    let place = place(project.id, here, integration, &environment.stream);
    let may = explain(actor, Action::Promote, &place).or_else(|_| explain(actor, Action::RollBack, &place));
    let may =
        crate::projects::in_use(project, may).and_then(|()| match workflow {
            Some(_) => Ok(()),
            None => Err("Its integration follows no workflow, so nothing can be pinned. Give it one first."
                .to_owned()),
        });
    let mut pinned = pins::of_services(conn, &[id], service.now()).await?;
    Ok(Chosen {
        service: built.service.slug.clone(),
        gates: stage.map(Stage::words).unwrap_or_default(),
        asks_for: stage
            .and_then(|stage| stage.gates.iter().find_map(Gate::reference))
            .map(|pattern| pattern.as_str().to_owned()),
        pinned: pinned.remove(&(id, here)),
        builds: candidates(conn, &located.integration.id, &to, &sources).await?,
        may_pass: actor.may(Action::PassGates, &place),
        bucket: to.slug,
        may,
    })
}

/// What is or was current in these buckets, each build once and the newest first.
async fn candidates(
    conn: &mut Conn,
    integration: &towpath_domain::ids::IntegrationId,
    to: &Slot,
    sources: &[&Slot],
) -> Result<Vec<Candidate>, Error> {
    let (mut found, mut known): (Vec<(Placement, &Slot, bool)>, HashSet<BuildId>) = Default::default();
    for slot in sources {
        let Some(bucket) = buckets::find(conn, *integration, slot.key).await? else { continue };
        for placed in buckets::history(conn, bucket.id, None, BUILDS).await? {
            let placement = placed.placement;
            let current = bucket.current.as_ref().is_some_and(|current| current.build == placement.build);
            if known.insert(placement.build) {
                found.push((placement, *slot, current));
            }
        }
    }
    found.sort_by_key(|(placement, ..)| std::cmp::Reverse(placement.build));
    let ids: Vec<BuildId> = found.iter().map(|(placement, ..)| placement.build).collect();
    let builds: HashMap<BuildId, _> =
        builds::list(conn, &ids).await?.into_iter().map(|pushed| (pushed.build.id, pushed.build)).collect();
    let candidate = |(placement, slot, current): (Placement, &Slot, bool)| {
        let build = builds.get(&placement.build)?;
        Some(Candidate {
            digest: build.digest.clone(),
            tag: placement.tag,
            from: slot.slug.clone(),
            current,
            was_here: slot.key == to.key,
        })
    };
    Ok(found.into_iter().filter_map(candidate).collect())
}
