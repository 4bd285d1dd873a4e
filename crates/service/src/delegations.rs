//! Delegations: handing one's decisions to another, ending that, and in whose names somebody decides.

use crate::sessions::in_person;
use crate::{Error, Service, allow, members, scenes};
use std::collections::btree_map::{BTreeMap, Entry};
use towpath_domain::access::{Action, Actor, Identity, Target};
use towpath_domain::confirmations::Guarded;
use towpath_domain::delegations::{Delegation, DelegationForm, DelegationLine, DelegationsView, Principal};
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{DelegationId, PersonId};
use towpath_domain::people::Person;
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, EventActor, Named, Personal, Scene};
use towpath_domain::times::Time;
use towpath_domain::words::Email;
use towpath_store::{Conn, Tx, access, delegations, people, projects};

/// How many of one person stand at once at most.
const MOST: usize = 20;
/// How many projects the form names at most.
const PROJECTS: i64 = 200;

/// The delegations that concern who asks, and what they could hand over.
pub async fn list(service: &Service, actor: &Actor) -> Result<DelegationsView, Error> {
    in_person(actor)?;
    let mut conn = service.read().await?;
    let now = service.now();
    let given = delegations::given_by(&mut conn, actor.person(), now).await?;
    let taken = delegations::taken_by(&mut conn, actor.person(), now).await?;
    Ok(DelegationsView {
        given: lines(&mut conn, given).await?,
        taken: lines(&mut conn, taken).await?,
        roles: deciding_roles(actor),
        projects: seen(&mut conn, actor).await?,
        now,
    })
}

/// The roles by which somebody may approve somewhere, each once.
fn deciding_roles(actor: &Actor) -> Vec<Slug> {
    let deciding = actor.grants.iter().filter(|grant| grant.role.permissions.contains_key(&Action::Approve));
    let mut roles: Vec<Slug> = deciding.map(|grant| grant.role.slug.clone()).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

async fn seen(conn: &mut Conn, actor: &Actor) -> Result<Vec<Slug>, Error> {
    let mut all = projects::list(conn, "", PROJECTS).await?;
    all.retain(|known| known.archived_at.is_none() && actor.may(Action::View, &Target::project(known.id)));
    Ok(all.into_iter().map(|project| project.slug).collect())
}

async fn lines(conn: &mut Conn, all: Vec<Delegation>) -> Result<Vec<DelegationLine>, Error> {
    let mut lines = Vec::new();
    for delegation in all {
        lines.push(DelegationLine {
            id: delegation.id,
            from: people::load(conn, delegation.from).await?,
            to: people::load(conn, delegation.to).await?,
            project: project(conn, &delegation).await?.project.map(|project| project.slug),
            role: delegation.role,
            reason: delegation.reason.to_string(),
            at: delegation.at,
            until: delegation.until,
        });
    }
    Ok(lines)
}

/// The project of a delegation as the place of its events; none where it is for everywhere.
async fn project(conn: &mut Conn, delegation: &Delegation) -> Result<Scene, Error> {
    let Some(id) = delegation.project else { return Ok(Scene::default()) };
    let project = projects::load(conn, id).await?;
    Ok(Scene { project: Some(Named { id, slug: project.slug }), ..Scene::default() })
}

/// Hands the decisions of who asks to another.
pub async fn make(service: &Service, actor: &Actor, form: DelegationForm) -> Result<DelegationLine, Error> {
    in_person(actor)?;
    let now = service.now();
    let new = form.check(now)?;
    let mut conn = service.read().await?;
    let at = match &new.project {
        None => None,
        Some(slug) => {
            Some(scenes::project(&mut conn, actor, slug.as_str()).await.map_err(|error| match error {
                Error::NotFound(_) => Invalid::field("project", "Choose a project that you see.").into(),
                other => other,
            })?)
        }
    };
    // Said first, so that nobody who decides nothing learns who has an account.
    if deciding_roles(actor).is_empty() {
        return Err(Invalid::field("role", NOTHING).into());
    }
    service.check_fresh(actor, Guarded::Rights)?;
    let to = taker(&mut conn, actor, &new.delegate).await?;
    let delegation = Delegation {
        id: service.id(),
        from: actor.person(),
        to: to.id,
        role: new.role,
        project: at.as_ref().map(|project| project.id),
        reason: new.reason,
        at: now,
        until: new.until,
        ended_at: None,
    };
    let from = people::load(&mut conn, actor.person()).await?;
    if !delegation.principal(from.clone(), actor.clone()).decides() {
        return Err(Invalid::field("role", NOTHING).into());
    }
    if let Some(project) = &at {
        let theirs = person_actor(&mut conn, to.id).await?;
        if !theirs.may(Action::View, &Target::project(project.id)) {
            let blind =
                format!("{} does not see {}. Let them be given a role there first.", to.name, project.slug);
            return Err(Invalid::field("delegate", blind).into());
        }
    }
    let project = at.map(|project| project.slug);
    let change = Change::DelegationMade {
        delegation: delegation.id,
        from: delegation.from,
        to: delegation.to,
        role: delegation.role.clone(),
        project: project.clone(),
        until: delegation.until,
        reason: Personal::new(&delegation.reason),
    };
    let line = DelegationLine {
        id: delegation.id,
        from,
        to,
        role: delegation.role.clone(),
        project,
        reason: delegation.reason.to_string(),
        at: now,
        until: delegation.until,
    };
    save(service, actor, delegation, change).await?;
    Ok(line)
}

async fn save(service: &Service, actor: &Actor, new: Delegation, change: Change) -> Result<(), Error> {
    let (writer, by) = (service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            let standing = delegations::given_by(tx, new.from, writer.now()).await?;
            let same =
                |old: &Delegation| (old.to, &old.role, old.project) == (new.to, &new.role, new.project);
            if standing.iter().any(same) {
                let twice = "They decide that for you already. End it first, to name another end.";
                return Err(Error::Conflict(twice.to_owned()));
            }
            if standing.len() >= MOST {
                return Err(Error::Refused(format!("You have handed over {MOST} times. End some first.")));
            }
            let gone = people::deactivated(tx, &[new.to]).await?;
            if !gone.is_empty() {
                return Err(Invalid::field("delegate", DEACTIVATED).into());
            }
            let scene = project(tx, &new).await?;
            delegations::insert(tx, &new).await?;
            tx.tell(writer.event(by, scene, change));
            Ok(())
        })
        .await
}

