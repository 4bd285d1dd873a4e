//! What becomes of a promotion by what it does elsewhere, and trying again what failed there.

use super::found::{Found, Known, place};
use super::turns::{standing, turn};
use crate::scenes::{Located, slot_of};
use crate::{Error, Service, circumstances};
use towpath_domain::access::{Actor, Target};
use towpath_domain::ids::PromotionId;
use towpath_domain::promotions::Promotion;
use towpath_store::{buckets, promotions};

/// Applies a promotion after what it does elsewhere has succeeded, unless its gates do not pass any more.
pub(crate) async fn sent(service: &Service, id: PromotionId) -> Result<(), Error> {
    let applied = turn(service, id, |promotion, scene| {
        promotion.sent(&scene.standing, &scene.circumstances, scene.placement, scene.now)
    });
    applied.await.map(drop)
}

/// Lets a promotion fail after what it does elsewhere has not succeeded.
pub(crate) async fn not_sent(service: &Service, id: PromotionId, because: String) -> Result<(), Error> {
    turn(service, id, |promotion, scene| promotion.not_sent(because, scene.now)).await.map(drop)
}

/// Whether a promotion would be applied now, if what it does elsewhere had succeeded.
pub(crate) async fn still_passes(service: &Service, id: PromotionId) -> Result<bool, Error> {
    let (mut conn, now) = (service.read().await?, service.now());
    let Some(promotion) = promotions::of_ids(&mut conn, &[id]).await?.pop() else { return Ok(false) };
    let Some(bucket) = buckets::find(&mut conn, promotion.integration, promotion.to.key).await? else {
        return Ok(false);
    };
    let integration = towpath_store::integrations::load(&mut conn, promotion.integration).await?;
    let project = towpath_store::projects::load(&mut conn, integration.project).await?;
    let located = Located { project, integration };
    let slot = slot_of(&mut conn, promotion.to.key).await?;
    let place = place(&located, &slot, &promotion);
    let circumstances = circumstances::of_promotion(&mut conn, &promotion, now).await?;
    let target = standing(&mut conn, (&promotion, &place), &bucket, now).await?;
    let step = promotion.sent(&target, &circumstances, bucket.next(service.id()), now);
    Ok(step.is_some_and(|step| step.placement().is_some()))
}

/// Lets a promotion try again what failed elsewhere. Its gates are judged again first: one that does not pass any more lets
/// it wait, which the answer tells.
pub async fn retry(service: &Service, actor: &Actor, project: &str, number: i64) -> Result<Promotion, Error> {
    let found = Found::find(service, actor, project, number).await?;
    let now = service.now();
    let step = move |promotion: Promotion, actor: &Actor, place: &Target, known: Known| {
        // Who may not is told so, whatever else.
        promotion.may_retry(actor, place)?;
        known.check_news(&promotion)?;
        if let Some(because) = promotion.lapsed(&known.standing) {
            return promotion.lapse(because, now).ok_or_else(|| Error::not_found("The promotion"));
        }
        let Known { placement, circumstances, .. } = known;
        promotion.retry(actor, place, &circumstances, placement, now).map_err(Error::from)
    };
    found.take(service, actor, step).await
}
