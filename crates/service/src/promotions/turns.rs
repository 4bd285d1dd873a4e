//! Turns: what waits is looked at again when time, or something else, has had its say.

use super::found::place;
use super::saving::save_as;
use crate::scenes::Located;
use crate::{Error, Service, circumstances};
use towpath_domain::access::{Actor, Identity, Target};
use towpath_domain::gates::Circumstances;
use towpath_domain::ids::{PlacementId, PromotionId};
use towpath_domain::placements::Cause;
use towpath_domain::promotions::{Promotion, Standing, Transition};
use towpath_domain::timeline::EventActor;
use towpath_domain::times::Time;
use towpath_store::buckets::Bucket;
use towpath_store::{Conn, access, buckets, promotions, tokens};

/// In how many seconds one is tried again that could not be looked at.
pub(super) const LATER: i64 = 600;
/// How many promotions are looked at again in one turn.
const TURN: i64 = 200;

/// Looks again at the waiting promotions that time has had its say in: applies what may enter now, and ends what
/// waits in vain. Answers how many have ended.
pub async fn look_again(service: &Service) -> Result<u64, Error> {
    let mut ended = 0;
    loop {
        let by_this = look_once(service).await?;
        ended += by_this;
        // What ends may let the next in a queue enter: that is not kept waiting, nor overtaken by an automatic stage.
        if by_this == 0 {
            return Ok(ended);
        }
    }
}

async fn look_once(service: &Service) -> Result<u64, Error> {
    let due = promotions::due(&mut service.read().await?, service.now(), TURN).await?;
    let mut ended = 0;
    for promotion in due {
        let (id, number) = (promotion.id, promotion.number);
        match take_turn(service, id).await {
            Ok(over) => ended += u64::from(over),
            // One that cannot be looked at keeps nobody from the others.
            Err(error) => {
                tracing::error!(number, %error, "a waiting promotion could not be looked at again");
                let later = service.now().plus_seconds(LATER);
                service.db().write(async move |tx| promotions::postpone(tx, id, later).await).await?;
            }
        }
    }
    Ok(ended)
}

/// Whether whoever asked for a promotion may still ask for it, by the same token if it was one.
async fn requester_may(
    conn: &mut Conn,
    promotion: &Promotion,
    target: &Target,
    now: Time,
) -> Result<bool, Error> {
    let scope = match promotion.requested_with {
        None => None,
        Some(id) => match tokens::load(conn, id).await? {
            Some(found) if found.token.revoked_at.is_none() && found.token.expires_at > now => {
                Some(found.scope)
            }
            _ => return Ok(false),
        },
    };
    let actor = Actor {
        identity: Identity::Person { person: promotion.requested_by },
        grants: access::grants(conn, promotion.requested_by).await?,
        scope,
        proven_at: None,
    };
    Ok(actor.may(promotion.action(), target))
}

/// How the bucket stands into which a promotion wants, and whether whoever asked for it may still ask.
pub(super) async fn standing(
    conn: &mut Conn,
    (promotion, place): (&Promotion, &Target),
    bucket: &Bucket,
    now: Time,
) -> Result<Standing, Error> {
    let current = bucket.current.as_ref();
    Ok(Standing {
        current: current.map(|placement| placement.build),
        placement: current.map(|placement| placement.id),
        paused: bucket.paused_at.is_some(),
        rolled_back: current.is_some_and(|placement| {
            matches!(placement.cause, Cause::Rollback) && placement.at >= promotion.requested_at
        }),
        requester_may: promotion.automatic || requester_may(conn, promotion, place, now).await?,
    })
}

/// What a step goes by that nobody takes.
pub(super) struct Scene {
    pub standing: Standing,
    pub circumstances: Circumstances,
    pub placement: PlacementId,
    pub now: Time,
}

/// Looks again at one; whether it has ended by that.
async fn take_turn(service: &Service, promotion: PromotionId) -> Result<bool, Error> {
    turn(service, promotion, |promotion, scene| {
        promotion.look_again(&scene.standing, &scene.circumstances, scene.placement, scene.now)
    })
    .await
}

/// Takes a step on a promotion in nobody's name, if there is one; whether it has ended by that.
pub(super) async fn turn(
    service: &Service,
    id: PromotionId,
    step: impl FnOnce(Promotion, &Scene) -> Option<Transition> + Send + 'static,
) -> Result<bool, Error> {
    let found = promotions::of_ids(&mut service.read().await?, &[id]).await?.pop();
    let Some(promotion) = found else { return Ok(false) };
    let writer = service.clone();
    service
        .db()
        .write(async move |tx| {
            let integration = towpath_store::integrations::load(tx, promotion.integration).await?;
            let project = towpath_store::projects::load(tx, integration.project).await?;
            let located = Located { project, integration };
            let bucket = buckets::lock(tx, promotion.integration, promotion.to.key, writer.id()).await?;
            let Some(promotion) = promotions::lock(tx, id).await? else { return Ok(false) };
            let now = writer.now();
            let circumstances = circumstances::of_promotion(tx, &promotion, now).await?;
            // It may have been archived since it was found to be due.
            located.project.check_in_use()?;
            let slot = crate::scenes::slot_of(tx, promotion.to.key).await?;
            let place = place(&located, &slot, &promotion);
            let standing = standing(tx, (&promotion, &place), &bucket, now).await?;
            let scene = Scene { standing, circumstances, placement: bucket.next(writer.id()), now };
            let Some(step) = step(promotion, &scene) else { return Ok(false) };
            let over = step.due().is_none();
            save_as(tx, &writer, EventActor::System, &located, &bucket, step).await?;
            Ok::<_, Error>(over)
        })
        .await
}
