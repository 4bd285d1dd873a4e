//! Read tokens of an environment, for deployers. What one shows is asked at each request: an image that was never current
//! there is not found by it, and neither is anything else.

use crate::people::machine;
use crate::scenes::{self, project_scene};
use crate::{Error, Service, allow, tokens};
use towpath_domain::access::{Action, Actor, Grant, Place, Reading, Role, Scope, Target};
use towpath_domain::environments::Environment;
use towpath_domain::ids::{EnvironmentId, PersonId};
use towpath_domain::people::Person;
use towpath_domain::projects::Project;
use towpath_domain::read_tokens::{ReadTokenForm, ReadTokensView};
use towpath_domain::tokens::{NewToken, Secret, Token};
use towpath_domain::words::{PersonName, brief};
use towpath_store::read_tokens as stored;
use towpath_store::{Conn, environments, projects, tokens as kept};

/// The read tokens of an environment, for who may make them; others are told why they may not.
pub async fn list(
    service: &Service,
    actor: &Actor,
    project: &str,
    environment: &str,
) -> Result<ReadTokensView, Error> {
    if actor.publisher().is_some() || actor.narrowed().is_some() {
        return Err(Error::not_found("This page"));
    }
    let mut conn = service.read().await?;
    let (project, environment) = find(&mut conn, actor, project, environment).await?;
    let may_make = may_make(actor, &environment).map_err(|error| error.to_string());
    let account = match may_make {
        Ok(()) => stored::account(&mut conn, environment.id).await?,
        Err(_) => None,
    };
    let tokens = match account {
        Some(account) => kept::list(&mut conn, account).await?,
        None => Vec::new(),
    };
    Ok(ReadTokensView { project, environment, tokens, may_make, now: service.now() })
}

async fn find(
    conn: &mut Conn,
    actor: &Actor,
    project: &str,
    environment: &str,
) -> Result<(Project, Environment), Error> {
    let project = scenes::project(conn, actor, project).await?;
    let found = environments::list(conn, project.id).await?;
    let found = found.into_iter().find(|known| known.slug.as_str() == environment);
    let missing = || Error::not_found(format_args!("The environment “{}/{environment}”", project.slug));
    let environment = found.ok_or_else(missing)?;
    Ok((project, environment))
}

/// Whoever makes one could pull by it: in the environment's buckets, and in those of its stream.
fn may_make(actor: &Actor, environment: &Environment) -> Result<(), Error> {
    let target = at(environment);
    allow(actor, Action::Configure, &target)?;
    allow(actor, Action::Pull, &target)?;
    allow(actor, Action::Pull, &Target { environment: None, ..target })
}

fn at(environment: &Environment) -> Target {
    Target {
        environment: Some(environment.id),
        stream: Some(environment.stream.id),
        production: environment.stream.production,
        ..Target::project(environment.project)
    }
}

/// Makes a read token. The secret is in this answer and nowhere else.
pub async fn create(
    service: &Service,
    actor: &Actor,
    (project, environment): (&str, &str),
    form: ReadTokenForm,
) -> Result<(Token, Secret), Error> {
    let mut conn = service.read().await?;
    let (project, environment) = find(&mut conn, actor, project, environment).await?;
    drop(conn);
    may_make(actor, &environment)?;
    let new = NewToken { scope: project.slug.to_string(), ..form.check()? };
    let fresh = account(service, &project, &environment)?;
    let (mut token, secret) = tokens::draw(service, fresh.id, new);
    token.environment = Some(format!("{} / {}", project.slug, environment.slug));
    let scope = Scope { actions: token.actions.clone(), project: Some(project.id), ..Scope::default() };
    let (writer, actor, hash) = (service.clone(), actor.clone(), secret.hash());
    let token = service
        .db()
        .write(async move |tx| {
            scenes::check_in_use(tx, project.id).await?;
            token.owner = if let Some(account) = stored::account(tx, environment.id).await? {
                account
            } else {
                stored::insert(tx, environment.id, &fresh).await?;
                fresh.id
            };
            let by = (&writer, &actor);
            tokens::add(tx, by, project_scene(&project), (&token, &scope, &hash)).await?;
            stored::narrow(tx, token.id, environment.id).await?;
            Ok::<_, Error>(token)
        })
        .await?;
    Ok((token, secret))
}

/// The account in whose name the read tokens of an environment act, for when there is none yet.
fn account(service: &Service, project: &Project, environment: &Environment) -> Result<Person, Error> {
    let name = format!("Deployers of {}/{}", project.slug, environment.slug);
    let name = PersonName::parse(&brief(&name, 90)).map_err(|error| Error::Internal(error.to_string()))?;
    machine(service, name, "read-token")
}

/// Whether someone may make tokens like those that act in the name of this account, and so end and renew them.
pub(crate) async fn manages(conn: &mut Conn, actor: &Actor, account: PersonId) -> Result<bool, Error> {
    let Some(id) = stored::of_account(conn, account).await? else { return Ok(false) };
    let environment = environments::load(conn, id).await?;
    Ok(may_make(actor, &environment).is_ok())
}

/// What a read token holds; nothing where its environment was deleted.
pub(crate) async fn acting(
    conn: &mut Conn,
    id: EnvironmentId,
    scope: Scope,
) -> Result<Option<(Vec<Grant>, Scope)>, Error> {
    let environment = environments::load(conn, id).await?;
    let own = environments::list(conn, environment.project).await?;
    if !own.iter().any(|known| known.id == id) {
        return Ok(None);
    }
    let reading = Reading { project: environment.project, environment: id, stream: environment.stream.id };
    let places = [
        Place::Environment { project: reading.project, environment: id },
        Place::Stream { stream: reading.stream },
    ];
    let grants = places.map(|place| Grant { role: Role::reader(), place });
    // An integration that all projects share is none of its project's.
    Ok(Some((grants.to_vec(), Scope { reading: Some(reading), project: None, ..scope })))
}

/// The project and the environment of these names, for the read token that is of it.
pub(crate) async fn own(
    conn: &mut Conn,
    reading: Reading,
    project: &str,
    environment: &str,
) -> Result<(Project, Environment), Error> {
    let own =
        (projects::load(conn, reading.project).await?, environments::load(conn, reading.environment).await?);
    if own.0.slug.as_str() != project || own.1.slug.as_str() != environment {
        return Err(Error::not_found(format_args!("The environment “{project}/{environment}”")));
    }
    Ok(own)
}
