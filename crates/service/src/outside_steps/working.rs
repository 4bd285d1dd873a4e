//! What is under way elsewhere: each taken by one server at a time, begun again by another where that one went away, and
//! tried a few times before the promotion fails.

use super::copying::{Meter, Trouble, Work};
use crate::promotions::{not_sent, sent, still_passes};
use crate::registries::aside;
use crate::{Error, Service};
use std::time::Duration;
use towpath_domain::ids::PromotionId;
use towpath_domain::outside_steps::pause;
use towpath_domain::promotions::Promotion;
use towpath_store::outside_steps::{self as store, Due};
use towpath_store::{Tx, promotions};

/// For how many seconds a server has something for itself without a sign of life.
const LEASE: i64 = 60;
/// How often it gives one, with how far it is.
const SIGN_OF_LIFE: Duration = Duration::from_secs(3);
/// The longest cause that is kept, in characters.
const LONGEST: usize = 1_000;

/// Takes what is due for this server, up to so many.
pub async fn claim(service: &Service, most: usize) -> Result<Vec<Due>, Error> {
    let (now, most) = (service.now(), i64::try_from(most).unwrap_or(i64::MAX));
    let due = store::due(&mut service.read().await?, now, most).await?;
    if due.is_empty() {
        return Ok(due);
    }
    let claim = async move |tx: &mut Tx| {
        let mut claimed = Vec::new();
        for one in due {
            if store::claim(tx, one.promotion, now, now.plus_seconds(LEASE)).await? {
                claimed.push(one);
            }
        }
        Ok(claimed)
    };
    service.db().write(claim).await
}

/// Does what was claimed, and applies the promotion; or lets it be tried again, or fail.
///
/// # Errors
/// Those of this server. It is left alone then until its lease is over.
pub async fn work(service: &Service, due: Due) -> Result<(), Error> {
    let id = due.promotion;
    let Some(promotion) = promotions::of_ids(&mut service.read().await?, &[id]).await?.pop() else {
        return Ok(());
    };
    let meter = Meter::default();
    let (worker, counted) = (service.clone(), meter.clone());
    let done = tokio::select! {
        done = aside(move || async move { carry_out(&worker, &promotion, &counted).await }) => done?,
        // Somebody took it back, or it ended otherwise.
        kept = stay(service, id, &meter) => return kept,
    };
    match done {
        Ok(()) => sent(service, id).await,
        Err(trouble) => put_off(service, due, trouble).await,
    }
}

/// Brings the image there first, which changes nothing for whoever pulls there. Its names come last, and only where the
/// gates still pass: between that look and the last one lie a few requests.
async fn carry_out(service: &Service, promotion: &Promotion, meter: &Meter) -> Result<(), Trouble> {
    let Some(work) = Work::find(service, promotion).await? else { return Ok(()) };
    let manifest = work.bring(service, promotion, meter).await?;
    if still_passes(service, promotion.id).await? {
        work.name(&manifest).await?;
    }
    Ok(())
}

/// Gives signs of life until it is over.
async fn stay(service: &Service, id: PromotionId, meter: &Meter) -> Result<(), Error> {
    loop {
        tokio::time::sleep(SIGN_OF_LIFE).await;
        let (until, far) = (service.now().plus_seconds(LEASE), meter.read());
        let kept =
            service.db().write(async move |tx| Ok::<_, Error>(store::renew(tx, id, until, far).await?));
        if !kept.await? {
            return Ok(());
        }
    }
}

async fn put_off(service: &Service, due: Due, trouble: Trouble) -> Result<(), Error> {
    let [dice] = service.random();
    let (words, again) = match trouble {
        Trouble::Passing(words) => (words, pause(due.tries + 1, dice)),
        Trouble::Lasting(words) => (words, None),
    };
    let words: String = words.replace('\0', "\u{fffd}").chars().take(LONGEST).collect();
    let Some(seconds) = again else { return not_sent(service, due.promotion, words).await };
    let at = service.now().plus_seconds(seconds);
    service.db().write(async move |tx| Ok(store::fail(tx, due.promotion, &words, at).await?)).await
}
