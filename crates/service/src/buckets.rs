//! Buckets: rolling back, resuming arrivals, and what should run where.

use crate::builds::{arrivals, build_name, current_name, placer};
use crate::holds::Standing;
use crate::promotions::Wish;
use crate::retention::check_kept;
use crate::scenes::Located;
use crate::{Error, Service, allow, outside_steps, pins, read_tokens, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::Slot;
use towpath_domain::builds::Build;
use towpath_domain::deployments::Run;
use towpath_domain::digests::Digest;
use towpath_domain::environments::Environment;
use towpath_domain::forms::Invalid;
use towpath_domain::gates::Gate;
use towpath_domain::holds::stops_rollback;
use towpath_domain::ids::{PlacementId, ServiceId};
use towpath_domain::placements::{Cause, Placement};
use towpath_domain::projects::Project;
use towpath_domain::promotions::{ELSEWHERE, Outlook, Promotion};
use towpath_domain::timeline::{Change, Personal};
use towpath_domain::words::Reason;
use towpath_domain::workflows::Arrivals;
use towpath_store::buckets::Bucket;
use towpath_store::services::ShouldRun;
use towpath_store::{Conn, Tx, buckets, builds, deployments, environments, promotions, services};

/// Where a bucket is, as addresses name it.
#[derive(Debug, Clone)]
pub struct BucketAddress {
    pub project: String,
    pub integration: String,
    pub bucket: String,
}

/// A wish to make an earlier build of a bucket current again.
#[derive(Debug, Clone)]
pub struct RollBack {
    pub at: BucketAddress,
    /// The placement of the bucket's history to go back to.
    pub to: PlacementId,
    pub reason: String,
    /// The bucket's version that was looked at, where the caller knows it.
    pub expected: Option<i64>,
}

/// What came of a wish to roll back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rolled {
    /// The earlier build is current again, by this placement.
    Back { digest: Digest, placement: PlacementId },
    /// It was asked for, since the stage wants rollbacks approved.
    Asked(Box<Promotion>),
}

/// Makes an earlier build of a bucket current again, or asks for it where the stage wants rollbacks approved. Nothing is
/// erased, and arrivals pause there until a person resumes them, so that the next push does not undo the rollback.
pub async fn roll_back(service: &Service, actor: &Actor, wish: RollBack) -> Result<Rolled, Error> {
    let (located, slot) = find(service, actor, &wish.at).await?;
    allow(actor, Action::RollBack, &located.slot_target(&slot))?;
    let reason = Reason::parse(&wish.reason).map_err(|error| Invalid::field("reason", error))?;
    let (service, actor) = (service.clone(), actor.clone());
    let rolling = Rolling { service, actor, located, slot, to: wish.to, expected: wish.expected };
    let db = rolling.service.clone();
    db.db().write(async move |tx| rolling.run(tx, &reason).await).await
}

/// What a rollback would meet now, without making it.
pub async fn explain_rollback(service: &Service, actor: &Actor, wish: RollBack) -> Result<Outlook, Error> {
    let (located, slot) = find(service, actor, &wish.at).await?;
    allow(actor, Action::RollBack, &located.slot_target(&slot))?;
    let mut conn = service.read().await?;
    let missing = || Error::not_found(format_args!("This placement in the history of {}", slot.slug));
    let bucket = buckets::find(&mut conn, located.integration.id, slot.key).await?.ok_or_else(missing)?;
    let (service, actor) = (service.clone(), actor.clone());
    let rolling = Rolling { service, actor, located, slot, to: wish.to, expected: wish.expected };
    rolling.foresee(&mut conn, &bucket).await?;
    let needs = rolling.needs(&mut conn).await?;
    Ok(if needs.is_empty() { Outlook::Enters } else { Outlook::Waits { needs, until: None } })
}

/// A rollback whose names are found.
pub(crate) struct Rolling {
    pub(crate) service: Service,
    pub(crate) actor: Actor,
    pub(crate) located: Located,
    pub(crate) slot: Slot,
    /// The placement to go back to.
    pub(crate) to: PlacementId,
    /// The bucket's version that was looked at, where it is known.
    pub(crate) expected: Option<i64>,
}

