//! API tokens: making them, revoking them, and who acts by one.

use crate::{Error, Service, allow, publishers, scenes};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use towpath_domain::access::{Action, Actor, Identity, Scope, Target};
use towpath_domain::forms::Invalid;
use towpath_domain::ids::TokenId;
use towpath_domain::timeline::{Change, Scene};
use towpath_domain::times::Time;
use towpath_domain::tokens::{NewToken, Secret, Token, TokenForm, TokensView};
use towpath_store::tokens::Scoped;
use towpath_store::{Conn, access, integrations, people, projects, tokens};

/// How long a registry's bearer token works, in seconds.
pub const BEARER_SECONDS: i64 = 300;
/// How old a token's last use may be before it is written anew, in seconds.
const TOUCH_SECONDS: i64 = 60;

/// Stands in a bearer token in place of an API token's id.
const NOBODY: &str = "nobody";

const UNKNOWN: &str = "This token is not known here. Make one on the Tokens page.";
const REVOKED: &str = "This token was revoked. Make a new one on the Tokens page.";
const REMOVED: &str = "The publisher by which this CI job was trusted was removed.";
const EXPIRED: &str = "This token has expired. Make a new one on the Tokens page.";

/// A person's tokens and what a new one can be scoped to.
pub async fn list(service: &Service, actor: &Actor) -> Result<TokensView, Error> {
    let mut conn = service.read().await?;
    let mut tokens = tokens::list(&mut conn, actor.person()).await?;
    narrow(&mut tokens, actor);
    Ok(TokensView { tokens, scopes: scopes(&mut conn, actor).await?, now: service.now() })
}

/// A token of one place is not told that its owner has others elsewhere.
fn narrow(tokens: &mut Vec<Token>, actor: &Actor) {
    let own = tokens.iter().find(|token| actor.token() == Some(token.id)).map(|token| token.scope.clone());
    if let Some(own) = own.filter(|_| actor.scope.as_ref().is_some_and(|scope| scope.project.is_some())) {
        tokens.retain(|token| token.scope == own);
    }
}

async fn scopes(conn: &mut Conn, actor: &Actor) -> Result<Vec<String>, Error> {
    let mut scopes = Vec::new();
    for project in projects::list(conn, "", 200).await? {
        if project.archived_at.is_some() || !actor.may(Action::View, &Target::project(project.id)) {
            continue;
        }
        scopes.push(project.slug.to_string());
        for integration in integrations::list(conn, project.id, "", i64::MAX).await? {
            scopes.push(format!("{}/{}", project.slug, integration.slug));
        }
    }
    Ok(scopes)
}

