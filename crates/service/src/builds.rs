//! Builds: how one is received, by whichever door, and what is known of one.

mod life;

pub use life::{Part, view};

use crate::holds::Standing;
use crate::rules::{self, Unnamed};
use crate::scenes::Located;
use crate::{Error, Service, allow};
use std::collections::BTreeMap;
use towpath_domain::access::{Action, Actor};
use towpath_domain::buckets::{BucketKey, Slot};
use towpath_domain::builds::{Arrival, Build, Origin};
use towpath_domain::digests::Digest;
use towpath_domain::holds::{Held, stops_arrival};
use towpath_domain::placements::{Cause, Placement, Placer, Refused};
use towpath_domain::references::Tag;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{BuildName, Change, Personal};
use towpath_domain::times::Time;
use towpath_domain::words::Reason;
use towpath_domain::workflows::{Arrivals, Order, Workflow, arrivals_without_stage};
use towpath_store::buckets::{Bucket, RefusedArrival};
use towpath_store::images::{self, Repository};
use towpath_store::{Conn, Tx, buckets, builds, deployments, publishers, retention};

/// An image that arrives, with what is known of it.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub digest: Digest,
    pub tag: Tag,
    pub media_type: String,
    /// Bytes of the manifest and all that it refers to.
    pub size: i64,
    pub platforms: Vec<String>,
    pub origin: Origin,
}

/// What became of an arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It is current in the bucket now.
    Placed,
    /// It was current there once; nothing moved.
    AlreadyThere,
    /// It is kept with the integration; no bucket was named.
    Unclassified,
    /// It is kept beside the bucket, and may not become current by arriving.
    Refused { bucket: Slug, refused: Refused },
}

/// Receives a build: records it, and makes it current where its bucket takes arrivals.
///
/// The same build again changes nothing, so that a repeated CI job never undoes what came after it.
pub(crate) async fn receive(
    tx: &mut Tx,
    service: &Service,
    actor: &Actor,
    located: &Located,
    slot: Option<&Slot>,
    arriving: Arrived,
) -> Result<Received, Error> {
    let target = slot.map_or_else(|| located.target(), |slot| located.slot_target(slot));
    allow(actor, Action::Push, &target)?;
    crate::publishers::check_demand(tx, actor, located.project.id).await?;
    let Some(slot) = slot else {
        return rules::receive(tx, Unnamed { service, actor, located, arrived: arriving }).await;
    };
    let tag = arriving.tag.clone();
    let (build, _) = record(tx, service, actor, located, arriving).await?;
    let id = build.id;
    let entering = Entering::new(tx, (service, actor), located, slot, build).await?;
    let received = match entering.meets(tx).await? {
        Meets::Itself => Received::AlreadyThere,
        Meets::Refusal(refused) => return entering.refuse(tx, tag, refused).await,
        Meets::Nothing => entering.place(tx, Cause::Push, None).await?,
    };
    // From now on it is placed by name, also where it came without one before.
    towpath_store::rules::name(tx, id).await?;
    Ok(received)
}

/// The build of this identity by the tag that it arrives with, added where it is new; and whether it is.
pub(crate) async fn record(
    tx: &mut Tx,
    service: &Service,
    actor: &Actor,
    located: &Located,
    arriving: Arrived,
) -> Result<(Build, bool), Error> {
    let integration = located.integration.id;
    if let Some(known) = builds::find(tx, integration, &arriving.digest, "").await? {
        retention::revive(tx, known.build.id).await?;
        return Ok((known.build.called(&arriving.tag), false));
    }
    let origin = match actor.publisher().and(actor.token()) {
        Some(token) => publishers::vouched(tx, token).await?.unwrap_or_default(),
        None => Origin::default(),
    };
    let build = Build {
        id: service.id(),
        integration,
        digest: arriving.digest,
        external_id: String::new(),
        tag: arriving.tag,
        media_type: arriving.media_type,
        size: arriving.size,
        platforms: arriving.platforms,
        origin: arriving.origin.vouched(origin),
        received_at: service.now(),
        received_via: Arrival::Push,
    };
    builds::insert(tx, &build, placer(actor)).await?;
    deployments::adopt(tx, &build).await?;
    let change = Change::BuildReceived { build: build_name(&build), size: build.size };
    tx.tell(service.event(Service::event_actor(actor), located.scene(), change));
    Ok((build, true))
}

/// What an arrival meets at the door of a bucket.
pub(crate) enum Meets {
    Nothing,
    /// It was there before, so that coming again changes nothing.
    Itself,
    Refusal(Refused),
}

