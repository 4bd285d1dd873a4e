//! Outside steps: what promotions do in a registry elsewhere, for those who configure a project. `working` does it.

mod copying;
mod working;

pub use working::{claim, work};

use crate::projects::in_use;
use crate::{Error, Service, allow, explain, registries, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::{BucketKey, Slot};
use towpath_domain::ids::IntegrationId;
use towpath_domain::outside_steps::{Does, OutsideStep, OutsideStepsView, StepForm};
use towpath_domain::timeline::Change;
use towpath_store::{Conn, Tx, outside_steps};

/// Whether promotions into a bucket do something elsewhere.
pub(crate) async fn is_set(
    conn: &mut Conn,
    integration: IntegrationId,
    bucket: BucketKey,
) -> Result<bool, Error> {
    Ok(outside_steps::of_bucket(conn, integration, bucket).await? != Does::Record)
}

/// The outside steps of an integration.
pub async fn view(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
) -> Result<OutsideStepsView, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    let permitted = explain(actor, Action::Configure, &Target::project(located.project.id));
    Ok(OutsideStepsView {
        steps: outside_steps::list(&mut conn, located.integration.id).await?,
        slots: located.slots(&mut conn).await?.into_iter().map(|slot| slot.slug).collect(),
        registries: registries::usable(&mut conn, located.project.id).await?,
        may_configure: in_use(&located.project, permitted),
        project: located.project,
        integration: located.integration,
    })
}

/// Sets what the promotions into a bucket do, or into every other one. What waits goes by it once its gates pass.
pub async fn set(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
    form: StepForm,
) -> Result<OutsideStep, Error> {
    let located = scenes::integration(&mut service.read().await?, actor, project, integration).await?;
    allow(actor, Action::Configure, &Target::project(located.project.id))?;
    let (clerk, who) = (service.clone(), Service::event_actor(actor));
    let set = async move |tx: &mut Tx| {
        scenes::check_in_use(tx, located.project.id).await?;
        let id = located.integration.id;
        let usable = registries::usable(tx, located.project.id).await?;
        let slots = located.slots(tx).await?;
        let (slot, does) = form.check(&located.project.slug, &slots, &usable)?;
        let key = slot.as_ref().map(|slot| slot.key);
        let before = outside_steps::find(tx, id, key).await?.map(|step| step.does);
        let bucket = slot.map(|slot| slot.slug);
        if before.as_ref() != Some(&does) {
            outside_steps::set(tx, id, key, &does).await?;
            let change = Change::OutsideStepSet {
                into: bucket.clone(),
                before: before.as_ref().map(Does::words),
                after: does.words(),
            };
            tx.tell(clerk.event(who, located.scene(), change));
        }
        Ok::<_, Error>(OutsideStep { bucket, does })
    };
    service.db().write(set).await
}

/// Takes the step of a bucket away, or that of every other one.
pub async fn remove(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
    bucket: &str,
) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    allow(actor, Action::Configure, &Target::project(located.project.id))?;
    let slot: Option<Slot> = match bucket {
        "" => None,
        slug => Some(located.slot(&mut conn, slug).await?),
    };
    drop(conn);
    let (clerk, who) = (service.clone(), Service::event_actor(actor));
    let remove = async move |tx: &mut Tx| {
        scenes::check_in_use(tx, located.project.id).await?;
        let (id, key) = (located.integration.id, slot.as_ref().map(|slot| slot.key));
        let missing = || Error::not_found("This outside step");
        let step = outside_steps::find(tx, id, key).await?.ok_or_else(missing)?;
        outside_steps::remove(tx, id, key).await?;
        let change = Change::OutsideStepRemoved { into: step.bucket, before: step.does.words() };
        tx.tell(clerk.event(who, located.scene(), change));
        Ok::<_, Error>(())
    };
    service.db().write(remove).await
}
