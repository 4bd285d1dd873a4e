//! Service accounts: machines with a name, which whoever manages the people of their project, or of the installation, makes.
//!
//! Whoever makes a token of one could act by it, so that takes all that the account may.

use crate::people::{Places, grant, machine, target};
use crate::scenes::{self, project_scene};
use crate::tokens::{find_scope, make, revoke_all_of, scopes};
use crate::{Error, Service, allow, explain};
use std::collections::BTreeMap;
use towpath_domain::access::{Action, Actor, Place, Target, may_grant};
use towpath_domain::confirmations::Guarded;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{PersonId, ProjectId};
use towpath_domain::projects::Project;
use towpath_domain::service_accounts::{
    ServiceAccount, ServiceAccountForm, ServiceAccountLine, ServiceAccountView, ServiceAccountsView,
    ServiceRoleForm,
};
use towpath_domain::timeline::{Change, Scene};
use towpath_domain::tokens::{Secret, Token, TokenForm};
use towpath_domain::words::PersonName;
use towpath_store::access::Bound;
use towpath_store::service_accounts::{self as stored, Kept};
use towpath_store::{Conn, Tx, access, people, projects, tokens};

/// The service accounts of a project, for everyone who sees it; those of the installation, where no project is named, for who
/// manages its people.
pub async fn list(service: &Service, actor: &Actor, project: &str) -> Result<ServiceAccountsView, Error> {
    in_own_name(actor)?;
    let mut conn = service.read().await?;
    let (project, kept) = if project.is_empty() {
        allow(actor, Action::ManagePeople, &Target::installation())?;
        (None, stored::list_global(&mut conn).await?)
    } else {
        let project = scenes::project(&mut conn, actor, project).await?;
        let kept = stored::list(&mut conn, project.id).await?;
        (Some(project), kept)
    };
    let home = project.as_ref().map(|project| project.id);
    Ok(ServiceAccountsView {
        accounts: lines(&mut conn, actor, kept.into_iter().map(|kept| kept.account).collect()).await?,
        may_manage: explain(actor, Action::ManagePeople, &at(home)),
        project,
        now: service.now(),
    })
}

/// A CI job is told nothing of who else acts.
fn in_own_name(actor: &Actor) -> Result<(), Error> {
    if actor.publisher().is_some() { Err(Error::not_found("This page")) } else { Ok(()) }
}

/// Where service accounts belong, as a target of permission.
fn at(home: Option<ProjectId>) -> Target {
    home.map_or_else(Target::installation, Target::project)
}

async fn lines(
    conn: &mut Conn,
    actor: &Actor,
    accounts: Vec<ServiceAccount>,
) -> Result<Vec<ServiceAccountLine>, Error> {
    let places = Places::load(conn).await?;
    let makers: Vec<PersonId> = accounts.iter().map(|account| account.made_by).collect();
    let names: BTreeMap<PersonId, String> = people::names(conn, &makers).await?;
    let mut lines = Vec::new();
    for account in accounts {
        let bound = access::bindings_of(conn, account.id).await?;
        let may_revoke = |bound: &Bound| actor.may(Action::ManagePeople, &target(&bound.binding.place));
        lines.push(ServiceAccountLine {
            made_by: names.get(&account.made_by).cloned().unwrap_or_default(),
            roles: bound.iter().map(|bound| places.role(bound, may_revoke(bound))).collect(),
            account,
        });
    }
    Ok(lines)
}

/// One service account; its tokens and what can be given to it are for who manages it.
pub async fn view(service: &Service, actor: &Actor, id: PersonId) -> Result<ServiceAccountView, Error> {
    in_own_name(actor)?;
    let mut conn = service.read().await?;
    let Kept { account, project: home } = find(&mut conn, actor, id).await?;
    let may_manage = explain(actor, Action::ManagePeople, &at(home));
    let manages = may_manage.is_ok();
    let places = Places::load(&mut conn).await?;
    let here =
        |place: &Place| manages && inside(home, place) && actor.may(Action::ManagePeople, &target(place));
    let project: Option<Project> = match home {
        Some(home) => Some(projects::load(&mut conn, home).await?),
        None => None,
    };
    let own = |scope: &String| match &project {
        Some(project) => scope.split('/').next() == Some(project.slug.as_str()),
        None => true,
    };
    let mut scopes = if manages { scopes(&mut conn, actor).await? } else { Vec::new() };
    scopes.retain(own);
    let line = lines(&mut conn, actor, vec![account]).await?.pop();
    Ok(ServiceAccountView {
        line: line.ok_or_else(|| Error::Internal("a service account has no line".to_owned()))?,
        tokens: if manages { tokens::list(&mut conn, id).await? } else { Vec::new() },
        roles: access::roles(&mut conn).await?,
        places: places.named(here),
        scopes,
        may_manage,
        project,
        now: service.now(),
    })
}

