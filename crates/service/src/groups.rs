//! Groups of people: making them, who is in them, and the roles that are bound to them.
//!
//! A group is the installation's, and whoever puts somebody into one gives them all that it holds: so both take managing the
//! people of the whole installation, and no less than what is given.

use crate::people::{Places, keep_an_admin, target};
use crate::roles::check_there;
use crate::{Error, Service, allow, delegations};
use towpath_domain::access::{Action, Actor, Place, Target, may_grant};
use towpath_domain::confirmations::Guarded;
use towpath_domain::forms::Invalid;
use towpath_domain::groups::{
    Group, GroupForm, GroupLine, GroupMember, GroupMemberForm, GroupRole, GroupRoleForm, GroupView,
    GroupsView,
};
use towpath_domain::ids::{BindingId, GroupId, PersonId};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, EventActor, Scene};
use towpath_store::groups::{self as stored, GroupBinding};
use towpath_store::{Conn, Tx, access, people};

const TAKEN: &str = "There is a group of this name already, or was one. Choose another.";
const UNKNOWN: &str = "Nobody has an account under this e-mail. Invite them first, on the page People.";
const MACHINE: &str = "A machine is in no group. Give it roles of its own.";
const DEACTIVATED: &str =
    "The account under this e-mail is deactivated. Reactivate it first, on the page People.";

/// The groups, for who manages the people of the installation.
pub async fn list(service: &Service, actor: &Actor) -> Result<GroupsView, Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    let mut conn = service.read().await?;
    let members = stored::members(&mut conn).await?;
    let mut groups = Vec::new();
    for group in stored::list(&mut conn).await? {
        let count = members.iter().filter(|(of, ..)| *of == group.id).count();
        groups.push(GroupLine { members: count, roles: roles(&mut conn, group.id).await?, group });
    }
    Ok(GroupsView { groups })
}

/// What a group holds, and where.
async fn roles(conn: &mut Conn, group: GroupId) -> Result<Vec<GroupRole>, Error> {
    let (known, places) = (access::roles(conn).await?, Places::load(conn).await?);
    let role = |binding: GroupBinding| {
        let title = known.iter().find(|role| role.slug == binding.role).map(|role| role.title.clone());
        GroupRole {
            binding: binding.id,
            title: title.unwrap_or_else(|| binding.role.to_string()),
            role: binding.role,
            place: places.words(&binding.place),
        }
    };
    Ok(bindings(conn, group).await?.into_iter().map(role).collect())
}

async fn bindings(conn: &mut Conn, group: GroupId) -> Result<Vec<GroupBinding>, Error> {
    let mut bindings = stored::bindings(conn).await?;
    bindings.retain(|binding| binding.group == group);
    Ok(bindings)
}

/// One group, for who manages the people of the installation.
pub async fn view(service: &Service, actor: &Actor, slug: &str) -> Result<GroupView, Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    let mut conn = service.read().await?;
    let group = find(&mut conn, slug).await?;
    let inside: Vec<_> =
        stored::members(&mut conn).await?.into_iter().filter(|(of, ..)| *of == group.id).collect();
    let ids: Vec<PersonId> = inside.iter().map(|(_, person, _)| *person).collect();
    let deactivated = people::deactivated(&mut conn, &ids).await?;
    // By name, as people are listed.
    let members = people::list_all(&mut conn).await?.into_iter().filter_map(|person| {
        let (.., since) = inside.iter().find(|(_, member, _)| *member == person.id)?;
        let deactivated = deactivated.contains_key(&person.id);
        Some(GroupMember { person, since: *since, deactivated })
    });
    Ok(GroupView {
        members: members.collect(),
        roles: roles(&mut conn, group.id).await?,
        known_roles: access::roles(&mut conn).await?,
        places: Places::load(&mut conn).await?.named(|_| true),
        group,
        now: service.now(),
    })
}

async fn find(conn: &mut Conn, slug: &str) -> Result<Group, Error> {
    let missing = || Error::not_found(format_args!("The group “{slug}”"));
    let slug = Slug::parse(slug).map_err(|_| missing())?;
    stored::find(conn, &slug).await?.ok_or_else(missing)
}

