//! Confirming that it is still oneself: the ways to do it, and the password's. A provider's is in `providers`.

use crate::providers::connections;
use crate::sessions::in_person;
use crate::{Error, Service};
use std::net::IpAddr;
use towpath_domain::access::Actor;
use towpath_domain::confirmations::{ConfirmationView, Guarded};
use towpath_domain::people::Person;
use towpath_domain::providers::Refused;
use towpath_domain::timeline::{Change, Scene};
use towpath_domain::times::Time;
use towpath_store::{people, providers};

impl Service {
    /// The policy at the door of what is guarded: whether who acts has proved lately enough who they are. It is asked after
    /// [`allow`](crate::allow), so that who may not is told that first.
    pub(crate) fn check_fresh(&self, actor: &Actor, act: Guarded) -> Result<(), Error> {
        Ok(self.0.freshness.check(actor, act, self.now())?)
    }
}

/// By what who asks can confirm that it is them. `refused` names why a provider's answer did not, as an address tells it.
pub async fn view(service: &Service, actor: &Actor, refused: &str) -> Result<ConfirmationView, Error> {
    in_person(actor)?;
    let mut conn = service.read().await?;
    let connected = providers::connected(&mut conn, actor.person()).await?;
    let connected = connections(service, &connected).into_iter();
    Ok(ConfirmationView {
        person: people::load(&mut conn, actor.person()).await?,
        password: service.0.providers.passwords() && people::has_password(&mut conn, actor.person()).await?,
        providers: connected.filter_map(|(provider, since)| since.map(|_| provider)).collect(),
        refused: Refused::parse(refused).map(|why| why.to_string()),
    })
}

/// Confirms by the password that who asks is whom the session says, and tells when that was. Tries count as those of signing
/// in do.
pub async fn confirm(
    service: &Service,
    actor: &Actor,
    password: String,
    from: IpAddr,
) -> Result<Time, Error> {
    in_person(actor)?;
    let person = people::load(&mut service.read().await?, actor.person()).await?;
    check_password(service, &person, password, from, "password").await?;
    let change = Change::PresenceConfirmed { person: person.id, provider: None };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    let at = event.at;
    service
        .db()
        .write(async move |tx| {
            tx.tell(event);
            Ok::<_, Error>(at)
        })
        .await
}

/// Checks the password of someone who is signed in already, in this field of a form.
pub(crate) async fn check_password(
    service: &Service,
    person: &Person,
    password: String,
    from: IpAddr,
    field: &'static str,
) -> Result<(), Error> {
    if !service.0.providers.passwords() {
        return Err(Error::Refused("Passwords are not taken here. Confirm it by a provider.".to_owned()));
    }
    service.0.limits.sign_in(from, Some(&person.email), service.now())?;
    let found = people::find_password(&mut service.read().await?, &person.email).await?;
    if !service.0.passwords.verify(password, found.map(|(_, hash)| hash)).await? {
        return Err(Error::Password { field });
    }
    service.0.limits.signed_in(from, &person.email);
    Ok(())
}
