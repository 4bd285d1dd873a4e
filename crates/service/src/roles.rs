//! Roles of an installation's own: made from the permissions that there are, changed for all who hold them, and deleted once
//! nothing needs them.
//!
//! A role reaches wherever it is bound, so whoever makes or changes one has to manage the people of the whole installation, and
//! gives no more by it than they have there.

use crate::people::{Places, approving_roles};
use crate::{Error, Service, allow, delegations, explain};
use std::collections::BTreeSet;
use towpath_domain::access::{Action, Actor, Role, Target, may_grant};
use towpath_domain::buckets::BucketKind;
use towpath_domain::confirmations::Guarded;
use towpath_domain::forms::Invalid;
use towpath_domain::gates::Gate;
use towpath_domain::ids::PersonId;
use towpath_domain::roles::{RoleForm, RoleHolder, RoleLine, RoleView, RolesView};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, RoleShape, Scene};
use towpath_domain::workflows::Graph;
use towpath_store::access::Bound;
use towpath_store::{Conn, Tx, access, groups, links, people, roles, workflows};

const BUILT_IN: &str = "A role that is built in means the same everywhere, so it stays as it is. Clone it, and change the clone.";
const TAKEN: &str = "There is a role of this name already, or was one. Choose another.";
const TITLE_TAKEN: &str = "There is a role of this title already. Choose another.";

/// How many are named who stand against deleting a role.
const NAMED: usize = 3;

/// All roles, for everyone who is signed in: what each permits is no secret, and who holds it is for who manages people.
pub async fn list(service: &Service, actor: &Actor) -> Result<RolesView, Error> {
    in_own_name(actor)?;
    let mut conn = service.read().await?;
    let may_manage = explain(actor, Action::ManagePeople, &Target::installation());
    let bindings = if may_manage.is_ok() { Some(access::bindings(&mut conn).await?) } else { None };
    let held = |role: &Role| {
        let holders = bindings.as_ref()?.iter().filter(|bound| bound.role.slug == role.slug);
        Some(holders.map(|bound| bound.binding.person).collect::<BTreeSet<PersonId>>().len())
    };
    let line = |role: Role| RoleLine { holders: held(&role), role };
    Ok(RolesView { roles: access::roles(&mut conn).await?.into_iter().map(line).collect(), may_manage })
}

/// A CI job has nothing to ask here.
fn in_own_name(actor: &Actor) -> Result<(), Error> {
    if actor.publisher().is_some() { Err(Error::not_found("This page")) } else { Ok(()) }
}

/// One role.
pub async fn view(service: &Service, actor: &Actor, slug: &str) -> Result<RoleView, Error> {
    in_own_name(actor)?;
    let mut conn = service.read().await?;
    let role = find(&mut conn, slug).await?;
    let may_manage = explain(actor, Action::ManagePeople, &Target::installation());
    let holders = if may_manage.is_ok() { Some(holders(&mut conn, &role).await?) } else { None };
    Ok(RoleView { role, holders, may_manage })
}

async fn find(conn: &mut Conn, slug: &str) -> Result<Role, Error> {
    let missing = || Error::not_found(format_args!("The role “{slug}”"));
    let slug = Slug::parse(slug).map_err(|_| missing())?;
    roles::find(conn, &slug).await?.ok_or_else(missing)
}

/// Who holds a role and where, by name.
async fn holders(conn: &mut Conn, role: &Role) -> Result<Vec<RoleHolder>, Error> {
    let mut bindings = access::bindings(conn).await?;
    bindings.retain(|bound| bound.role.slug == role.slug);
    let ids: Vec<PersonId> = bindings.iter().map(|bound| bound.binding.person).collect();
    let (names, places) = (people::names(conn, &ids).await?, Places::load(conn).await?);
    let holder = |bound: &Bound| RoleHolder {
        person: bound.binding.person,
        name: names.get(&bound.binding.person).cloned().unwrap_or_default(),
        place: places.words(&bound.binding.place),
        group: bound.group.clone(),
    };
    let mut holders: Vec<RoleHolder> = bindings.iter().map(holder).collect();
    holders.sort_by_key(|holder| holder.name.to_lowercase());
    Ok(holders)
}