impl Rolling {
    /// The build that would become current again, unless something stands against that.
    pub(crate) async fn foresee(&self, conn: &mut Conn, bucket: &Bucket) -> Result<Build, Error> {
        let place = self.located.slot_target(&self.slot);
        allow(&self.actor, Action::RollBack, &place)?;
        scenes::check_in_use(conn, self.located.project.id).await?;
        if self.expected.is_some_and(|expected| expected != bucket.version) {
            return self.changed(conn, bucket).await;
        }
        let earlier = buckets::find_placement(conn, bucket.id, self.to).await?;
        let earlier = earlier.ok_or_else(|| {
            Error::not_found(format_args!("This placement in the history of {}", self.slot.slug))
        })?;
        let build = builds::load(conn, earlier.placement.build).await?.build.called(&earlier.placement.tag);
        check_kept(conn, &build).await?;
        if bucket.current.as_ref().is_some_and(|current| current.build == build.id) {
            return Err(Error::Conflict(format!("{} is already current in {}.", build.tag, self.slot.slug)));
        }
        let now = self.service.now();
        let standing = Standing::load(conn, &[&build.digest], now).await?;
        let holds = standing.concerning(&place, &build.digest);
        if let Some(held) = stops_rollback(&holds, now) {
            let slug = &self.slot.slug;
            let number = held.number();
            return Err(Error::Refused(format!("{slug} {held}. Hold {number} has to be released first.")));
        }
        Ok(build)
    }

    /// That the bucket is not any more as it was looked at, with what is there now.
    async fn changed<T>(&self, conn: &mut Conn, bucket: &Bucket) -> Result<T, Error> {
        let there = match &bucket.current {
            Some(Placement { build, tag, .. }) => {
                let digest = builds::load(conn, *build).await?.build.digest;
                format!("{tag} ({digest}) is current there now")
            }
            None => "nothing is current there now".to_owned(),
        };
        let (slug, version) = (&self.slot.slug, bucket.version);
        Err(Error::Conflict(format!(
            "{slug} was changed in the meantime: {there}, at version {version}. Look at that before you go on."
        )))
    }

    /// What it would wait for, in words; nothing where it is made at once.
    pub(crate) async fn needs(&self, conn: &mut Conn) -> Result<Vec<String>, Error> {
        needs(conn, &self.located, &self.slot).await
    }

    /// Rolls back, or asks for it. What is refused has written nothing.
    pub(crate) async fn run(&self, tx: &mut Tx, reason: &Reason) -> Result<Rolled, Error> {
        let key = self.slot.key;
        let bucket = buckets::lock(tx, self.located.integration.id, key, self.service.id()).await?;
        let build = self.foresee(tx, &bucket).await?;
        if !self.needs(tx).await?.is_empty() {
            return self.ask(tx, &bucket, &build, reason).await;
        }
        let now = self.service.now();
        let placement = Placement {
            id: bucket.next(self.service.id()),
            build: build.id,
            tag: build.tag.clone(),
            cause: Cause::Rollback,
            by: placer(&self.actor),
            at: now,
        };
        let before = current_name(tx, &bucket).await?;
        place_back(tx, (&self.located, &self.slot), &bucket, &placement, reason).await?;
        let change = Change::RolledBack {
            number: None,
            build: build_name(&build),
            placement: placement.id,
            before,
            reason: Personal::new(reason),
        };
        let scene = self.located.bucket_scene(bucket.id, &self.slot.slug);
        tx.tell(self.service.event(Service::event_actor(&self.actor), scene, change));
        Ok(Rolled::Back { digest: build.digest, placement: placement.id })
    }

    /// Asks for it, by a promotion from the bucket into the same.
    async fn ask(
        &self,
        tx: &mut Tx,
        bucket: &Bucket,
        build: &Build,
        reason: &Reason,
    ) -> Result<Rolled, Error> {
        let wish = Wish {
            service: self.service.clone(),
            actor: self.actor.clone(),
            located: Located {
                project: self.located.project.clone(),
                integration: self.located.integration.clone(),
            },
            from: self.slot.clone(),
            to: self.slot.clone(),
            place: self.located.slot_target(&self.slot),
            pin: None,
            takes_back: bucket.current.as_ref().map(|placement| placement.id),
            pushed: builds::load(tx, build.id).await?,
            scheduled_for: None,
            automatic: false,
            expected_current: String::new(),
        };
        let asked = Box::pin(wish.ask(tx, reason.clone(), None, false)).await?;
        Ok(Rolled::Asked(Box::new(asked)))
    }
}

/// What a rollback of a bucket waits for, in words; nothing where it is made at once.
pub(crate) async fn needs(conn: &mut Conn, located: &Located, slot: &Slot) -> Result<Vec<String>, Error> {
    // Without a workflow nothing is promoted, and so nothing was done elsewhere that could be taken back.
    let Some(workflow) = located.workflow(conn).await? else { return Ok(Vec::new()) };
    let mut needs: Vec<String> = workflow.graph.gates(slot.key, slot.key).iter().map(Gate::words).collect();
    if outside_steps::is_set(conn, located.integration.id, slot.key).await? {
        needs.push(ELSEWHERE.to_owned());
    }
    Ok(needs)
}