/// A service account, for someone who may see it.
async fn find(conn: &mut Conn, actor: &Actor, id: PersonId) -> Result<Kept, Error> {
    let missing = || Error::not_found("This service account");
    let kept = stored::find(conn, id).await?.ok_or_else(missing)?;
    let action = if kept.project.is_some() { Action::View } else { Action::ManagePeople };
    allow(actor, action, &at(kept.project)).map_err(|_| missing())?;
    Ok(kept)
}

/// A service account, for someone who manages it.
async fn managed(conn: &mut Conn, actor: &Actor, id: PersonId) -> Result<Kept, Error> {
    let kept = find(conn, actor, id).await?;
    allow(actor, Action::ManagePeople, &at(kept.project))?;
    Ok(kept)
}

/// Whether a service account may hold a role at a place: that of a project is kept to it.
fn inside(home: Option<ProjectId>, place: &Place) -> bool {
    match (home, *place) {
        (None, _) => true,
        (Some(home), Place::Project { project } | Place::Environment { project, .. }) => project == home,
        (Some(_), Place::Installation | Place::Stream { .. }) => false,
    }
}

/// Makes a service account, which may nothing yet.
pub async fn create(
    service: &Service,
    actor: &Actor,
    form: ServiceAccountForm,
) -> Result<ServiceAccountLine, Error> {
    let mut conn = service.read().await?;
    let project = match form.project.as_str() {
        "" => None,
        slug => Some(scenes::project(&mut conn, actor, slug).await?),
    };
    drop(conn);
    let home = project.as_ref().map(|project| project.id);
    allow(actor, Action::ManagePeople, &at(home))?;
    let name = form.check()?;
    let account = machine(service, name.clone(), "service-account")?;
    let id = account.id;
    let scene = project.as_ref().map(project_scene).unwrap_or_default();
    let change = Change::ServiceAccountMade { account: id, name: name.to_string() };
    let event = service.event(Service::event_actor(actor), scene, change);
    let (made_by, created_at) = (actor.person(), account.joined_at);
    service
        .db()
        .write(async move |tx| {
            check_free(tx, home, &account.name).await?;
            stored::insert(tx, &account, home, made_by).await?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    let project = project.map(|project| project.slug);
    let account =
        ServiceAccount { id, name, project, made_by, created_at, disabled_at: None, last_used_at: None };
    let line = lines(&mut service.read().await?, actor, vec![account]).await?.pop();
    line.ok_or_else(|| Error::Internal("a service account has no line".to_owned()))
}

/// Nobody could tell two of one name apart, in a list or on the timeline.
async fn check_free(tx: &mut Tx, home: Option<ProjectId>, name: &PersonName) -> Result<(), Error> {
    let here = match home {
        Some(project) => stored::list(tx, project).await?,
        None => stored::list_global(tx).await?,
    };
    let name = name.as_str().to_lowercase();
    let Some(Kept { account, .. }) =
        here.into_iter().find(|kept| kept.account.name.as_str().to_lowercase() == name)
    else {
        return Ok(());
    };
    let words = format!("There is a service account “{}” here already. Choose another name.", account.name);
    Err(Invalid::field("name", words).into())
}

/// Gives a service account a role. Nobody gives more than they have.
pub async fn give_role(
    service: &Service,
    actor: &Actor,
    id: PersonId,
    form: ServiceRoleForm,
) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let Kept { project: home, .. } = managed(&mut conn, actor, id).await?;
    let place = Places::load(&mut conn).await?.find(&form.place, actor)?;
    if !inside(home, &place) {
        let words =
            "A service account of a project holds roles in it only. Make one of the installation for more.";
        return Err(Invalid::field("place", words).into());
    }
    let role = access::roles(&mut conn).await?.into_iter().find(|role| role.slug.as_str() == form.role);
    let role = role.ok_or_else(|| Invalid::field("role", "Choose a role."))?;
    may_grant(actor, &role, &target(&place))?;
    service.check_fresh(actor, Guarded::Rights)?;
    drop(conn);
    grant(service, actor, id, role.slug, place).await
}

/// Makes a token of a service account, for someone who may all that the account may. The secret is in this answer and nowhere
/// else.
pub async fn create_token(
    service: &Service,
    actor: &Actor,
    id: PersonId,
    form: TokenForm,
) -> Result<(Token, Secret), Error> {
    let mut conn = service.read().await?;
    let Kept { account, project: home } = hand_over(&mut conn, actor, id).await?;
    drop(conn);
    if account.disabled_at.is_some() {
        return Err(Error::Conflict(format!("{} is disabled. Enable it first.", account.name)));
    }
    let mut new = form.check()?;
    if new.changes_things() {
        service.check_fresh(actor, Guarded::Tokens)?;
    }
    if let (Some(project), true) = (&account.project, new.scope.is_empty()) {
        new.scope = project.to_string();
    }
    let scope = find_scope(service, actor, &new).await?;
    if home.is_some() && scope.project != home {
        return Err(
            Invalid::field("scope", "Choose the project of the service account, or a part of it.").into()
        );
    }
    make(service, actor, id, new, scope).await
}

/// A service account, for someone who manages it and may all that it may: who gets a token of it could act so.
pub(crate) async fn hand_over(conn: &mut Conn, actor: &Actor, id: PersonId) -> Result<Kept, Error> {
    let kept = managed(conn, actor, id).await?;
    for Bound { binding, role, .. } in access::bindings_of(conn, id).await? {
        may_grant(actor, &role, &target(&binding.place))?;
    }
    Ok(kept)
}

/// Whether someone manages a service account of this id.
pub(crate) async fn manages(conn: &mut Conn, actor: &Actor, id: PersonId) -> Result<bool, Error> {
    match managed(conn, actor, id).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound(_) | Error::Forbidden(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Disables a service account, so that its tokens work no more, or lets it act again with what it had.
pub async fn disable(service: &Service, actor: &Actor, id: PersonId, disabled: bool) -> Result<(), Error> {
    let mut conn = service.read().await?;
    // Whoever lets it act again gives away what it may.
    let kept =
        if disabled { managed(&mut conn, actor, id).await? } else { hand_over(&mut conn, actor, id).await? };
    let scene = scene(&mut conn, kept.project).await?;
    drop(conn);
    let name = kept.account.name.to_string();
    let at = disabled.then(|| service.now());
    let told = name.clone();
    let change = if disabled {
        Change::ServiceAccountDisabled { account: id, name: told }
    } else {
        Change::ServiceAccountEnabled { account: id, name: told }
    };
    let event = service.event(Service::event_actor(actor), scene, change);
    service
        .db()
        .write(async move |tx| {
            if !stored::disable(tx, id, at).await? {
                let word = if disabled { "disabled already" } else { "not disabled" };
                return Err(Error::Conflict(format!("{name} is {word}.")));
            }
            tx.tell(event);
            Ok(())
        })
        .await
}

/// Revokes every token of a service account, also of one that is disabled, and tells how many worked until now.
pub async fn revoke_tokens(service: &Service, actor: &Actor, id: PersonId) -> Result<u64, Error> {
    let mut conn = service.read().await?;
    let home = managed(&mut conn, actor, id).await?.project;
    let scene = scene(&mut conn, home).await?;
    drop(conn);
    let (writer, by) = (service.clone(), Service::event_actor(actor));
    service.db().write(async move |tx| revoke_all_of(tx, (&writer, by), scene, id).await).await
}

/// Deletes a service account, with its tokens and roles. Its name stays with what it did.
pub async fn delete(service: &Service, actor: &Actor, id: PersonId) -> Result<(), Error> {
    let mut conn = service.read().await?;
    let Kept { account, project: home } = managed(&mut conn, actor, id).await?;
    let scene = scene(&mut conn, home).await?;
    drop(conn);
    let (writer, by) = (service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            let now = writer.now();
            if !stored::delete(tx, id, now).await? {
                return Err(Error::not_found("This service account"));
            }
            stored::disable(tx, id, Some(now)).await?;
            for Bound { binding, role, source, .. } in access::bindings_of(tx, id).await? {
                access::unbind(tx, binding.id).await?;
                let (binding, place) = (binding.id, binding.place);
                let change = Change::RoleRevoked { binding, person: id, role: role.slug, place, source };
                tx.tell(writer.event(by, Scene::default(), change));
            }
            let tokens = tokens::revoke_of(tx, id, now).await?;
            let change =
                Change::ServiceAccountDeleted { account: id, name: account.name.to_string(), tokens };
            tx.tell(writer.event(by, scene, change));
            Ok(())
        })
        .await
}

async fn scene(conn: &mut Conn, home: Option<ProjectId>) -> Result<Scene, Error> {
    Ok(match home {
        Some(project) => project_scene(&projects::load(conn, project).await?),
        None => Scene::default(),
    })
}
