//! Registries elsewhere: connecting them, trying the connection, and looking at what is there, for those who configure a
//! project or the installation.

mod reach;

pub(crate) use reach::{Reach, Tries, aside, words};

use crate::{Error, Service, allow, scenes};
use towpath_domain::access::{Action, Actor, Target};
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{ProjectId, RegistryId};
use towpath_domain::projects::Project;
use towpath_domain::references::{RepositoryName, Tag};
use towpath_domain::registries::{
    Below, NewRegistry, RegistriesView, Registry, RegistryForm, RegistryView, Tags, Tried,
};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, Named, Scene};
use towpath_store::registries::Stored;
use towpath_store::{Conn, Tx, outside_steps, registries};

/// How many a project may be connected with, and the installation.
const MOST: usize = 50;
/// How many tags a page lists.
const PAGE: usize = 50;
/// How many users of a registry are named where it cannot be removed.
const NAMED: usize = 5;

/// Those of a project or, with an empty name, of the installation.
pub async fn list(service: &Service, actor: &Actor, project: &str) -> Result<RegistriesView, Error> {
    let mut conn = service.read().await?;
    let project = owner(&mut conn, actor, project).await?;
    let own = registries::list(&mut conn, project.as_ref().map(|project| project.id)).await?;
    let shared = match &project {
        Some(_) => registries::list(&mut conn, None).await?,
        None => Vec::new(),
    };
    Ok(RegistriesView { project, registries: shown(own), shared: shown(shared), now: service.now() })
}

fn shown(stored: Vec<Stored>) -> Vec<Registry> {
    stored.into_iter().map(|stored| stored.registry).collect()
}

/// Those that the steps of a project can use: its own first, which hide those of the installation of the same name.
pub(crate) async fn usable(conn: &mut Conn, project: ProjectId) -> Result<Vec<Registry>, Error> {
    let mut usable = shown(registries::list(conn, Some(project)).await?);
    for shared in shown(registries::list(conn, None).await?) {
        if usable.iter().all(|own| own.slug != shared.slug) {
            usable.push(shared);
        }
    }
    Ok(usable)
}

/// Whose registries they are, for someone who may configure that.
async fn owner(conn: &mut Conn, actor: &Actor, project: &str) -> Result<Option<Project>, Error> {
    if project.is_empty() {
        allow(actor, Action::Configure, &Target::installation())?;
        return Ok(None);
    }
    let project = scenes::project(conn, actor, project).await?;
    allow(actor, Action::Configure, &Target::project(project.id))?;
    Ok(Some(project))
}

/// A registry with what uses it.
pub async fn view(service: &Service, actor: &Actor, id: RegistryId) -> Result<RegistryView, Error> {
    let mut conn = service.read().await?;
    let stored = find(&mut conn, actor, id).await?;
    let used_by = outside_steps::using(&mut conn, id).await?;
    Ok(RegistryView { registry: stored.registry, used_by, now: service.now() })
}

/// The registry, for someone who may configure what it belongs to.
async fn find(conn: &mut Conn, actor: &Actor, id: RegistryId) -> Result<Stored, Error> {
    let missing = || Error::not_found("This registry");
    let stored = registries::find(conn, id).await?.ok_or_else(missing)?;
    let target = stored.project.map_or_else(Target::installation, Target::project);
    // Who sees the project learns what is missing; anybody else, nothing.
    allow(actor, Action::View, &target).map_err(|_| missing())?;
    allow(actor, Action::Configure, &target)?;
    Ok(stored)
}

/// Connects a registry with a project or, with an empty name, with the installation. Nothing is asked of it yet.
pub async fn connect(
    service: &Service,
    actor: &Actor,
    project: &str,
    form: RegistryForm,
) -> Result<Registry, Error> {
    let owner = owner(&mut service.read().await?, actor, project).await?;
    let NewRegistry { slug, address, user, secret, below } = form.check(None)?;
    service.0.reach.judge(address.as_str())?;
    let id: RegistryId = service.id();
    let registry = Registry {
        id,
        project: owner.as_ref().map(|project| project.slug.clone()),
        slug,
        address,
        user,
        below,
        created_at: service.now(),
    };
    let stored = Stored {
        secret: secret.map(|secret| service.seal(&place(id), secret.as_bytes())),
        project: owner.as_ref().map(|project| project.id),
        registry: registry.clone(),
    };
    let change = Change::RegistryConnected {
        registry: id,
        slug: registry.slug.clone(),
        address: registry.address.to_string(),
        user: registry.user.clone(),
    };
    let event = service.event(Service::event_actor(actor), scene(&stored), change);
    let by = actor.person();
    let save = async move |tx: &mut Tx| {
        if let Some(project) = stored.project {
            scenes::check_in_use(tx, project).await?;
        }
        let known = registries::list(tx, stored.project).await?;
        if known.len() >= MOST {
            let words = format!("There are {MOST} registries here already. Remove one that nothing uses.");
            return Err(Error::Conflict(words));
        }
        if known.iter().any(|known| known.registry.slug == stored.registry.slug) {
            let words =
                format!("There is a registry “{}” already. Choose another name.", stored.registry.slug);
            return Err(Invalid::field("name", words).into());
        }
        registries::insert(tx, &stored, by).await?;
        tx.tell(event);
        Ok(())
    };
    service.db().write(save).await?;
    Ok(registry)
}

