//! API tokens: making and revoking them. `using` is who acts by one, `lasting` how they are renewed and come to an end.

mod lasting;
mod using;

pub(crate) use lasting::revoke_all_of;
pub use lasting::{revoke_all, rotate, warn};
pub(crate) use using::of_hook;
pub use using::{BEARER_SECONDS, actor, anonymous_bearer, bearer, bearer_actor};

use crate::{Error, Service, allow, read_tokens, scenes, service_accounts};
use towpath_domain::access::{Action, Actor, Scope, Target};
use towpath_domain::confirmations::Guarded;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{PersonId, TokenId};
use towpath_domain::timeline::{Change, Scene};
use towpath_domain::tokens::{NewToken, Secret, Token, TokenForm, TokensView};
use towpath_store::{Conn, Tx, integrations, makers, projects, tokens};

/// A person's tokens and what a new one can be scoped to.
pub async fn list(service: &Service, actor: &Actor) -> Result<TokensView, Error> {
    let mut conn = service.read().await?;
    let mut tokens = tokens::list(&mut conn, actor.person()).await?;
    narrow(&mut tokens, actor);
    let lapse_days = service.0.token_lapse.map(|seconds| seconds / 86_400);
    Ok(TokensView { tokens, scopes: scopes(&mut conn, actor).await?, lapse_days, now: service.now() })
}

/// A token of one place is not told that its owner has others elsewhere.
fn narrow(tokens: &mut Vec<Token>, actor: &Actor) {
    let own = tokens.iter().find(|token| actor.token() == Some(token.id)).map(|token| token.scope.clone());
    if let Some(own) = own.filter(|_| actor.scope.as_ref().is_some_and(|scope| scope.project.is_some())) {
        tokens.retain(|token| token.scope == own);
    }
}

/// What a token can be for, as far as who asks sees it: `PROJECT` and `PROJECT/INTEGRATION`.
pub(crate) async fn scopes(conn: &mut Conn, actor: &Actor) -> Result<Vec<String>, Error> {
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
    if new.changes_things() {
        service.check_fresh(actor, Guarded::Tokens)?;
    }
    let scope = find_scope(service, actor, &new).await?;
    make(service, actor, actor.person(), new, scope).await
}

/// Makes a token in somebody's name.
pub(crate) async fn make(
    service: &Service,
    actor: &Actor,
    owner: PersonId,
    new: NewToken,
    scope: Scope,
) -> Result<(Token, Secret), Error> {
    let (token, secret) = draw(service, owner, new);
    let (writer, actor, made) = (service.clone(), actor.clone(), token.clone());
    let hash = secret.hash();
    service
        .db()
        .write(async move |tx| add(tx, (&writer, &actor), Scene::default(), (&made, &scope, &hash)).await)
        .await?;
    Ok((token, secret))
}

/// A new token in somebody's name, with its secret.
pub(crate) fn draw(service: &Service, owner: PersonId, new: NewToken) -> (Token, Secret) {
    let NewToken { title, scope, actions, days } = new;
    let now = service.now();
    let times = (now, now.plus_seconds(days * 86_400));
    let token = Token::fresh(service.id(), owner, (title, actions, scope), times);
    (token, Secret::from_random(service.random()))
}

/// Adds a token that somebody made, under the hash of its secret, with its event.
pub(crate) async fn add(
    tx: &mut Tx,
    (service, actor): (&Service, &Actor),
    scene: Scene,
    (token, scope, hash): (&Token, &Scope, &[u8]),
) -> Result<(), Error> {
    tokens::insert(tx, token, scope, hash).await?;
    makers::note(tx, token.id, actor.person(), token.created_at).await?;
    let change = Change::TokenCreated {
        token: token.id,
        title: token.title.to_string(),
        actions: token.actions.clone(),
        expires_at: token.expires_at,
        owner: (token.owner != actor.person()).then_some(token.owner),
    };
    tx.tell(service.event(Service::event_actor(actor), scene, change));
    Ok(())
}

/// What a new token is for, as far as who asks sees it.
pub(crate) async fn find_scope(service: &Service, actor: &Actor, new: &NewToken) -> Result<Scope, Error> {
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

/// Revokes a token of one's own, or of anyone for whoever manages people, or of a service account for who manages that.
pub async fn revoke(service: &Service, actor: &Actor, id: TokenId) -> Result<(), Error> {
    // Whoever finds a token may end it, but not the others of its owner.
    if actor.token().is_some_and(|own| own != id) {
        return Err(Error::Refused("A token can revoke itself only. Sign in to revoke others.".to_owned()));
    }
    let gone = || Error::not_found("This token");
    let scoped = tokens::load(&mut service.read().await?, id).await?.ok_or_else(gone)?;
    let owner = scoped.token.owner;
    if owner != actor.person()
        && !service_accounts::manages(&mut service.read().await?, actor, owner).await?
        && !read_tokens::manages(&mut service.read().await?, actor, owner).await?
    {
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
