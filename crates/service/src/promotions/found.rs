//! A promotion by its number, and the step that someone takes on it.

use super::saving::save;
use super::turns::standing;
use crate::scenes::Located;
use crate::{Error, Service, circumstances, delegations, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::Slot;
use towpath_domain::delegations::{Principal, Voice};
use towpath_domain::forms::Invalid;
use towpath_domain::gates::Circumstances;
use towpath_domain::ids::PlacementId;
use towpath_domain::promotions::{Promotion, RequestRefused, Standing, Transition};
use towpath_store::{buckets, promotions};

/// A promotion that who asks may see, with where it wants to go.
pub(crate) struct Found {
    pub promotion: Promotion,
    pub located: Located,
    pub slot: Slot,
    pub place: Target,
}

/// Where one must be permitted to act on a promotion: its bucket, or the one environment of a pin.
pub(super) fn place(located: &Located, slot: &Slot, promotion: &Promotion) -> Target {
    match &promotion.pin {
        Some(pin) => pin.place(promotion.integration, &slot.stream),
        None => located.slot_target(slot),
    }
}

impl Found {
    pub(crate) async fn find(
        service: &Service,
        actor: &Actor,
        project: &str,
        number: i64,
    ) -> Result<Self, Error> {
        let mut conn = service.read().await?;
        let project = scenes::project(&mut conn, actor, project).await?;
        let missing = || Error::not_found(format_args!("Promotion #{number} of {}", project.slug));
        let promotion = promotions::find(&mut conn, project.id, number).await?.ok_or_else(missing)?;
        let integration = towpath_store::integrations::load(&mut conn, promotion.integration).await?;
        let located = Located { project: project.clone(), integration };
        crate::allow(actor, Action::View, &located.target()).map_err(|_| missing())?;
        let slot = scenes::slot_of(&mut conn, promotion.to.key).await?;
        Ok(Self { place: place(&located, &slot, &promotion), slot, promotion, located })
    }

    /// The bucket itself, as a place.
    pub(crate) fn bucket(&self) -> Target {
        self.located.slot_target(&self.slot)
    }

    /// Takes a step on the promotion as it is by then: bucket first, then the promotion itself.
    pub(super) async fn take(
        self,
        service: &Service,
        actor: &Actor,
        step: impl FnOnce(Promotion, &Actor, &Target, Known) -> Result<Transition, Error> + Send + 'static,
    ) -> Result<Promotion, Error> {
        let (writer, actor) = (service.clone(), actor.clone());
        service
            .db()
            .write(async move |tx| {
                let Self { promotion, located, place, slot: _ } = self;
                scenes::check_in_use(tx, located.project.id).await?;
                if let Some(pin) = &promotion.pin {
                    scenes::check_in_use(tx, pin.project.id).await?;
                }
                let bucket = buckets::lock(tx, promotion.integration, promotion.to.key, writer.id()).await?;
                let now = promotions::lock(tx, promotion.id).await?;
                let now = now.ok_or_else(|| Error::not_found("The promotion"))?;
                let circumstances = circumstances::of_promotion(tx, &now, writer.now()).await?;
                let standing = standing(tx, (&now, &place), &bucket, writer.now()).await?;
                let placement = bucket.next(writer.id());
                let principals = delegations::principals(tx, &actor, writer.now()).await?;
                let known = Known { placement, circumstances, standing, principals };
                let step = step(now, &actor, &place, known)?;
                save(tx, &writer, &actor, &located, &bucket, step).await
            })
            .await
    }
}

/// What a step on a promotion goes by beside who takes it.
pub(super) struct Known {
    pub placement: PlacementId,
    pub circumstances: Circumstances,
    /// How the target stands.
    pub standing: Standing,
    /// Those for whom who acts decides.
    pub principals: Vec<Principal>,
}

impl Known {
    /// In whose name somebody decides: of the address that they give, else their own, else the first that counts.
    pub(super) fn voice<'a>(
        &'a self,
        promotion: &Promotion,
        actor: &'a Actor,
        place: &Target,
        name: &str,
    ) -> Result<Voice<'a>, Error> {
        let own = Voice::from(actor);
        // As addresses are kept.
        let name = name.trim().to_lowercase();
        let mut others =
            self.principals.iter().filter(|other| name.is_empty() || other.person.email.as_str() == name);
        let mut voices = others.clone().map(|principal| Voice::of(actor, principal));
        if name.is_empty() {
            let mut voices = std::iter::once(own).chain(voices);
            return Ok(voices.find(|voice| promotion.may_decide(*voice, place).is_ok()).unwrap_or(own));
        }
        let counts = voices.find(|voice| promotion.may_decide(*voice, place).is_ok());
        let first = counts.or_else(|| others.next().map(|principal| Voice::of(actor, principal)));
        let nobody = "Nobody of this address has handed you their decisions, or it is over.";
        first.ok_or_else(|| Invalid::field("in_name_of", nobody).into())
    }

    /// Refuses what would place a build where it is current already, as after a rollback to it.
    pub(super) fn check_news(&self, promotion: &Promotion) -> Result<(), Error> {
        let places = promotion.is_open() && promotion.pin.is_none();
        if places && self.standing.current == Some(promotion.build) {
            return Err(RequestRefused::AlreadyThere { to: promotion.to.slug.clone() }.into());
        }
        Ok(())
    }
}