const NOTHING: &str = "You hold no role that approves there, so there is nothing to hand over.";
const NOBODY: &str = "Nobody whom you know from a project has an account under this e-mail.";
const MACHINE: &str = "This is the account of a machine, and machines do not decide.";
const DEACTIVATED: &str = "The account under this e-mail is deactivated.";
const ONESELF: &str = "You decide for yourself already. Name someone else.";

/// Who is to decide: nobody learns of accounts of people whom they do not see as members of some project.
async fn taker(conn: &mut Conn, actor: &Actor, email: &Email) -> Result<Person, Error> {
    let wrong = |why: &str| Error::from(Invalid::field("delegate", why));
    let to = people::find_by_email(conn, email).await?.ok_or_else(|| wrong(NOBODY))?;
    if to.id == actor.person() {
        return Err(wrong(ONESELF));
    }
    if !members::knows(conn, actor, to.id).await? {
        return Err(wrong(NOBODY));
    }
    if !people::machines(conn, &[to.id]).await?.is_empty() {
        return Err(wrong(MACHINE));
    }
    if !people::deactivated(conn, &[to.id]).await?.is_empty() {
        return Err(wrong(DEACTIVATED));
    }
    Ok(to)
}

/// Ends a delegation: whoever made it may, whoever it was made to, and whoever manages people.
pub async fn end(service: &Service, actor: &Actor, id: DelegationId) -> Result<(), Error> {
    in_person(actor)?;
    let gone = || Error::not_found("This delegation");
    let found = delegations::find(&mut service.read().await?, id).await?.ok_or_else(gone)?;
    if ![found.from, found.to].contains(&actor.person()) {
        allow(actor, Action::ManagePeople, &Target::installation()).map_err(|_| gone())?;
    }
    let (writer, by) = (service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            if end_in(tx, &writer, by, &found).await? {
                return Ok(());
            }
            Err(Error::Conflict("This is over already.".to_owned()))
        })
        .await
}

/// Ends one with its event; false where it was over already.
async fn end_in(tx: &mut Tx, service: &Service, by: EventActor, of: &Delegation) -> Result<bool, Error> {
    if !delegations::end(tx, of.id, service.now()).await? {
        return Ok(false);
    }
    let scene = project(tx, of).await?;
    let change = Change::DelegationEnded {
        delegation: of.id,
        from: of.from,
        to: of.to,
        role: of.role.clone(),
        project: scene.project.as_ref().map(|project| project.slug.clone()),
    };
    tx.tell(service.event(by, scene, change));
    Ok(true)
}

/// Ends all by which somebody decides for others, or others for them.
pub(crate) async fn end_of(
    tx: &mut Tx,
    service: &Service,
    person: PersonId,
    by: EventActor,
) -> Result<(), Error> {
    let now = service.now();
    let given = delegations::given_by(tx, person, now).await?;
    for delegation in given.into_iter().chain(delegations::taken_by(tx, person, now).await?) {
        end_in(tx, service, by, &delegation).await?;
    }
    Ok(())
}

/// Ends those by which others decide for somebody who has lost what they handed over.
pub(crate) async fn end_lost(
    tx: &mut Tx,
    service: &Service,
    person: PersonId,
    by: EventActor,
) -> Result<(), Error> {
    let given = delegations::given_by(tx, person, service.now()).await?;
    if given.is_empty() {
        return Ok(());
    }
    let (of, actor) = (people::load(tx, person).await?, person_actor(tx, person).await?);
    for delegation in given {
        if !delegation.principal(of.clone(), actor.clone()).decides() {
            end_in(tx, service, by, &delegation).await?;
        }
    }
    Ok(())
}

/// Those for whom who acts decides now, with what they hold, the first who handed over first. A token decides for nobody.
pub(crate) async fn principals(conn: &mut Conn, actor: &Actor, now: Time) -> Result<Vec<Principal>, Error> {
    if actor.token().is_some() {
        return Ok(Vec::new());
    }
    let taken = delegations::taken_by(conn, actor.person(), now).await?;
    let givers: Vec<PersonId> = taken.iter().map(|delegation| delegation.from).collect();
    let gone = people::deactivated(conn, &givers).await?;
    let mut known = BTreeMap::new();
    let mut principals = Vec::new();
    for delegation in taken.iter().filter(|one| one.is_in_force(now) && !gone.contains_key(&one.from)) {
        let from = delegation.from;
        if let Entry::Vacant(vacant) = known.entry(from) {
            vacant.insert((people::load(conn, from).await?, person_actor(conn, from).await?));
        }
        let (person, giver) = known[&from].clone();
        principals.push(delegation.principal(person, giver));
    }
    Ok(principals)
}

/// Somebody with all that they hold.
async fn person_actor(conn: &mut Conn, person: PersonId) -> Result<Actor, Error> {
    let identity = Identity::Person { person };
    Ok(Actor { identity, grants: access::grants(conn, person).await?, scope: None, proven_at: None })
}