/// Makes a group, in which nobody is yet.
pub async fn create(service: &Service, actor: &Actor, form: GroupForm) -> Result<Group, Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    let (slug, title) = form.check()?;
    let group = Group { id: service.id(), slug, title, created_at: service.now() };
    let change =
        Change::GroupMade { group: group.id, slug: group.slug.clone(), title: group.title.to_string() };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    let new = group.clone();
    service
        .db()
        .write(async move |tx| {
            stored::insert(tx, &new).await.map_err(|error| Error::taken(error, "slug", TAKEN))?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(group)
}

/// Deletes a group: its members lose what they held by it.
pub async fn delete(service: &Service, actor: &Actor, slug: &str) -> Result<(), Error> {
    write(service, actor, slug, async |writing: &Writing, tx: &mut Tx| {
        let (people, held) = (inside(tx, writing.group.id).await?, bindings(tx, writing.group.id).await?);
        stored::delete(tx, writing.group.id, writing.service.now()).await?;
        let (group, title) = (writing.group.id, writing.group.title.to_string());
        let (members, roles) = (people.len() as u64, held.len() as u64);
        writing.tell(tx, Change::GroupDeleted { group, title, members, roles });
        writing.lost(tx, &people).await
    })
    .await
}

/// Puts someone into a group, by who may give them all that it holds.
pub async fn add(service: &Service, actor: &Actor, slug: &str, form: GroupMemberForm) -> Result<(), Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    let email = form.check()?;
    let mut conn = service.read().await?;
    let found = people::find_by_email(&mut conn, &email).await?;
    let refuse = |why: &str| Error::from(Invalid::field("email", why));
    let person = found.ok_or_else(|| refuse(UNKNOWN))?;
    if !people::machines(&mut conn, &[person.id]).await?.is_empty() {
        return Err(refuse(MACHINE));
    }
    if !people::deactivated(&mut conn, &[person.id]).await?.is_empty() {
        return Err(refuse(DEACTIVATED));
    }
    drop(conn);
    let by = actor.clone();
    write(service, actor, slug, async move |writing: &Writing, tx: &mut Tx| {
        let roles = access::roles(tx).await?;
        for binding in bindings(tx, writing.group.id).await? {
            if let Some(role) = roles.iter().find(|role| role.slug == binding.role) {
                may_grant(&by, role, &target(&binding.place))?;
            }
        }
        if !stored::join(tx, writing.group.id, person.id, writing.service.now()).await? {
            let words = format!("{} is in the group already.", person.name);
            return Err(Invalid::field("email", words).into());
        }
        let (group, title) = (writing.group.id, writing.group.title.to_string());
        writing.tell(tx, Change::GroupJoined { group, title, person: person.id });
        Ok(())
    })
    .await
}

/// Takes someone out of a group.
pub async fn remove(service: &Service, actor: &Actor, slug: &str, person: PersonId) -> Result<(), Error> {
    write(service, actor, slug, async move |writing: &Writing, tx: &mut Tx| {
        if !stored::leave(tx, writing.group.id, person).await? {
            return Err(Error::not_found("This member of the group"));
        }
        let (group, title) = (writing.group.id, writing.group.title.to_string());
        writing.tell(tx, Change::GroupLeft { group, title, person });
        writing.lost(tx, &[person]).await
    })
    .await
}