/// Makes an earlier build of a locked bucket current again. What enters there by itself pauses, and what waits to enter is
/// looked at again.
pub(crate) async fn place_back(
    tx: &mut Tx,
    (located, slot): (&Located, &Slot),
    bucket: &Bucket,
    placement: &Placement,
    reason: &Reason,
) -> Result<(), Error> {
    buckets::place(tx, bucket, placement, Some(reason.as_str())).await?;
    let workflow = located.workflow(tx).await?;
    let stage = workflow.as_ref().and_then(|workflow| workflow.graph.stage(slot.key));
    // Builds enter without a person, by arriving or since the stage is automatic.
    let automatic = stage.is_some_and(|stage| stage.automatic);
    if automatic || arrivals(workflow.as_ref(), slot) == Arrivals::Any {
        buckets::pause(tx, bucket.id, Some(placement.at)).await?;
    }
    // What was asked for before ends, at once and not when something else makes it due.
    Ok(promotions::look_soon(tx, located.integration.id, slot.key, placement.at).await?)
}

/// Lets builds enter by themselves again in a bucket where a rollback paused that: what arrives, and what an automatic
/// stage promotes.
pub async fn resume(service: &Service, actor: &Actor, at: &BucketAddress, reason: &str) -> Result<(), Error> {
    let (located, slot) = find(service, actor, at).await?;
    allow(actor, Action::Hold, &located.slot_target(&slot))?;
    let reason = match reason.trim() {
        "" => None,
        text => Some(Reason::parse(text).map_err(|error| Invalid::field("reason", error))?),
    };
    let (writer, actor) = (service.clone(), actor.clone());
    service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, located.project.id).await?;
            let bucket = buckets::lock(tx, located.integration.id, slot.key, writer.id()).await?;
            if bucket.paused_at.is_none() {
                return Err(Error::Conflict(format!("Nothing is paused in {}.", slot.slug)));
            }
            buckets::pause(tx, bucket.id, None).await?;
            let now = writer.now();
            promotions::look_soon(tx, located.integration.id, slot.key, now).await?;
            if let Some(workflow) = located.workflow(tx).await? {
                // What came into the stages before in the meantime is promoted on where this one is automatic.
                let before = workflow.graph.before(slot.key);
                buckets::tell_again(tx, located.integration.id, &before).await?;
            }
            let change = Change::ArrivalsResumed { reason: reason.as_ref().map(Personal::new) };
            let scene = located.bucket_scene(bucket.id, &slot.slug);
            tx.tell(writer.event(Service::event_actor(&actor), scene, change));
            Ok(())
        })
        .await
}

async fn find(service: &Service, actor: &Actor, at: &BucketAddress) -> Result<(Located, Slot), Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, &at.project, &at.integration).await?;
    let slot = located.slot(&mut conn, &at.bucket).await?;
    Ok((located, slot))
}

/// What every service of a project should run in one of its environments.
#[derive(Debug, Clone)]
pub struct EnvironmentImages {
    pub project: Project,
    pub environment: Environment,
    pub services: Vec<Resolved>,
}

/// What one service should run, whether that is marked bad, and what was reported to run.
#[derive(Debug, Clone)]
pub struct Resolved {
    pub should: ShouldRun,
    pub bad: bool,
    pub run: Option<Run>,
}

/// An environment by its name, for who sees its project.
async fn named(
    conn: &mut Conn,
    actor: &Actor,
    project: &str,
    environment: &str,
) -> Result<(Project, Environment), Error> {
    let project = scenes::project(conn, actor, project).await?;
    let found = environments::list(conn, project.id).await?;
    let found = found.into_iter().find(|known| known.slug.as_str() == environment);
    let missing = || Error::not_found(format_args!("The environment “{}/{environment}”", project.slug));
    let environment = found.ok_or_else(missing)?;
    Ok((project, environment))
}

/// Resolves the images of an environment: for each service, what is pinned there, else what is current in its
/// integration's bucket for that environment or for its stream, else the integration's default build.
pub async fn resolve(
    service: &Service,
    actor: &Actor,
    project: &str,
    environment: &str,
) -> Result<EnvironmentImages, Error> {
    let mut conn = service.read().await?;
    let (project, environment) = match actor.reading() {
        Some(reading) => read_tokens::own(&mut conn, reading, project, environment).await?,
        None => named(&mut conn, actor, project, environment).await?,
    };
    let now = service.now();
    let mut services =
        services::should_run(&mut conn, project.id, (environment.id, environment.stream.id), now).await?;
    // A token of one integration is not told what others build; a deployer runs all of them.
    services.retain(|run| {
        actor.reading().is_some() || actor.may(Action::View, &Target::integration(project.id, run.built_by))
    });
    let ids: Vec<ServiceId> = services.iter().map(|run| run.id).collect();
    let mut runs = deployments::of_services(&mut conn, &ids).await?;
    let standing = pins::marks(&mut conn, &services, now).await?;
    let with_run = |should: ShouldRun| {
        let run = runs.remove(&(should.id, environment.id));
        let bad = pins::is_bad(&standing, &should, now);
        Resolved { should, bad, run }
    };
    let services = services.into_iter().map(with_run).collect();
    Ok(EnvironmentImages { project, environment, services })
}