/// A recorded build at the door of a bucket, by whichever way it came there.
pub(crate) struct Entering<'a> {
    service: &'a Service,
    actor: &'a Actor,
    located: &'a Located,
    slot: &'a Slot,
    /// Absent where it was only looked at, and nothing was ever placed or refused there.
    bucket: Option<Bucket>,
    build: Build,
}

impl<'a> Entering<'a> {
    /// Locks the bucket until the commit.
    pub(crate) async fn new(
        tx: &mut Tx,
        (service, actor): (&'a Service, &'a Actor),
        located: &'a Located,
        slot: &'a Slot,
        build: Build,
    ) -> Result<Self, Error> {
        let bucket = buckets::lock(tx, located.integration.id, slot.key, service.id()).await?;
        Ok(Self { service, actor, located, slot, bucket: Some(bucket), build })
    }

    /// Looks at the bucket as it is, to tell what entering would meet.
    pub(crate) async fn look(
        conn: &mut Conn,
        (service, actor): (&'a Service, &'a Actor),
        located: &'a Located,
        slot: &'a Slot,
        build: Build,
    ) -> Result<Self, Error> {
        let bucket = buckets::find(conn, located.integration.id, slot.key).await?;
        Ok(Self { service, actor, located, slot, bucket, build })
    }

    /// What is current in the bucket.
    fn current(&self) -> Option<&Placement> {
        self.bucket.as_ref()?.current.as_ref()
    }

    /// Whether the build is, or ever was, current in the bucket.
    pub(crate) async fn was_there(&self, conn: &mut Conn) -> Result<bool, Error> {
        match &self.bucket {
            Some(bucket) => Ok(buckets::was_current(conn, bucket.id, self.build.id).await?),
            None => Ok(false),
        }
    }

    /// Whether what is current there was received later.
    pub(crate) async fn is_late(&self, conn: &mut Conn) -> Result<bool, Error> {
        let current = self.current_received_at(conn).await?;
        Ok(current.is_some_and(|current| current >= self.build.received_at))
    }

    /// When what is current there was received.
    pub(crate) async fn current_received_at(&self, conn: &mut Conn) -> Result<Option<Time>, Error> {
        match self.current() {
            Some(current) => Ok(Some(builds::load(conn, current.build).await?.build.received_at)),
            None => Ok(None),
        }
    }

    /// What it meets by arriving. What was there before changes nothing, unless it has turned out to be bad.
    pub(crate) async fn meets(&self, conn: &mut Conn) -> Result<Meets, Error> {
        let refused = self.refusal(conn).await?;
        let bad = matches!(refused, Some(Refused::Held(Held::Bad { .. })));
        if !bad && self.was_there(conn).await? {
            return Ok(Meets::Itself);
        }
        let refused = match refused {
            None => self.out_of_order(conn).await?,
            refused => refused,
        };
        Ok(refused.map_or(Meets::Nothing, Meets::Refusal))
    }

    /// That what is current is newer by what is said of both, where the stage keeps the newer one.
    async fn out_of_order(&self, conn: &mut Conn) -> Result<Option<Refused>, Error> {
        let Some(current) = self.current() else { return Ok(None) };
        let workflow = self.located.workflow(conn).await?;
        let stage = workflow.as_ref().and_then(|workflow| workflow.graph.stage(self.slot.key));
        if stage.is_some_and(|stage| stage.order == Order::AsTheyCome) {
            return Ok(None);
        }
        let there = builds::load(conn, current.build).await?.build;
        let late = self.build.is_behind(&there);
        Ok(late.then(|| Refused::OutOfOrder { current: current.tag.clone() }))
    }

    /// Why the bucket does not take it, if it does not. What can be said for good comes first.
    pub(crate) async fn refusal(&self, conn: &mut Conn) -> Result<Option<Refused>, Error> {
        let Self { service, located, slot, build, .. } = self;
        let standing = Standing::load(conn, &[&build.digest], service.now()).await?;
        let holds = standing.concerning(&located.slot_target(slot), &build.digest);
        let held = stops_arrival(&holds, service.now());
        if let Some(held @ Held::Bad { .. }) = held {
            return Ok(Some(Refused::Held(held)));
        }
        let workflow = located.workflow(conn).await?;
        if arrivals(workflow.as_ref(), slot) == Arrivals::PromotionOnly {
            let before = workflow.map(|workflow| workflow.graph.before(slot.key)).unwrap_or_default();
            let slots = located.slots(conn).await?;
            let name = |key: &BucketKey| slots.iter().find(|slot| slot.key == *key);
            let from = before.iter().filter_map(name).map(|slot| slot.slug.to_string()).collect();
            return Ok(Some(Refused::PromotionOnly { from }));
        }
        let paused = self.bucket.as_ref().and_then(|bucket| bucket.paused_at);
        Ok(held.map(Refused::Held).or_else(|| paused.map(|_| Refused::Paused)))
    }

