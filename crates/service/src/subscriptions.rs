//! Subscriptions: addresses elsewhere to which events are sent, for those who configure a project or the installation.
//! `sending` sends.

mod sending;
mod signing;

pub use sending::{Sender, claim, drain, queue, sweep};

use crate::{Error, Service, allow, scenes};
use sending::Sent;
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::buckets::BucketKind;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{DeliveryId, PersonId, SubscriptionId};
use towpath_domain::integrations::Integration;
use towpath_domain::projects::Project;
use towpath_domain::slugs::Slug;
use towpath_domain::subscriptions::{
    Delivery, NewSubscription, Subscription, SubscriptionForm, SubscriptionView, SubscriptionsView, shown,
};
use towpath_domain::timeline::{Change, EventActor, Named, Scene};
use towpath_store::subscriptions::{Keys, Stored};
use towpath_store::{Conn, Tx, environments, integrations, streams, subscriptions, timeline};

/// How many deliveries a page shows.
pub const PAGE: i64 = 25;
/// Why one is disabled whose maker may not act any more.
const MAKER_GONE: &str = "Whoever made it was deactivated. If its address is still yours, enable it.";
/// How many subscriptions a project may have, and the installation.
const MOST: usize = 50;

/// Those of a project or, with an empty name, of the installation.
pub async fn list(service: &Service, actor: &Actor, project: &str) -> Result<SubscriptionsView, Error> {
    let mut conn = service.read().await?;
    let project = owner(&mut conn, actor, project).await?;
    let found = subscriptions::list(&mut conn, project.as_ref().map(|project| project.id)).await?;
    let (integrations, stages) = narrower(&mut conn, project.as_ref()).await?;
    let ids: Vec<SubscriptionId> = found.iter().map(|stored| stored.subscription.id).collect();
    Ok(SubscriptionsView {
        failing: subscriptions::failing(&mut conn, &ids).await?,
        project,
        subscriptions: found.into_iter().map(|stored| stored.subscription).collect(),
        integrations,
        stages,
        now: service.now(),
    })
}

