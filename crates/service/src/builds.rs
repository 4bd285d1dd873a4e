//! Builds: how one is received, by whichever door, and what is known of one.

mod life;

pub use life::{Part, view};

use crate::holds::Standing;
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
use towpath_domain::timeline::{BuildName, Change};
use towpath_domain::workflows::{Arrivals, Workflow, arrivals_without_stage};
use towpath_store::buckets::{Bucket, RefusedArrival};
use towpath_store::{Conn, Tx, buckets, builds};

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
    let tag = arriving.tag.clone();
    let build = record(tx, service, actor, located, arriving).await?;
    let Some(slot) = slot else { return Ok(Received::Unclassified) };
    let workflow = located.workflow(tx).await?;
    let bucket = buckets::lock(tx, located.integration.id, slot.key, service.id()).await?;
    if buckets::was_current(tx, bucket.id, build.id).await? {
        return Ok(Received::AlreadyThere);
    }
    let arrival = Entering { service, actor, located, slot, bucket, build };
    match arrival.refusal(tx, workflow.as_ref()).await? {
        Some(refused) => arrival.refuse(tx, tag, refused).await,
        None => arrival.place(tx).await,
    }
}

/// The build of this identity, added where it is new.
async fn record(
    tx: &mut Tx,
    service: &Service,
    actor: &Actor,
    located: &Located,
    arriving: Arrived,
) -> Result<Build, Error> {
    let integration = located.integration.id;
    if let Some(known) = builds::find(tx, integration, &arriving.digest, "").await? {
        return Ok(known.build);
    }
    let build = Build {
        id: service.id(),
        integration,
        digest: arriving.digest,
        external_id: String::new(),
        tag: arriving.tag,
        media_type: arriving.media_type,
        size: arriving.size,
        platforms: arriving.platforms,
        origin: arriving.origin,
        received_at: service.now(),
        received_via: Arrival::Push,
    };
    builds::insert(tx, &build, placer(actor)).await?;
    let change = Change::BuildReceived { build: build_name(&build), size: build.size };
    tx.tell(service.event(Service::event_actor(actor), located.scene(), change));
    Ok(build)
}

/// A recorded build at the door of a locked bucket.
struct Entering<'a> {
    service: &'a Service,
    actor: &'a Actor,
    located: &'a Located,
    slot: &'a Slot,
    bucket: Bucket,
    build: Build,
}

impl Entering<'_> {
    /// Why the bucket does not take it, if it does not. What can be said for good comes first.
    async fn refusal(&self, tx: &mut Tx, workflow: Option<&Workflow>) -> Result<Option<Refused>, Error> {
        let Self { service, located, slot, build, .. } = self;
        let standing = Standing::load(tx, &[&build.digest], service.now()).await?;
        let holds = standing.concerning(&located.slot_target(slot), &build.digest);
        let held = stops_arrival(&holds, service.now());
        if let Some(held @ Held::Bad { .. }) = held {
            return Ok(Some(Refused::Held(held)));
        }
        let arrivals =
            workflow.map_or_else(|| arrivals_without_stage(slot), |workflow| workflow.graph.arrivals(slot));
        if arrivals == Arrivals::PromotionOnly {
            let before = workflow.map(|workflow| workflow.graph.before(slot.key)).unwrap_or_default();
            let slots = located.slots(tx).await?;
            let name = |key: &BucketKey| slots.iter().find(|slot| slot.key == *key);
            let from = before.iter().filter_map(name).map(|slot| slot.slug.to_string()).collect();
            return Ok(Some(Refused::PromotionOnly { from }));
        }
        Ok(held.map(Refused::Held).or_else(|| self.bucket.paused_at.map(|_| Refused::Paused)))
    }

    async fn place(self, tx: &mut Tx) -> Result<Received, Error> {
        let placement = Placement {
            id: self.bucket.next(self.service.id()),
            build: self.build.id,
            cause: Cause::Push,
            by: placer(self.actor),
            at: self.service.now(),
        };
        buckets::place(tx, &self.bucket, &placement, None).await?;
        let before = current_name(tx, &self.bucket).await?;
        self.tell(
            tx,
            Change::BuildPlaced { build: build_name(&self.build), placement: placement.id, before },
        );
        Ok(Received::Placed)
    }

    async fn refuse(self, tx: &mut Tx, tag: Tag, refused: Refused) -> Result<Received, Error> {
        let arrival = RefusedArrival {
            build: self.build.id,
            tag: tag.into(),
            refused: refused.clone(),
            by: placer(self.actor),
            at: self.service.now(),
        };
        buckets::refuse(tx, self.bucket.id, &arrival).await?;
        self.tell(tx, Change::ArrivalRefused { build: build_name(&self.build), refused: refused.clone() });
        Ok(Received::Refused { bucket: self.slot.slug.clone(), refused })
    }

    fn tell(&self, tx: &mut Tx, change: Change) {
        let scene = self.located.bucket_scene(self.bucket.id, &self.slot.slug);
        tx.tell(self.service.event(Service::event_actor(self.actor), scene, change));
    }
}

pub(crate) fn placer(actor: &Actor) -> Placer {
    Placer { person: actor.person(), token: actor.token() }
}

pub(crate) fn build_name(build: &Build) -> BuildName {
    BuildName { id: build.id, digest: build.digest.clone(), tag: build.tag.clone() }
}

/// What was current in a bucket when it was locked.
pub(crate) async fn current_name(conn: &mut Conn, bucket: &Bucket) -> Result<Option<BuildName>, Error> {
    match &bucket.current {
        Some(placement) => Ok(Some(build_name(&builds::load(conn, placement.build).await?.build))),
        None => Ok(None),
    }
}

pub(crate) fn name_of(names: &BTreeMap<towpath_domain::ids::PersonId, String>, by: Placer) -> String {
    let name = names.get(&by.person).map_or("someone", String::as_str);
    if by.token.is_some() { format!("{name} (by token)") } else { name.to_owned() }
}