    fn locked(&self) -> Result<&Bucket, Error> {
        self.bucket.as_ref().ok_or_else(|| Error::Internal("a bucket is not locked".to_owned()))
    }

    /// Makes a build current that came without the bucket's name. It brings its tag along where that is free, and goes by its
    /// digest where it is not.
    pub(crate) async fn bring(
        mut self,
        tx: &mut Tx,
        cause: Cause,
        reason: Option<&Reason>,
    ) -> Result<Received, Error> {
        let repository = Repository { integration: self.build.integration, bucket: Some(self.slot.key) };
        let Build { tag, digest, .. } = &self.build;
        let (digest, now) = (digest.clone(), self.service.now());
        self.build.tag = name_in(tx, (repository, &self.slot.slug), tag, &digest, now).await?;
        images::follow(tx, Repository { bucket: None, ..repository }, repository, &digest, now).await?;
        self.place(tx, cause, reason).await
    }

    /// Makes the build current.
    async fn place(self, tx: &mut Tx, cause: Cause, reason: Option<&Reason>) -> Result<Received, Error> {
        let (bucket, now) = (self.locked()?, self.service.now());
        let placement = Placement {
            id: bucket.next(self.service.id()),
            build: self.build.id,
            tag: self.build.tag.clone(),
            cause,
            by: placer(self.actor),
            at: now,
        };
        buckets::place(tx, bucket, &placement, reason.map(Reason::as_str)).await?;
        let (build, before) = (build_name(&self.build), current_name(tx, bucket).await?);
        let placement = placement.id;
        self.tell(
            tx,
            match (cause, reason) {
                (Cause::Assignment, Some(reason)) => {
                    Change::BuildAssigned { build, placement, before, reason: Personal::new(reason) }
                }
                (Cause::Reclassification, _) => Change::BuildReclassified { build, placement, before },
                _ => Change::BuildPlaced { build, placement, before },
            },
        )?;
        Ok(Received::Placed)
    }

    pub(crate) async fn refuse(self, tx: &mut Tx, tag: Tag, refused: Refused) -> Result<Received, Error> {
        let arrival = RefusedArrival {
            build: self.build.id,
            tag: tag.into(),
            refused: refused.clone(),
            by: placer(self.actor),
            at: self.service.now(),
        };
        buckets::refuse(tx, self.locked()?.id, &arrival).await?;
        self.tell(tx, Change::ArrivalRefused { build: build_name(&self.build), refused: refused.clone() })?;
        Ok(Received::Refused { bucket: self.slot.slug.clone(), refused })
    }

    fn tell(&self, tx: &mut Tx, change: Change) -> Result<(), Error> {
        let scene = self.located.bucket_scene(self.locked()?.id, &self.slot.slug);
        tx.tell(self.service.event(Service::event_actor(self.actor), scene, change));
        Ok(())
    }
}

/// Whether a bucket takes builds by arriving, under a workflow or without one.
pub(crate) fn arrivals(workflow: Option<&Workflow>, slot: &Slot) -> Arrivals {
    workflow.map_or_else(|| arrivals_without_stage(slot), |workflow| workflow.graph.arrivals(slot))
}

pub(crate) fn placer(actor: &Actor) -> Placer {
    Placer { person: actor.person(), token: actor.token() }
}

/// By what an image goes in a bucket from now on, with a tag that gives it.
pub(crate) async fn name_in(
    tx: &mut Tx,
    (repository, bucket): (Repository, &Slug),
    tag: &Tag,
    digest: &Digest,
    now: Time,
) -> Result<Tag, Error> {
    images::name(tx, repository, tag, digest, now).await?.ok_or_else(|| {
        Error::Conflict(format!(
            "In {bucket} the tag {tag} is another image's, and so is each by the digits of {digest}. Delete one of these there."
        ))
    })
}

pub(crate) fn build_name(build: &Build) -> BuildName {
    BuildName { id: build.id, digest: build.digest.clone(), tag: build.tag.clone() }
}

/// What was current in a bucket when it was locked, by what it goes there.
pub(crate) async fn current_name(conn: &mut Conn, bucket: &Bucket) -> Result<Option<BuildName>, Error> {
    match &bucket.current {
        Some(placement) => {
            let build = builds::load(conn, placement.build).await?.build;
            Ok(Some(build_name(&build.called(&placement.tag))))
        }
        None => Ok(None),
    }
}

pub(crate) fn name_of(names: &BTreeMap<towpath_domain::ids::PersonId, String>, by: Placer) -> String {
    let name = names.get(&by.person).map_or("someone", String::as_str);
    if by.token.is_some() { format!("{name} (by token)") } else { name.to_owned() }
}