/// Makes a role.
pub async fn create(service: &Service, actor: &Actor, form: RoleForm) -> Result<Role, Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    service.check_fresh(actor, Guarded::Rights)?;
    let form = match form.from.as_str() {
        "" => form,
        from => {
            let other = find(&mut service.read().await?, from).await;
            form.clone().beginning_as(&other.map_err(|error| match error {
                Error::NotFound(_) => Invalid::field("from", "There is no such role.").into(),
                other => other,
            })?)
        }
    };
    let role = form.check()?;
    may_grant(actor, &role, &Target::installation())?;
    let change = Change::RoleMade { role: role.slug.clone(), after: RoleShape::from(&role) };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    let stored = role.clone();
    service
        .db()
        .write(async move |tx| {
            check_title(tx, &stored).await?;
            roles::insert(tx, &stored).await.map_err(|error| Error::taken(error, "slug", TAKEN))?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(role)
}

/// Nobody could tell two of one title apart in a list.
async fn check_title(tx: &mut Tx, role: &Role) -> Result<(), Error> {
    let title = role.title.to_lowercase();
    let others = access::roles(tx).await?;
    let taken = others.iter().any(|other| other.slug != role.slug && other.title.to_lowercase() == title);
    if taken { Err(Invalid::field("title", TITLE_TAKEN).into()) } else { Ok(()) }
}

/// Changes what a role permits, at once for everyone who holds it. A gate that asks for its approvals keeps someone to give them.
pub async fn change(service: &Service, actor: &Actor, slug: &str, form: RoleForm) -> Result<Role, Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    service.check_fresh(actor, Guarded::Rights)?;
    let before = find(&mut service.read().await?, slug).await?;
    if before.is_built_in() {
        return Err(Error::Refused(BUILT_IN.to_owned()));
    }
    let after = form.check_change(&before)?;
    may_grant(actor, &after, &Target::installation())?;
    let (writer, by, role) = (service.clone(), Service::event_actor(actor), after.clone());
    service
        .db()
        .write(async move |tx| {
            let before = find(tx, role.slug.as_str()).await?;
            if before == role {
                return Ok(());
            }
            check_title(tx, &role).await?;
            roles::change(tx, &role).await?;
            if !approving_roles(tx).await?.iter().any(|known| known.slug == role.slug) {
                let gates = gates(tx, &role.slug).await?;
                if let Some(words) = in_the_way(&gates, "It has to approve: a gate asks for that in") {
                    return Err(Invalid::field("permissions[approve]", words).into());
                }
            }
            let change = Change::RoleChanged {
                role: role.slug.clone(),
                before: RoleShape::from(&before),
                after: RoleShape::from(&role),
            };
            tx.tell(writer.event(by, Scene::default(), change));
            let bound = access::bindings(tx).await?.into_iter().filter(|bound| bound.role.slug == role.slug);
            for person in bound.map(|bound| bound.binding.person).collect::<BTreeSet<PersonId>>() {
                delegations::end_lost(tx, &writer, person, by).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(after)
}

/// Deletes a role that nobody holds or is to hold, that no gate asks for, and that the configuration does not give.
pub async fn delete(service: &Service, actor: &Actor, slug: &str) -> Result<(), Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    service.check_fresh(actor, Guarded::Rights)?;
    let role = find(&mut service.read().await?, slug).await?;
    if role.is_built_in() {
        return Err(Error::Refused(BUILT_IN.to_owned()));
    }
    if let Some(provider) = service.0.providers.giving(&role.slug) {
        let words =
            format!("Signing in by {provider} gives this role. Take it out of the configuration first.");
        return Err(Error::Conflict(words));
    }
    let (writer, by) = (service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            // It may have come to be held, or have been changed, since.
            let role = find(tx, role.slug.as_str()).await?;
            check_unused(tx, &role, &writer).await?;
            let now = writer.now();
            if !roles::delete(tx, &role.slug, now).await? {
                return Err(Error::not_found("This role"));
            }
            let change = Change::RoleDeleted { role: role.slug.clone(), before: RoleShape::from(&role) };
            tx.tell(writer.event(by, Scene::default(), change));
            Ok(())
        })
        .await
}

/// Names what stands against deleting a role.
async fn check_unused(tx: &mut Tx, role: &Role, service: &Service) -> Result<(), Error> {
    let held = holders(tx, role).await?.into_iter().filter(|holder| holder.group.is_none());
    let mut held: Vec<String> = held.map(|holder| format!("{} in {}", holder.name, holder.place)).collect();
    // A group may hold it though nobody is in it.
    let places = Places::load(tx).await?;
    let known = groups::list(tx).await?;
    for binding in groups::bindings(tx).await?.into_iter().filter(|binding| binding.role == role.slug) {
        let group = known.iter().find(|group| group.id == binding.group);
        let title = group.map(|group| group.title.to_string()).unwrap_or_default();
        held.insert(0, format!("the group {title} in {}", places.words(&binding.place)));
    }
    let open = links::open_invitations(tx, service.now()).await?;
    let invited: Vec<String> = open
        .into_iter()
        .filter_map(|link| match link.purpose {
            links::Purpose::Invitation { email, role: invited, .. } if invited == role.slug => {
                Some(email.to_string())
            }
            _ => None,
        })
        .collect();
    let gates = gates(tx, &role.slug).await?;
    let why = in_the_way(&held, "Take it from who holds it first:")
        .or_else(|| in_the_way(&invited, "Withdraw the invitations to it first:"))
        .or_else(|| in_the_way(&gates, "Change the gates that ask for its approval first, in"));
    why.map_or(Ok(()), |why| Err(Error::Conflict(why)))
}

/// “Take it from who holds it first: Ben in the project shop, and 4 more.”
fn in_the_way(what: &[String], first: &str) -> Option<String> {
    let named = what.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = match what.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    (!what.is_empty()).then(|| format!("{first} {named}{more}."))
}

/// Where a gate asks for approvals by a role: workflows as `PROJECT/WORKFLOW`, and promotions that wait under an earlier version
/// of one as `PROJECT #NUMBER`.
async fn gates(tx: &mut Tx, role: &Slug) -> Result<Vec<String>, Error> {
    let asks = |gate: &Gate| matches!(gate, Gate::Approvals(approvals) if approvals.role == *role);
    let asked = |graph: &Graph| graph.stages().iter().any(|stage| stage.gates.iter().any(asks));
    let mut asking = Vec::new();
    for kind in [BucketKind::Environment, BucketKind::ReleaseStream] {
        for (project, workflow) in workflows::of_kind(tx, kind).await? {
            if asked(&workflow.graph) {
                asking.push(format!("{project}/{}", workflow.name.slug));
            }
        }
    }
    for (project, number, graph) in workflows::waits_under_earlier(tx).await? {
        if asked(&graph) {
            asking.push(format!("{project} #{number}"));
        }
    }
    Ok(asking)
}

/// A role that is about to be bound, as it is now: it may have been deleted since it was chosen.
pub(crate) async fn check_there(tx: &mut Tx, slug: &Slug) -> Result<(), Error> {
    match roles::find(tx, slug).await? {
        Some(_) => Ok(()),
        None => Err(Invalid::field("role", "This role was deleted meanwhile. Choose another.").into()),
    }
}
