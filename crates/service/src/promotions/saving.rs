//! Saving a step on a promotion with its events and with what becomes current by it.

use crate::builds::name_in;
use crate::scenes::{Located, slot_of};
use crate::{Error, Service, pins};
use towpath_domain::access::Actor;
use towpath_domain::ids::PlacementId;
use towpath_domain::placements::{Cause, Placement, Placer};
use towpath_domain::promotions::{Promotion, Transition};
use towpath_domain::timeline::{EventActor, Scene};
use towpath_domain::times::Time;
use towpath_store::buckets::Bucket;
use towpath_store::images::{self, Repository};
use towpath_store::{Tx, buckets, outside_steps, promotions};

/// Saves a step of an actor.
pub(super) async fn save(
    tx: &mut Tx,
    service: &Service,
    actor: &Actor,
    located: &Located,
    bucket: &Bucket,
    step: Transition,
) -> Result<Promotion, Error> {
    save_as(tx, service, Service::event_actor(actor), located, bucket, step).await
}

/// Saves a step with its events, and makes the build current where the step applies the promotion: in the name of whoever
/// asked for it, whoever takes the last step.
pub(super) async fn save_as(
    tx: &mut Tx,
    service: &Service,
    who: EventActor,
    located: &Located,
    bucket: &Bucket,
    step: Transition,
) -> Result<Promotion, Error> {
    keep(tx, &step, service.now()).await?;
    if step.pins() {
        // What was pinned there before, and is over by now, is told first.
        pins::tell_over(tx, service, located, step.promotion()).await?;
    }
    let scene = located.bucket_scene(bucket.id, &step.promotion().to.slug);
    for change in step.changes() {
        tx.tell(service.event(who, scene.clone(), change.clone()));
    }
    if let Some(id) = step.placement() {
        let asked = step.promotion();
        let by = Placer { person: asked.requested_by, token: asked.requested_with };
        if step.promotion().is_rollback() {
            take_back(tx, service, by, located, bucket, step.promotion(), id).await?;
        } else {
            apply(tx, service, by, bucket, step.promotion(), id).await?;
        }
    }
    if step.pins() {
        pins::apply(tx, service, step.promotion()).await?;
    }
    let passed = step.placement().is_some() && step.promotion().emergency.is_some();
    // What a rollback ends, ends by itself.
    let passed = passed && !step.promotion().is_rollback();
    let promotion = step.into_promotion();
    if promotion.is_sending() && promotion.is_rollback() {
        // What is under way elsewhere for an earlier one would be there first, and the rollback would be in vain.
        let earlier = |other: &Promotion| other.number < promotion.number;
        supersede(tx, service, (who, &scene), &promotion, earlier).await?;
    }
    // A pin stands beside the contest for the bucket.
    if promotion.is_open() || promotion.pin.is_some() {
        return Ok(promotion);
    }
    let (integration, to, now) = (promotion.integration, promotion.to.key, service.now());
    if passed {
        // What an emergency puts in place is newer than all that waits, whatever the stage says.
        supersede(tx, service, (who, &scene), &promotion, |_| true).await?;
    }
    // It may be the next one's turn, and an automatic stage may ask again for what it could not take.
    promotions::look_soon(tx, integration, to, now).await?;
    if let Some(workflow) = located.workflow(tx).await?
        && workflow.graph.stage(to).is_some_and(|stage| stage.automatic)
    {
        buckets::tell_again(tx, integration, &workflow.graph.before(to)).await?;
    }
    Ok(promotion)
}

/// Ends those of the promotions into the same bucket in favour of one, rollbacks apart.
async fn supersede(
    tx: &mut Tx,
    service: &Service,
    (who, scene): (EventActor, &Scene),
    promotion: &Promotion,
    which: impl Fn(&Promotion) -> bool,
) -> Result<(), Error> {
    let now = service.now();
    let waiting = promotions::waiting_for(tx, promotion.integration, promotion.to.key).await?;
    for other in waiting.into_iter().filter(|other| !other.is_rollback() && which(other)) {
        if let Some(step) = other.supersede(promotion.number, now) {
            keep(tx, &step, now).await?;
            for change in step.changes() {
                tx.tell(service.event(who, scene.clone(), change.clone()));
            }
        }
    }
    Ok(())
}

/// Saves a step, and begins or ends with it what the promotion does elsewhere.
async fn keep(tx: &mut Tx, step: &Transition, now: Time) -> Result<(), Error> {
    promotions::save(tx, step).await?;
    let promotion = step.promotion();
    if promotion.is_sending() {
        outside_steps::begin(tx, promotion.id, now).await?;
    } else if promotion.version > 1 {
        outside_steps::end(tx, promotion.id).await?;
    }
    Ok(())
}

/// Makes a promotion's build current. No bytes are copied; the tag comes along where it is free, and where it is not, the
/// build goes by its digest there. Its signatures and whatever else was said of it come along, too.
async fn apply(
    tx: &mut Tx,
    service: &Service,
    by: Placer,
    bucket: &Bucket,
    promotion: &Promotion,
    id: PlacementId,
) -> Result<(), Error> {
    let now = service.now();
    let repository = Repository { integration: promotion.integration, bucket: Some(promotion.to.key) };
    let tag = name_in(tx, (repository, &promotion.to.slug), &promotion.tag, &promotion.digest, now).await?;
    let from = Repository { bucket: Some(promotion.from.key), ..repository };
    images::follow(tx, from, repository, &promotion.digest, now).await?;
    let cause = Cause::Promotion { promotion: promotion.id, automatic: promotion.automatic };
    let placement = Placement { id, build: promotion.build, tag, cause, by, at: now };
    Ok(buckets::place(tx, bucket, &placement, Some(promotion.reason.as_str())).await?)
}

/// Makes what a rollback goes back to current again, by the name that it had there.
async fn take_back(
    tx: &mut Tx,
    service: &Service,
    by: Placer,
    located: &Located,
    bucket: &Bucket,
    promotion: &Promotion,
    id: PlacementId,
) -> Result<(), Error> {
    let (build, tag, at) = (promotion.build, promotion.tag.clone(), service.now());
    let placement = Placement { id, build, tag, cause: Cause::Rollback, by, at };
    let slot = slot_of(tx, promotion.to.key).await?;
    crate::buckets::place_back(tx, (located, &slot), bucket, &placement, &promotion.reason).await
}
