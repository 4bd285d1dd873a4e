//! Hooks: addresses at which other systems announce builds of an integration. `verifying` finds out whether a request is
//! from who knows the secret; what it tells of is then received as any announced build is, in the name of who made the hook.

mod receiving;
mod verifying;

pub use receiving::{Refused, Request, receive, replay, sweep};

use crate::{Error, Service, allow, scenes};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use towpath_domain::access::{Action, Actor, Scope, Target};
use towpath_domain::hooks::{Hook, HookForm, HookView, HooksView, Source, TurnedAway};
use towpath_domain::ids::{HookDeliveryId, HookId, TokenId};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, Named, Scene};
use towpath_domain::tokens::{Secret, Token};
use towpath_domain::words::{Title, brief};
use towpath_store::hooks::{self, Stored};
use towpath_store::{Conn, Tx, tokens};

/// How many deliveries a page shows.
pub const PAGE: i64 = 25;
/// How many hooks an integration may have.
const MOST: usize = 20;
/// How long the secret before a rotation counts, in seconds.
const OVERLAP: i64 = 86_400;
/// How many requests are remembered that were turned away, for each hook.
const REMEMBERED: usize = 20;

/// The requests that were turned away lately, by hook. In memory: nobody who is unknown fills the database.
#[derive(Debug, Default)]
pub(crate) struct Doorkeeper(Mutex<HashMap<HookId, VecDeque<TurnedAway>>>);

impl Doorkeeper {
    fn note(&self, hook: HookId, turned_away: TurnedAway) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.entry(hook).or_default();
        known.truncate(REMEMBERED - 1);
        known.push_front(turned_away);
    }

    fn of(&self, hook: HookId) -> Vec<TurnedAway> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&hook).map(|known| known.iter().cloned().collect()).unwrap_or_default()
    }

    fn forget(&self, hook: HookId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&hook);
    }
}

/// The hooks of an integration, for someone who may configure it.
pub async fn list(
    service: &Service,
    actor: &Actor,
    project: &str,
    integration: &str,
) -> Result<HooksView, Error> {
    let mut conn = service.read().await?;
    let located = scenes::integration(&mut conn, actor, project, integration).await?;
    allow(actor, Action::Configure, &located.target())?;
    let found = hooks::list(&mut conn, located.integration.id).await?;
    Ok(HooksView {
        project: located.project.slug,
        integration: located.integration.slug,
        hooks: found.into_iter().map(|stored| stored.hook).collect(),
        now: service.now(),
    })
}

/// A hook with a page of what came to it, from before a delivery.
pub async fn view(
    service: &Service,
    actor: &Actor,
    id: HookId,
    before: Option<HookDeliveryId>,
    limit: i64,
) -> Result<HookView, Error> {
    let mut conn = service.read().await?;
    let stored = find(&mut conn, actor, id).await?;
    let mut deliveries = hooks::deliveries(&mut conn, id, before, limit + 1).await?;
    let more = i64::try_from(deliveries.len()).is_ok_and(|count| count > limit);
    if more {
        deliveries.pop();
    }
    Ok(HookView {
        address: address(service, id),
        older: deliveries.last().map(|last| last.id).filter(|_| more),
        deliveries,
        turned_away: service.0.doorkeeper.of(id),
        hook: stored.hook,
        now: service.now(),
    })
}

/// Where webhooks are to be sent.
pub fn address(service: &Service, id: HookId) -> String {
    format!("{}/hooks/{id}", service.public_url())
}

/// The hook, for someone who may configure its integration.
async fn find(conn: &mut Conn, actor: &Actor, id: HookId) -> Result<Stored, Error> {
    let missing = || Error::not_found("This hook");
    let stored = hooks::find(conn, id).await?.ok_or_else(missing)?;
    let target = Target::integration(stored.project, stored.integration);
    allow(actor, Action::View, &target).map_err(|_| missing())?;
    allow(actor, Action::Configure, &target)?;
    Ok(stored)
}