/// Changes where a registry is, who signs in there and what may be used. Its name stays.
pub async fn change(
    service: &Service,
    actor: &Actor,
    id: RegistryId,
    form: RegistryForm,
) -> Result<Registry, Error> {
    let before = find(&mut service.read().await?, actor, id).await?;
    let NewRegistry { slug: _, address, user, secret, below } = form.check(Some(&before.registry))?;
    service.0.reach.judge(address.as_str())?;
    let new_secret = secret.is_some();
    let secret = match secret {
        Some(secret) => Some(service.seal(&place(id), secret.as_bytes())),
        None => before.secret.clone().filter(|_| user.is_some()),
    };
    let registry = Registry { address, user, below, ..before.registry.clone() };
    let after = Stored { registry: registry.clone(), secret, project: before.project };
    let change = Change::RegistryChanged {
        registry: id,
        slug: registry.slug.clone(),
        before: told(&before.registry),
        after: told(&registry),
        new_secret,
    };
    let event = service.event(Service::event_actor(actor), scene(&after), change);
    let save = async move |tx: &mut Tx| {
        if let Some(project) = after.project {
            scenes::check_in_use(tx, project).await?;
        }
        let now = registries::find(tx, id).await?.ok_or_else(|| Error::not_found("This registry"))?;
        if now != before {
            return Err(towpath_store::Error::Changed.into());
        }
        for step in outside_steps::places(tx, id).await? {
            if let Err(why) = after.registry.check(&step.project, &step.repository) {
                let used =
                    format!("{}/{} uses {} there. {why}", step.project, step.integration, step.repository);
                return Err(Invalid::field("below", used).into());
            }
        }
        registries::update(tx, &after).await?;
        tx.tell(event);
        Ok::<_, Error>(())
    };
    service.db().write(save).await?;
    Ok(registry)
}

/// A registry as the timeline compares it.
fn told(registry: &Registry) -> String {
    let user =
        registry.user.as_deref().map_or_else(|| "without signing in".to_owned(), |user| format!("as {user}"));
    let below = registry.below.as_ref().map(Below::as_str).map(|below| format!(", below {below}"));
    format!("{} {user}{}", registry.address, below.unwrap_or_default())
}

/// Removes a registry that nothing uses.
pub async fn remove(service: &Service, actor: &Actor, id: RegistryId) -> Result<(), Error> {
    let stored = find(&mut service.read().await?, actor, id).await?;
    let slug = stored.registry.slug.clone();
    let change = Change::RegistryRemoved { registry: id, slug: slug.clone() };
    let event = service.event(Service::event_actor(actor), scene(&stored), change);
    let remove = async move |tx: &mut Tx| {
        let users: Vec<String> =
            outside_steps::using(tx, id).await?.iter().map(ToString::to_string).collect();
        if !users.is_empty() {
            let named = users.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = users.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            return Err(Error::Conflict(format!(
                "{slug} is used by the promotions of {named}{more}. Let them do something else first."
            )));
        }
        if !registries::delete(tx, id).await? {
            return Err(Error::not_found("This registry"));
        }
        tx.tell(event);
        Ok(())
    };
    service.db().write(remove).await
}

/// Speaks with a registry, and tells what failed.
pub async fn test(service: &Service, actor: &Actor, id: RegistryId) -> Result<Tried, Error> {
    let stored = find(&mut service.read().await?, actor, id).await?;
    service.0.limits.try_registry(id, service.now())?;
    let there = service.registry(&stored, Tries::Once)?;
    let words = match aside(move || async move { there.check().await }).await? {
        Ok(asked) => {
            let found = "It is a registry, and it answers.";
            let signed = match (&stored.registry.user, asked) {
                (Some(user), true) => format!(" It takes the password of {user}."),
                (Some(user), false) => format!(
                    " It did not ask who calls, so nothing is known of the password of {user}: list the tags of a repository \
                     to try that."
                ),
                (None, _) => String::new(),
            };
            return Ok(Tried { works: true, words: format!("{found}{signed}") });
        }
        Err(error) => words(&error),
    };
    Ok(Tried { works: false, words })
}

/// Lists the tags of a repository there, after one of them or from the first on.
pub async fn tags(
    service: &Service,
    actor: &Actor,
    id: RegistryId,
    repository: &str,
    after: &str,
) -> Result<Tags, Error> {
    let stored = find(&mut service.read().await?, actor, id).await?;
    let read = RepositoryName::parse(repository.trim());
    let repository = read.map_err(|error| Invalid::field("repository", format!("Here {error}.")))?;
    if let Some(project) = &stored.registry.project {
        let checked = stored.registry.check(project, &repository);
        checked.map_err(|why| Invalid::field("repository", why))?;
    }
    let after = match after.trim() {
        "" => None,
        tag => Some(Tag::parse(tag).map_err(|error| Invalid::field("after", format!("Here {error}.")))?),
    };
    service.0.limits.try_registry(id, service.now())?;
    let there = service.registry(&stored, Tries::Once)?.to_read(repository.as_str());
    let found = aside(move || async move { there.tags(after.as_ref().map(Tag::as_str), PAGE).await }).await?;
    let (tags, more) = found.map_err(|error| match error {
        towpath_oci::Error::Refused { server, status, .. } if status.as_u16() == 404 => {
            Error::not_found(format_args!("The repository “{repository}” of {server}"))
        }
        other => Error::Refused(words(&other)),
    })?;
    let after = tags.last().cloned().filter(|_| more);
    Ok(Tags { repository, tags, after })
}

/// Where what happens to a registry is told.
fn scene(stored: &Stored) -> Scene {
    let project: Option<(ProjectId, Slug)> = stored.project.zip(stored.registry.project.clone());
    Scene { project: project.map(|(id, slug)| Named { id, slug }), ..Scene::default() }
}

/// For what the password of a registry is sealed.
fn place(id: RegistryId) -> String {
    format!("registry {id}")
}