/// Whose subscriptions they are, for someone who may configure that.
async fn owner(conn: &mut Conn, actor: &Actor, project: &str) -> Result<Option<Project>, Error> {
    if project.is_empty() {
        allow(actor, Action::Configure, &Target::installation())?;
        return Ok(None);
    }
    let project = scenes::project(conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    Ok(Some(project))
}

/// The integrations and the stages that a subscription can be narrowed to.
async fn narrower(conn: &mut Conn, project: Option<&Project>) -> Result<(Vec<Slug>, Vec<Slug>), Error> {
    let stages = stages(conn, project, None).await?;
    let Some(project) = project else { return Ok((Vec::new(), stages)) };
    let integrations = integrations::list(conn, project.id, "", i64::MAX).await?;
    Ok((integrations.into_iter().map(|integration| integration.slug).collect(), stages))
}

/// The buckets in which something can happen that is sent: of an integration, of all of a project, or of everything.
async fn stages(
    conn: &mut Conn,
    project: Option<&Project>,
    integration: Option<&Integration>,
) -> Result<Vec<Slug>, Error> {
    let mut stages: Vec<Slug> = Vec::new();
    match (project, integration) {
        (Some(project), Some(integration)) => {
            let slots = scenes::slots(conn, project.id, integration.kind).await?;
            stages.extend(slots.into_iter().map(|slot| slot.slug));
        }
        (Some(project), None) => {
            let own = integrations::list(conn, project.id, "", i64::MAX).await?;
            // Where there is none yet, either kind may come.
            let has = |kind: BucketKind| own.is_empty() || own.iter().any(|known| known.kind == kind);
            for kind in BucketKind::ALL.into_iter().filter(|kind| has(*kind)) {
                stages.extend(scenes::slots(conn, project.id, kind).await?.into_iter().map(|slot| slot.slug));
            }
        }
        (None, _) => {
            stages.extend(streams::list(conn).await?.into_iter().map(|stream| stream.slug));
            stages.extend(environments::list_all(conn).await?.into_iter().map(|own| own.slug));
        }
    }
    stages.sort_unstable();
    stages.dedup();
    Ok(stages)
}

/// A subscription with a page of what was sent to it, from before a delivery.
pub async fn view(
    service: &Service,
    actor: &Actor,
    id: SubscriptionId,
    before: Option<DeliveryId>,
    limit: i64,
) -> Result<SubscriptionView, Error> {
    let mut conn = service.read().await?;
    let stored = find(&mut conn, actor, id).await?;
    let mut deliveries = subscriptions::deliveries(&mut conn, id, before, limit + 1).await?;
    let more = i64::try_from(deliveries.len()).is_ok_and(|count| count > limit);
    if more {
        deliveries.pop();
    }
    Ok(SubscriptionView {
        older: deliveries.last().map(|last| last.id).filter(|_| more),
        deliveries,
        waiting: subscriptions::waiting(&mut conn, id).await?,
        subscription: stored.subscription,
        now: service.now(),
    })
}

/// The subscription, for someone who may configure what it belongs to.
async fn find(conn: &mut Conn, actor: &Actor, id: SubscriptionId) -> Result<Stored, Error> {
    let missing = || Error::not_found("This subscription");
    let stored = subscriptions::find(conn, id).await?.ok_or_else(missing)?;
    let target = stored.project.map_or_else(Target::installation, Target::project);
    // Who sees the project learns what is missing; anybody else, nothing.
    allow(actor, Action::View, &target).map_err(|_| missing())?;
    allow(actor, Action::Configure, &target)?;
    Ok(stored)
}

/// Subscribes an address to the events of a project or, with an empty name, of the installation. The secret that signs,
/// where receivers need one, is in this answer and nowhere else.
pub async fn create(
    service: &Service,
    actor: &Actor,
    project: &str,
    form: SubscriptionForm,
) -> Result<(Subscription, Option<String>), Error> {
    let mut conn = service.read().await?;
    let owner = owner(&mut conn, actor, project).await?;
    let new = form.check()?;
    let integration = find_integration(&mut conn, owner.as_ref(), &new.integration).await?;
    if let Some(stage) = &new.stage
        && !stages(&mut conn, owner.as_ref(), integration.as_ref()).await?.contains(stage)
    {
        let words =
            format!("Nothing is ever sent: no integration that this is about has a bucket “{stage}”.");
        return Err(Invalid::field("stage", words).into());
    }
    drop(conn);
    service.0.sender.judge(&new.address)?;
    let id: SubscriptionId = service.id();
    let key = new.signing.map(|signing| signing::draw(service, id, signing)).transpose()?;
    let (secret, public, shown) =
        key.map_or((None, None, None), |key| (Some(key.secret), key.public, key.shown));
    let stored = Stored {
        address: service.seal(&signing::place(id), new.address.as_bytes()),
        project: owner.as_ref().map(|project| project.id),
        integration: integration.as_ref().map(|known| known.id),
        keys: Keys { secret, former: None, public: public.clone() },
        since: 0,
        subscription: described(
            service,
            id,
            (owner.as_ref(), integration.map(|known| known.slug), public),
            new,
        ),
    };
    let subscription = stored.subscription.clone();
    let change = Change::SubscriptionMade {
        subscription: id,
        title: subscription.title.to_string(),
        to: subscription.shown.clone(),
    };
    let event = service.event(Service::event_actor(actor), scene(&stored), change);
    let by = actor.person();
    let save = async move |tx: &mut Tx| {
        if let Some(project) = stored.project {
            scenes::check_in_use(tx, project).await?;
        }
        if subscriptions::list(tx, stored.project).await?.len() >= MOST {
            let words =
                format!("There are {MOST} subscriptions here already. Delete one that is not needed.");
            return Err(Error::Conflict(words));
        }
        let since = timeline::size(tx).await?;
        subscriptions::insert(tx, &Stored { since, ..stored }, by).await?;
        tx.tell(event);
        Ok(())
    };
    service.db().write(save).await?;
    Ok((subscription, shown))
}

fn described(
    service: &Service,
    id: SubscriptionId,
    (owner, integration, public_key): (Option<&Project>, Option<Slug>, Option<String>),
    new: NewSubscription,
) -> Subscription {
    Subscription {
        id,
        project: owner.map(|project| project.slug.clone()),
        shown: shown(&new.address),
        title: new.title,
        format: new.format,
        signing: new.signing,
        public_key,
        kinds: new.kinds,
        integration,
        stage: new.stage,
        created_at: service.now(),
        disabled: None,
    }
}

async fn find_integration(
    conn: &mut Conn,
    owner: Option<&Project>,
    slug: &str,
) -> Result<Option<Integration>, Error> {
    let wrong = |message: &str| Invalid::field("integration", message).into();
    match owner {
        _ if slug.is_empty() => Ok(None),
        None => Err(wrong("Subscribe in the project of the integration, not in the installation.")),
        Some(project) => {
            let unknown = || wrong("Choose an integration of the project.");
            let slug = Slug::parse(slug).map_err(|_| unknown())?;
            Ok(Some(integrations::find(conn, project.id, &slug).await?.ok_or_else(unknown)?))
        }
    }
}

/// Where what happens to a subscription is told.
fn scene(stored: &Stored) -> Scene {
    let project = stored.project.zip(stored.subscription.project.clone());
    Scene { project: project.map(|(id, slug)| Named { id, slug }), ..Scene::default() }
}

/// Deletes a subscription with the log of what was sent to it.
pub async fn delete(service: &Service, actor: &Actor, id: SubscriptionId) -> Result<(), Error> {
    let stored = find(&mut service.read().await?, actor, id).await?;
    let title = stored.subscription.title.to_string();
    let event = service.event(
        Service::event_actor(actor),
        scene(&stored),
        Change::SubscriptionDeleted { subscription: id, title },
    );
    let delete = async move |tx: &mut Tx| {
        if !subscriptions::delete(tx, id).await? {
            return Err(Error::not_found("This subscription"));
        }
        tx.tell(event);
        Ok(())
    };
    service.db().write(delete).await
}

/// Puts a new key in force. The one before signs beside it for a day. The secret, where receivers need one, is in this
/// answer and nowhere else.
pub async fn rotate(
    service: &Service,
    actor: &Actor,
    id: SubscriptionId,
) -> Result<(Subscription, Option<String>), Error> {
    let stored = find(&mut service.read().await?, actor, id).await?;
    let signing = stored.subscription.signing.ok_or_else(|| {
        Error::Refused(format!(
            "Messages for {} are not signed, so there is no key.",
            stored.subscription.format
        ))
    })?;
    let key = signing::draw(service, id, signing)?;
    let change =
        Change::SubscriptionRotated { subscription: id, title: stored.subscription.title.to_string() };
    let event = service.event(Service::event_actor(actor), scene(&stored), change);
    let (now, shown) = (service.now(), key.shown.clone());
    let rotate = async move |tx: &mut Tx| {
        let missing = || Error::not_found("This subscription");
        let before = subscriptions::find(tx, id).await?.ok_or_else(missing)?;
        subscriptions::rotate(tx, id, &signing::rotated(before.keys, &key, now)).await?;
        tx.tell(event);
        Ok::<_, Error>(subscriptions::find(tx, id).await?.ok_or_else(missing)?.subscription)
    };
    Ok((service.db().write(rotate).await?, shown))
}

/// Sends events to a subscription again: those that wait, and what happens from now on.
pub async fn enable(service: &Service, actor: &Actor, id: SubscriptionId) -> Result<(), Error> {
    let stored = find(&mut service.read().await?, actor, id).await?;
    let change =
        Change::SubscriptionEnabled { subscription: id, title: stored.subscription.title.to_string() };
    let event = service.event(Service::event_actor(actor), scene(&stored), change);
    let enable = async move |tx: &mut Tx| {
        let since = timeline::size(tx).await?;
        if !subscriptions::enable(tx, id, since).await? {
            return Err(Error::Conflict("This subscription is enabled already.".to_owned()));
        }
        tx.tell(event);
        Ok(())
    };
    service.db().write(enable).await
}

/// Ends what is sent to a subscription, in the name of the server.
async fn disable(service: &Service, stored: &Stored, because: &str) -> Result<(), Error> {
    let (writer, stored, because) = (service.clone(), stored.clone(), because.to_owned());
    let disable =
        async move |tx: &mut Tx| disable_in(&writer, tx, &stored, (EventActor::System, &because)).await;
    service.db().write(disable).await
}

/// Ends what is sent to the subscriptions of someone who may not act any more: the addresses may be theirs. Whoever configures
/// the project can enable them again.
pub(crate) async fn disable_of(
    service: &Service,
    tx: &mut Tx,
    person: PersonId,
    by: EventActor,
) -> Result<(), Error> {
    for stored in subscriptions::active_of(tx, person).await? {
        disable_in(service, tx, &stored, (by, MAKER_GONE)).await?;
    }
    Ok(())
}

async fn disable_in(
    service: &Service,
    tx: &mut Tx,
    stored: &Stored,
    (by, because): (EventActor, &str),
) -> Result<(), Error> {
    let (subscription, title) = (stored.subscription.id, stored.subscription.title.to_string());
    if subscriptions::disable(tx, subscription, service.now(), because).await? {
        let change = Change::SubscriptionDisabled { subscription, title, because: because.to_owned() };
        tx.tell(service.event(by, scene(stored), change));
    }
    Ok(())
}

/// Sends a message that tells of nothing, at once, and answers what became of it. Works while it is disabled, too.
pub async fn test(service: &Service, actor: &Actor, id: SubscriptionId) -> Result<Delivery, Error> {
    let stored = find(&mut service.read().await?, actor, id).await?;
    service.0.limits.try_subscription(id, service.now())?;
    let delivery: DeliveryId = service.id();
    sending::send_now(service, &stored, Sent::Test { delivery, by: actor.person() }).await?;
    load(service, id, delivery).await
}

/// Sends something once more, at once and in whatever order, under the id that it had.
pub async fn replay(
    service: &Service,
    actor: &Actor,
    id: SubscriptionId,
    delivery: DeliveryId,
) -> Result<Delivery, Error> {
    let stored = find(&mut service.read().await?, actor, id).await?;
    let known = load(service, id, delivery).await?;
    service.0.limits.try_subscription(id, service.now())?;
    let sent = match known.seq {
        Some(seq) => Sent::Event { delivery, seq, state: known.state, due_at: known.due_at },
        None => Sent::Test { delivery: service.id(), by: actor.person() },
    };
    sending::send_now(service, &stored, sent).await?;
    load(service, id, sent.delivery()).await
}

async fn load(service: &Service, id: SubscriptionId, delivery: DeliveryId) -> Result<Delivery, Error> {
    let found = subscriptions::delivery(&mut service.read().await?, delivery).await?;
    let own = found.filter(|(subscription, _)| *subscription == id);
    own.map(|(_, delivery)| delivery).ok_or_else(|| Error::not_found("This delivery"))
}
