//! People's words on a promotion: deciding, taking back, passing its gates, reviewing that.

use super::found::{Found, Known};
use crate::{Error, Service};
use towpath_domain::access::{Actor, Target};
use towpath_domain::confirmations::Guarded;
use towpath_domain::digests::Digest;
use towpath_domain::forms::Invalid;
use towpath_domain::promotions::{Choice, Decision, PassRefused, Promotion};
use towpath_domain::words::Reason;

/// A decision on a promotion, as a form or a request gives it.
#[derive(Debug, Clone)]
pub struct Decide {
    pub project: String,
    pub number: i64,
    pub choice: Choice,
    pub comment: String,
    /// The digest that the person looked at.
    pub digest: String,
    /// The address of the person in whose name it is. Where it is empty, it is one's own, if one may; else that of the first
    /// who handed their decisions over and whose name counts.
    pub in_name_of: String,
}

/// Takes a person's decision. The last approval that is needed applies the promotion in this moment.
pub async fn decide(service: &Service, actor: &Actor, wish: Decide) -> Result<Promotion, Error> {
    let found = Found::find(service, actor, &wish.project, wish.number).await?;
    let comment = match wish.comment.trim() {
        "" if wish.choice == Choice::Reject => {
            return Err(Invalid::field("comment", "Say why you reject it.").into());
        }
        "" => None,
        text => Some(Reason::parse(text).map_err(|error| Invalid::field("comment", error))?),
    };
    let digest = Digest::parse(&wish.digest).map_err(|error| Invalid::field("digest", error))?;
    let (choice, at, name) = (wish.choice, service.now(), wish.in_name_of);
    let guard = service.clone();
    let step = move |promotion: Promotion, actor: &Actor, place: &Target, known: Known| {
        let voice = known.voice(&promotion, actor, place, &name)?;
        if choice == Choice::Approve {
            known.check_news(&promotion)?;
            // Who may not decide is told so, whatever else.
            promotion.may_decide(voice, place)?;
            guard.check_fresh(actor, Guarded::Deciding { production: place.production })?;
            if let Some(because) = promotion.lapsed(&known.standing) {
                return promotion.lapse(because, at).ok_or_else(|| Error::not_found("The promotion"));
            }
        }
        let (person, by, roles) = (voice.person(), voice.by(), voice.roles(place));
        let decision = Decision { person, by, choice, comment, digest, roles, at };
        promotion.decide(voice, place, decision, &known.circumstances, known.placement).map_err(Error::from)
    };
    found.take(service, actor, step).await
}

/// Takes a waiting promotion back.
pub async fn cancel(
    service: &Service,
    actor: &Actor,
    project: &str,
    number: i64,
    reason: &str,
) -> Result<Promotion, Error> {
    let found = Found::find(service, actor, project, number).await?;
    let reason = match reason.trim() {
        "" => None,
        text => Some(Reason::parse(text).map_err(|error| Invalid::field("reason", error))?),
    };
    let now = service.now();
    let step = move |promotion: Promotion, actor: &Actor, place: &Target, _| {
        promotion.cancel(actor, place, reason.as_ref(), now).map_err(Error::from)
    };
    found.take(service, actor, step).await
}

/// A wish to apply a promotion that is ready.
#[derive(Debug, Clone)]
pub struct Apply {
    pub project: String,
    pub number: i64,
    /// The digest that the person looked at.
    pub digest: String,
}

/// Applies a promotion that is ready and waits for a hand. Its gates are judged again: one that does not pass any more lets
/// it wait, which the answer tells.
pub async fn apply(service: &Service, actor: &Actor, wish: Apply) -> Result<Promotion, Error> {
    let found = Found::find(service, actor, &wish.project, wish.number).await?;
    let digest = Digest::parse(&wish.digest).map_err(|error| Invalid::field("digest", error))?;
    let now = service.now();
    let step = move |promotion: Promotion, actor: &Actor, place: &Target, known: Known| {
        // Who may not apply it is told so, whatever else.
        promotion.may_apply(actor, place)?;
        known.check_news(&promotion)?;
        if let Some(because) = promotion.lapsed(&known.standing) {
            return promotion.lapse(because, now).ok_or_else(|| Error::not_found("The promotion"));
        }
        let Known { placement, circumstances, .. } = known;
        let step = promotion.apply_by_hand(actor, place, &digest, &circumstances, placement, now);
        step.map_err(Error::from)
    };
    found.take(service, actor, step).await
}

/// A wish to pass the gates of a waiting promotion in an emergency.
#[derive(Debug, Clone)]
pub struct Pass {
    pub project: String,
    pub number: i64,
    pub reason: String,
    /// The digest that the person looked at.
    pub digest: String,
}

/// Applies a waiting promotion past its gates, which is marked for ever and reviewed later.
pub async fn pass(service: &Service, actor: &Actor, wish: Pass) -> Result<Promotion, Error> {
    let found = Found::find(service, actor, &wish.project, wish.number).await?;
    let reason = Reason::parse(&wish.reason).map_err(|error| Invalid::field("reason", error))?;
    let digest = Digest::parse(&wish.digest).map_err(|error| Invalid::field("digest", error))?;
    let (guard, now) = (service.clone(), service.now());
    let step = move |promotion: Promotion, actor: &Actor, place: &Target, known: Known| {
        promotion.may_pass(actor, place, &known.circumstances, now)?;
        guard.check_fresh(actor, Guarded::Deciding { production: place.production })?;
        if promotion.digest != digest {
            return Err(PassRefused::OtherDigest.into());
        }
        known.check_news(&promotion)?;
        let Known { placement, circumstances, .. } = known;
        promotion.pass_in_emergency(actor, place, reason, &circumstances, placement, now).map_err(Error::from)
    };
    found.take(service, actor, step).await
}

/// Takes a second person's word on an emergency.
pub async fn review(
    service: &Service,
    actor: &Actor,
    project: &str,
    number: i64,
    comment: &str,
) -> Result<Promotion, Error> {
    let found = Found::find(service, actor, project, number).await?;
    let comment = Reason::parse(comment).map_err(|error| Invalid::field("comment", error))?;
    let now = service.now();
    let step = move |promotion: Promotion, actor: &Actor, place: &Target, _| {
        promotion.review(actor, place, comment, now).map_err(Error::from)
    };
    found.take(service, actor, step).await
}