/// Binds a role to a group, for all who are in it and will be. Nobody gives more than they have.
pub async fn give(service: &Service, actor: &Actor, slug: &str, form: GroupRoleForm) -> Result<(), Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    let mut conn = service.read().await?;
    let place = Places::load(&mut conn).await?.find(&form.place, actor)?;
    let role = access::roles(&mut conn).await?.into_iter().find(|role| role.slug.as_str() == form.role);
    let role = role.ok_or_else(|| Invalid::field("role", "Choose a role."))?;
    may_grant(actor, &role, &target(&place))?;
    drop(conn);
    write(service, actor, slug, async move |writing: &Writing, tx: &mut Tx| {
        check_there(tx, &role.slug).await?;
        let held = bindings(tx, writing.group.id).await?;
        if held.iter().any(|held| held.role == role.slug && held.place == place) {
            return Err(Error::Conflict("The group holds this role there already.".to_owned()));
        }
        let (id, group, role) = (writing.service.id(), writing.group.id, role.slug);
        let binding = GroupBinding { id, group, role, place };
        stored::bind(tx, &binding, writing.service.now()).await?;
        let (title, role) = (writing.group.title.to_string(), binding.role);
        writing.tell(tx, Change::GroupRoleGranted { group, title, binding: id, role, place });
        Ok(())
    })
    .await
}

/// Takes a role from a group. The last admin of the installation stays.
pub async fn take(service: &Service, actor: &Actor, slug: &str, id: BindingId) -> Result<(), Error> {
    write(service, actor, slug, async move |writing: &Writing, tx: &mut Tx| {
        let held = bindings(tx, writing.group.id).await?.into_iter().find(|held| held.id == id);
        let held = held.ok_or_else(|| Error::not_found("This role of the group"))?;
        unbind(tx, &writing.service, writing.by, &writing.group, &held).await?;
        keep_an_admin(tx).await
    })
    .await
}

async fn unbind(
    tx: &mut Tx,
    service: &Service,
    by: EventActor,
    group: &Group,
    held: &GroupBinding,
) -> Result<(), Error> {
    stored::unbind(tx, held.id).await?;
    let (title, role) = (group.title.to_string(), held.role.clone());
    let change =
        Change::GroupRoleRevoked { group: group.id, title, binding: held.id, role, place: held.place };
    tx.tell(service.event(by, Scene::default(), change));
    for person in inside(tx, group.id).await? {
        delegations::end_lost(tx, service, person, by).await?;
    }
    Ok(())
}

/// Takes from all groups what they hold at a place that is gone.
pub(crate) async fn end_at(
    tx: &mut Tx,
    service: &Service,
    by: EventActor,
    gone: impl Fn(&Place) -> bool,
) -> Result<(), Error> {
    let groups = stored::list(tx).await?;
    for held in stored::bindings(tx).await?.into_iter().filter(|held| gone(&held.place)) {
        if let Some(group) = groups.iter().find(|group| group.id == held.group) {
            unbind(tx, service, by, group, &held).await?;
        }
    }
    Ok(())
}

async fn inside(conn: &mut Conn, group: GroupId) -> Result<Vec<PersonId>, Error> {
    let members = stored::members(conn).await?.into_iter();
    Ok(members.filter(|(of, ..)| *of == group).map(|(_, person, _)| person).collect())
}

/// A group that is being changed, and by whom.
struct Writing {
    service: Service,
    by: EventActor,
    group: Group,
}

impl Writing {
    fn tell(&self, tx: &mut Tx, change: Change) {
        tx.tell(self.service.event(self.by, Scene::default(), change));
    }

    /// Sees to what ends with the roles that somebody lost. The last admin of the installation stays.
    async fn lost(&self, tx: &mut Tx, people: &[PersonId]) -> Result<(), Error> {
        keep_an_admin(tx).await?;
        for person in people {
            delegations::end_lost(tx, &self.service, *person, self.by).await?;
        }
        Ok(())
    }
}

/// Changes a group as it is by then, for who manages the people of the installation.
async fn write(
    service: &Service,
    actor: &Actor,
    slug: &str,
    change: impl AsyncFnOnce(&Writing, &mut Tx) -> Result<(), Error> + Send + 'static,
) -> Result<(), Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    service.check_fresh(actor, Guarded::Rights)?;
    let (service, by, slug) = (service.clone(), Service::event_actor(actor), slug.to_owned());
    let writer = service.clone();
    service
        .db()
        .write(async move |tx| {
            let group = find(tx, &slug).await?;
            change(&Writing { service: writer, by, group }, tx).await
        })
        .await
}
