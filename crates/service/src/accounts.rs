//! One's own account: what its page shows, another name, a new password.

use crate::confirmations::check_password;
use crate::providers::connections;
use crate::sessions::{end_others_in, in_person, listed};
use crate::{Error, Service, delegations};
use std::net::IpAddr;
use towpath_domain::access::Actor;
use towpath_domain::accounts::{AccountView, NameForm, PasswordForm};
use towpath_domain::timeline::{Change, Personal, Scene};
use towpath_store::{people, providers};

/// The account of who asks. `current` is the secret id of the session that asks.
pub async fn view(service: &Service, actor: &Actor, current: &[u8]) -> Result<AccountView, Error> {
    in_person(actor)?;
    let mut conn = service.read().await?;
    let now = service.now();
    let connected = providers::connected(&mut conn, actor.person()).await?;
    Ok(AccountView {
        person: people::load(&mut conn, actor.person()).await?,
        has_password: service.0.providers.passwords()
            && people::has_password(&mut conn, actor.person()).await?,
        providers: connections(service, &connected),
        sessions: listed(&mut conn, actor.person(), current, now).await?,
        delegations: delegations::list(service, actor).await?,
        now,
    })
}

/// Changes the name under which who asks is shown. Sentences of the past show it too; what it was stays in the log.
pub async fn rename(service: &Service, actor: &Actor, form: NameForm) -> Result<(), Error> {
    in_person(actor)?;
    let name = form.check()?;
    let person = actor.person();
    let before = people::load(&mut service.read().await?, person).await?.name;
    if name == before {
        return Ok(());
    }
    let change = Change::NameChanged { person, before: Personal::new(&before), name: Personal::new(&name) };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    service
        .db()
        .write(async move |tx| {
            people::set_name(tx, person, &name).await?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await
}

/// Sets a new password, and ends every session but the one that asks: whoever knew the old one is signed out. API
/// tokens go on. Tries count as those of signing in do.
pub async fn change_password(
    service: &Service,
    actor: &Actor,
    form: PasswordForm,
    from: IpAddr,
    current: &[u8],
) -> Result<(), Error> {
    in_person(actor)?;
    form.check()?;
    let person = people::load(&mut service.read().await?, actor.person()).await?;
    let PasswordForm { current_password, new_password } = form;
    check_password(service, &person, current_password, from, "current_password").await?;
    let hash = service.0.passwords.hash(new_password, service.random()).await?;
    let change = Change::PasswordChanged { person: person.id };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    let (db, service, actor, current) =
        (service.db().clone(), service.clone(), actor.clone(), current.to_vec());
    db.write(async move |tx| {
        people::set_password(tx, person.id, &hash).await?;
        tx.tell(event);
        end_others_in(tx, &service, &actor, &current).await.map(drop)
    })
    .await
}