/// Makes a hook, which acts in the name of who makes it, on this integration, and may at most push. The secret is in this
/// answer and nowhere else.
pub async fn create(
    service: &Service,
    actor: &Actor,
    (project, integration): (&str, &str),
    form: HookForm,
) -> Result<(Hook, String), Error> {
    let located = scenes::integration(&mut service.read().await?, actor, project, integration).await?;
    let target = located.target();
    allow(actor, Action::Configure, &target)?;
    // Nobody gives what they do not have.
    allow(actor, Action::Push, &target)?;
    let (title, source) = form.check()?;
    let (id, now): (HookId, _) = (service.id(), service.now());
    let (sealed, secret) = draw(service, id, source);
    let token = token(service, actor, &title, (&located.project.slug, &located.integration.slug))?;
    let scope = Scope {
        actions: token.actions.clone(),
        project: Some(located.project.id),
        integration: Some(located.integration.id),
        ..Scope::default()
    };
    let stored = Stored {
        hook: Hook {
            id,
            project: located.project.slug.clone(),
            integration: located.integration.slug.clone(),
            title,
            source,
            created_at: now,
            former_until: None,
        },
        project: located.project.id,
        integration: located.integration.id,
        secret: sealed,
        former: None,
        token: token.id,
    };
    let hook = stored.hook.clone();
    let change =
        Change::HookMade { hook: id, title: hook.title.to_string(), source: source.name().to_owned() };
    let event = service.event(Service::event_actor(actor), scene(&stored), change);
    // Nobody ever sees the secret of its token, so that it acts through this door alone.
    let unknown = Secret::from_random(service.random()).hash();
    let save = async move |tx: &mut Tx| {
        scenes::check_in_use(tx, stored.project).await?;
        if hooks::list(tx, stored.integration).await?.len() >= MOST {
            let words = format!("There are {MOST} hooks here already. Delete one that is not needed.");
            return Err(Error::Conflict(words));
        }
        tokens::insert(tx, &token, &scope, &unknown).await?;
        hooks::insert(tx, &stored).await?;
        tx.tell(event);
        Ok(())
    };
    service.db().write(save).await?;
    Ok((hook, secret))
}

/// The token by which a hook acts. It is on the Tokens page of its owner, where revoking it stops the hook.
fn token(
    service: &Service,
    actor: &Actor,
    title: &Title,
    (project, integration): (&Slug, &Slug),
) -> Result<Token, Error> {
    let title = brief(&format!("Hook: {title}"), 79);
    let title = Title::parse(&title).map_err(|error| Error::Internal(error.to_string()))?;
    let about = (title, vec![Action::Push], format!("{project}/{integration}"));
    let now = service.now();
    Ok(Token::fresh(service.id(), actor.person(), about, (now, now.plus_seconds(YEARS))))
}

/// How long a hook's token lives, in seconds: a century, so that a hook ends when somebody ends it.
const YEARS: i64 = 100 * 365 * 86_400;

/// A new secret, sealed and as it is to be shown once.
fn draw(service: &Service, id: HookId, source: Source) -> (Vec<u8>, String) {
    let bytes: [u8; 32] = service.random();
    let secret = match source {
        Source::Standard => format!("whsec_{}", STANDARD.encode(bytes)),
        Source::Github | Source::Distribution | Source::Harbor => hex::encode(bytes),
    };
    (service.seal(&place(id), secret.as_bytes()), secret)
}

/// What a sealed secret is bound to.
fn place(id: HookId) -> String {
    format!("the hook {id}")
}

/// Where what happens to a hook is told.
fn scene(stored: &Stored) -> Scene {
    Scene {
        project: Some(Named { id: stored.project, slug: stored.hook.project.clone() }),
        integration: Some(Named { id: stored.integration, slug: stored.hook.integration.clone() }),
        ..Scene::default()
    }
}

/// Puts a new secret in force; the one before counts for a day more. It is in this answer and nowhere else.
pub async fn rotate(service: &Service, actor: &Actor, id: HookId) -> Result<(Hook, String), Error> {
    let stored = find(&mut service.read().await?, actor, id).await?;
    let (sealed, secret) = draw(service, id, stored.hook.source);
    let change = Change::HookRotated { hook: id, title: stored.hook.title.to_string() };
    let event = service.event(Service::event_actor(actor), scene(&stored), change);
    let until = service.now().plus_seconds(OVERLAP);
    let rotate = async move |tx: &mut Tx| {
        hooks::rotate(tx, id, &sealed, until).await?;
        tx.tell(event);
        let missing = || Error::not_found("This hook");
        Ok::<_, Error>(hooks::find(tx, id).await?.ok_or_else(missing)?.hook)
    };
    Ok((service.db().write(rotate).await?, secret))
}

/// Deletes a hook with what came to it. Its token is revoked.
pub async fn delete(service: &Service, actor: &Actor, id: HookId) -> Result<(), Error> {
    let stored = find(&mut service.read().await?, actor, id).await?;
    let change = Change::HookDeleted { hook: id, title: stored.hook.title.to_string() };
    let event = service.event(Service::event_actor(actor), scene(&stored), change);
    let (now, token): (_, TokenId) = (service.now(), stored.token);
    let delete = async move |tx: &mut Tx| {
        if !hooks::delete(tx, id).await? {
            return Err(Error::not_found("This hook"));
        }
        tokens::revoke(tx, token, now).await?;
        tx.tell(event);
        Ok(())
    };
    service.db().write(delete).await?;
    service.0.doorkeeper.forget(id);
    Ok(())
}
