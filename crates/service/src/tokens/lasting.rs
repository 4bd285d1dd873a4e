//! How tokens last: another secret before the end, a notice of it, and the end of all of someone's at once.

use crate::scenes::project_scene;
use crate::service_accounts::hand_over;
use crate::sessions::in_person;
use crate::{Error, Service, people as persons, read_tokens};
use towpath_domain::access::Actor;
use towpath_domain::confirmations::Guarded;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{PersonId, TokenId};
use towpath_domain::timeline::{Change, EventActor, Named, Scene};
use towpath_domain::tokens::{NOTICE_SECONDS, Rotation, RotationForm, Secret, Token, changes_things};
use towpath_store::tokens::Scoped;
use towpath_store::{Tx, integrations, makers, projects, tokens};

/// How many ends are told at a time.
const TOLD: i64 = 500;

/// Gives a token of one's own, or of a service account, another secret, and a new end. The secret before works for a chosen while yet, so that
/// whatever uses it can be changed over. The new one is in this answer and nowhere else.
pub async fn rotate(
    service: &Service,
    actor: &Actor,
    id: TokenId,
    form: RotationForm,
) -> Result<(Token, Secret), Error> {
    if actor.token().is_some() {
        return Err(Error::Refused("A token cannot renew itself or another. Sign in to do it.".to_owned()));
    }
    let gone = || Error::not_found("This token");
    let mut conn = service.read().await?;
    let Scoped { token, .. } = tokens::load(&mut conn, id).await?.ok_or_else(gone)?;
    if token.owner != actor.person() && !read_tokens::manages(&mut conn, actor, token.owner).await? {
        match hand_over(&mut conn, actor, token.owner).await {
            Err(Error::NotFound(_)) => return Err(gone()),
            checked => checked?,
        };
    }
    drop(conn);
    if changes_things(&token.actions) {
        service.check_fresh(actor, Guarded::Tokens)?;
    }
    let Rotation { days, overlap_seconds, ends_overlap } = form.check()?;
    let now = service.now();
    if token.expires_at <= now {
        return Err(Error::Conflict("This token has expired. Make a new one.".to_owned()));
    }
    let secret = Secret::from_random(service.random());
    let expires_at = now.plus_seconds(days * 86_400);
    // A secret never works for longer than it was made for.
    let former_until = now.plus_seconds(overlap_seconds).min(token.expires_at);
    let former_until = (overlap_seconds > 0).then_some(former_until);
    let title = token.title.to_string();
    let change = Change::TokenRotated { token: id, title, expires_at, former_until };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    let (hash, maker) = (secret.hash(), actor.person());
    service
        .db()
        .write(async move |tx| {
            let overlap = tokens::load(tx, id).await?.filter(|found| found.token.overlaps(now));
            if let (Some(found), false) = (overlap, ends_overlap) {
                return Err(overlaps(&found.token).into());
            }
            if !tokens::rotate(tx, id, &hash, expires_at, former_until).await? {
                return Err(Error::Conflict("This token was revoked. Make a new one.".to_owned()));
            }
            makers::note(tx, id, maker, now).await?;
            tx.tell(event);
            Ok(())
        })
        .await?;
    Ok((Token { expires_at, former_until, ..token }, secret))
}

/// A third secret would end the first before the time that was told for it.
fn overlaps(token: &Token) -> Invalid {
    let until = token.former_until.map(|until| format!(" until {until}")).unwrap_or_default();
    Invalid::field(
        "end_overlap",
        format!(
            "The secret before the present one works{until} still. Say that it may stop working now, or wait for its end."
        ),
    )
}

/// Revokes every token of who asks, or of somebody else for who manages people; with them end the hooks that act by them.
/// Tells how many worked until now.
pub async fn revoke_all(service: &Service, actor: &Actor, of: Option<PersonId>) -> Result<u64, Error> {
    let person = match of.filter(|person| *person != actor.person()) {
        None => {
            in_person(actor)?;
            actor.person()
        }
        Some(person) => persons::manage(service, actor, person).await?.id,
    };
    let (writer, by) = (service.clone(), Service::event_actor(actor));
    service.db().write(async move |tx| revoke_all_of(tx, (&writer, by), Scene::default(), person).await).await
}

/// Revokes every token of an account with one event, where any worked.
pub(crate) async fn revoke_all_of(
    tx: &mut Tx,
    (service, by): (&Service, EventActor),
    scene: Scene,
    account: PersonId,
) -> Result<u64, Error> {
    let count = tokens::revoke_of(tx, account, service.now()).await?;
    if count > 0 {
        let change = Change::TokensRevoked { person: account, tokens: count };
        tx.tell(service.event(by, scene, change));
    }
    Ok(count)
}

/// Tells of tokens that are about to expire, each once. It is told where a token is for, so that who is sent the events of
/// a project hears of its tokens.
pub async fn warn(service: &Service) -> Result<u64, Error> {
    let writer = service.clone();
    service
        .db()
        .write(async move |tx| {
            let now = writer.now();
            let soon = tokens::unwarned(tx, (now, now.plus_seconds(NOTICE_SECONDS)), TOLD).await?;
            let mut told = 0;
            for scoped in soon {
                tokens::warned(tx, scoped.token.id, now).await?;
                if !scoped.token.is_noticed() {
                    continue;
                }
                let scene = scene(tx, &scoped).await?;
                let Token { id, owner, title, expires_at, .. } = scoped.token;
                let title = title.to_string();
                let change = Change::TokenAboutToExpire { token: id, title, owner, expires_at };
                tx.tell(writer.event(EventActor::System, scene, change));
                told += 1;
            }
            Ok(told)
        })
        .await
}

/// Where a token is for.
async fn scene(tx: &mut Tx, scoped: &Scoped) -> Result<Scene, Error> {
    let Some(project) = scoped.scope.project else { return Ok(Scene::default()) };
    let scene = project_scene(&projects::load(tx, project).await?);
    let Some(integration) = scoped.scope.integration else { return Ok(scene) };
    let integration = integrations::load(tx, integration).await?;
    let named = Named { id: integration.id, slug: integration.slug };
    Ok(Scene { integration: Some(named), ..scene })
}