/// Makes a token in the name of who asks. The secret is in this answer and nowhere else.
pub async fn create(service: &Service, actor: &Actor, form: TokenForm) -> Result<(Token, Secret), Error> {
    if actor.token().is_some() {
        return Err(Error::Refused("A token cannot make another. Sign in to make one.".to_owned()));
    }
    let new = form.check()?;
    let scope = find_scope(service, actor, &new).await?;
    let secret = Secret::from_random(service.random());
    let now = service.now();
    let token = Token {
        id: service.id(),
        owner: actor.person(),
        title: new.title,
        actions: new.actions,
        scope: new.scope,
        created_at: now,
        expires_at: now.plus_seconds(new.days * 86_400),
        last_used_at: None,
        revoked_at: None,
    };
    let change = Change::TokenCreated {
        token: token.id,
        title: token.title.to_string(),
        actions: token.actions.clone(),
        expires_at: token.expires_at,
    };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    let (stored, hash) = (token.clone(), secret.hash());
    service
        .db()
        .write(async move |tx| {
            tokens::insert(tx, &stored, &scope, &hash).await?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok((token, secret))
}

async fn find_scope(service: &Service, actor: &Actor, new: &NewToken) -> Result<Scope, Error> {
    let mut conn = service.read().await?;
    let unknown = |error| match error {
        Error::NotFound(_) => Invalid::field("scope", "Choose a project or integration that you see.").into(),
        other => other,
    };
    let mut scope = Scope { actions: new.actions.clone(), ..Scope::default() };
    match new.scope.split_once('/') {
        None if new.scope.is_empty() => {}
        None => {
            let project = scenes::project(&mut conn, actor, &new.scope).await.map_err(unknown)?;
            scope.project = Some(project.id);
        }
        Some((project, integration)) => {
            let located =
                scenes::integration(&mut conn, actor, project, integration).await.map_err(unknown)?;
            scope.project = Some(located.project.id);
            scope.integration = Some(located.integration.id);
        }
    }
    Ok(scope)
}

/// Revokes a token of one's own, or of anyone for whoever manages people.
pub async fn revoke(service: &Service, actor: &Actor, id: TokenId) -> Result<(), Error> {
    // Whoever finds a token may end it, but not the others of its owner.
    if actor.token().is_some_and(|own| own != id) {
        return Err(Error::Refused("A token can revoke itself only. Sign in to revoke others.".to_owned()));
    }
    let gone = || Error::not_found("This token");
    let scoped = tokens::load(&mut service.read().await?, id).await?.ok_or_else(gone)?;
    if scoped.token.owner != actor.person() {
        allow(actor, Action::ManagePeople, &Target::installation()).map_err(|_| gone())?;
    }
    let change = Change::TokenRevoked { token: id, title: scoped.token.title.to_string() };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    let now = service.now();
    service
        .db()
        .write(async move |tx| {
            if !tokens::revoke(tx, id, now).await? {
                return Err(Error::Conflict("This token is revoked already.".to_owned()));
            }
            tx.tell(event);
            Ok(())
        })
        .await
}

/// Who acts by a token's secret, and until when the token works.
pub async fn actor(service: &Service, secret: &str) -> Result<(Actor, Time), Error> {
    let secret = Secret::parse(secret).map_err(|_| Error::Token(UNKNOWN))?;
    let scoped = tokens::find(&mut service.read().await?, &secret.hash()).await?;
    usable(service, scoped).await
}

async fn usable(service: &Service, scoped: Option<Scoped>) -> Result<(Actor, Time), Error> {
    let Scoped { token, scope, publisher } = scoped.ok_or(Error::Token(UNKNOWN))?;
    let now = service.now();
    if token.revoked_at.is_some() {
        return Err(Error::Token(REVOKED));
    }
    if token.expires_at <= now {
        return Err(Error::Token(EXPIRED));
    }
    touch(service, &token, now).await?;
    let identity = Identity::Token { token: token.id, owner: token.owner };
    let mut conn = service.read().await?;
    if !people::deactivated(&mut conn, &[token.owner]).await?.is_empty() {
        return Err(Error::Token(REVOKED));
    }
    let (grants, scope) = match publisher {
        Some(id) => publishers::acting(&mut conn, id, scope).await?.ok_or(Error::Token(REMOVED))?,
        None => (access::grants(&mut conn, token.owner).await?, scope),
    };
    Ok((Actor { identity, grants, scope: Some(scope) }, token.expires_at))
}

/// Who acts by the token of a hook, which was checked by the hook's own secret.
pub(crate) async fn of_hook(service: &Service, token: TokenId) -> Result<Actor, Error> {
    let scoped = tokens::load(&mut service.read().await?, token).await?;
    usable(service, scoped).await.map(|(actor, _)| actor)
}

/// Notes that a token is in use, at most once a minute.
async fn touch(service: &Service, token: &Token, now: Time) -> Result<(), Error> {
    if token.last_used_at.is_some_and(|last| last.plus_seconds(TOUCH_SECONDS) > now) {
        return Ok(());
    }
    let id = token.id;
    service.db().write(async move |tx| Ok(tokens::touch(tx, id, now).await?)).await
}

/// A short-lived bearer token of the registry: it names an API token and is signed by this installation,
/// so that revoking the API token ends it at once.
pub async fn bearer(service: &Service, secret: &str) -> Result<String, Error> {
    let (actor, until) = actor(service, secret).await?;
    let token = actor.token().ok_or(Error::Token(UNKNOWN))?;
    let expires = service.now().plus_seconds(BEARER_SECONDS).min(until);
    let claim = format!("{token}.{}", expires.micros());
    let signature = URL_SAFE_NO_PAD.encode(sign(service, &claim).finalize().into_bytes());
    Ok(format!("{}.{signature}", URL_SAFE_NO_PAD.encode(claim)))
}

/// A bearer token for whoever does not say who they are; what it opens is asked at each request.
pub fn anonymous_bearer(service: &Service) -> String {
    let claim = format!("{NOBODY}.{}", service.now().plus_seconds(BEARER_SECONDS).micros());
    let signature = URL_SAFE_NO_PAD.encode(sign(service, &claim).finalize().into_bytes());
    format!("{}.{signature}", URL_SAFE_NO_PAD.encode(claim))
}

/// Who acts by a bearer token of the registry; absent for one that names nobody.
pub async fn bearer_actor(service: &Service, bearer: &str) -> Result<Option<Actor>, Error> {
    let wrong = || Error::Token("This bearer token is not one of this registry. Sign in again.");
    let (claim, signature) = bearer.split_once('.').ok_or_else(wrong)?;
    let claim = URL_SAFE_NO_PAD.decode(claim).map_err(|_| wrong())?;
    let claim = String::from_utf8(claim).map_err(|_| wrong())?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| wrong())?;
    sign(service, &claim).verify_slice(&signature).map_err(|_| wrong())?;
    let (token, expires) = claim.split_once('.').ok_or_else(wrong)?;
    let expires = expires.parse().map(Time::from_micros).map_err(|_| wrong())?;
    if expires <= service.now() {
        return Err(Error::Token("This bearer token has expired. Sign in again."));
    }
    if token == NOBODY {
        return Ok(None);
    }
    let token: TokenId = token.parse().map_err(|_| wrong())?;
    let scoped = tokens::load(&mut service.read().await?, token).await?;
    usable(service, scoped).await.map(|(actor, _)| Some(actor))
}

fn sign(service: &Service, claim: &str) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(&service.0.signing_key).expect("HMAC takes a key of any length");
    mac.update(b"towpath registry bearer 1\n");
    mac.update(claim.as_bytes());
    mac
}
