//! People: signing in, being invited, and the roles that they hold.

mod places;

pub(crate) use places::{Places, place_names, place_words, sees, target};

use crate::links::invitation;
use crate::roles::check_there;
use crate::{Error, Service, allow, delegations, subscriptions};
use std::collections::BTreeSet;
use std::net::IpAddr;
use towpath_domain::access::{Action, Actor, Binding, Grant, Identity, Place, Role, Target, may_grant};
use towpath_domain::confirmations::Guarded;
use towpath_domain::forms::Invalid;
use towpath_domain::ids::{BindingId, LinkId, PersonId};
use towpath_domain::people::{InvitationForm, Member, NewInvitation, PeopleView, Person};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, EventActor, Personal, Scene};
use towpath_domain::words::{Email, PersonName};
use towpath_store::access::Bound;
use towpath_store::links::Purpose;
use towpath_store::{Conn, Tx, access, links, people, promotions, sessions, tokens};

const NO_PASSWORDS: &str = "Passwords are not taken here. Sign in by a provider, on the sign-in page.";
const DEACTIVATED: &str = "The account under this e-mail is deactivated. Reactivate it first, on this page.";
const MACHINE: &str = "Nobody has an account under this e-mail, and nobody can: machines act in its name.";
const NO_INVITATIONS: &str = "Nobody has an account under this e-mail, and passwords are not taken here. Let them sign in by \
     a provider once, and give the role then.";

/// Checks an e-mail address and a password. Both mistakes take the same time and get the same answer.
/// `from` is where the request comes from, as too many tries from there, or for one account, are refused.
pub async fn sign_in(
    service: &Service,
    email: &str,
    password: String,
    from: IpAddr,
) -> Result<PersonId, Error> {
    if !service.0.providers.passwords() {
        return Err(Error::Refused(NO_PASSWORDS.to_owned()));
    }
    let email = Email::parse(email).ok();
    service.0.limits.sign_in(from, email.as_ref(), service.now())?;
    let found = match &email {
        Some(email) => people::find_password(&mut service.read().await?, email).await?,
        None => None,
    };
    let (person, hash) = found.unzip();
    let fits = service.0.passwords.verify(password, hash).await?;
    let person = person.filter(|_| fits).ok_or(Error::Credentials)?;
    if let Some(email) = &email {
        service.0.limits.signed_in(from, email);
    }
    Ok(person)
}

/// A signed-in person with all that they were granted.
pub async fn actor(service: &Service, person: PersonId) -> Result<(Person, Actor), Error> {
    let mut conn = service.read().await?;
    if !people::deactivated(&mut conn, &[person]).await?.is_empty() {
        return Err(Error::not_found("This account"));
    }
    let grants = access::grants(&mut conn, person).await?;
    let actor = Actor { identity: Identity::Person { person }, grants, scope: None, proven_at: None };
    Ok((people::load(&mut conn, person).await?, actor))
}

/// A role that someone holds, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub role: Slug,
    /// The place as invitations name it: `project:shop`.
    pub place: String,
    /// The place in words: “the project shop”.
    pub words: String,
}

/// The roles that who asks holds.
pub async fn held(service: &Service, actor: &Actor) -> Result<Vec<Held>, Error> {
    let places = Places::load(&mut service.read().await?).await?;
    let held = |grant: &Grant| {
        let (place, words) = places.named(|place| *place == grant.place).into_iter().next()?;
        Some(Held { role: grant.role.slug.clone(), place, words })
    };
    let mut all: Vec<Held> = Vec::new();
    for held in actor.grants.iter().filter_map(held) {
        // The same by hand and by a group is one.
        if !all.contains(&held) {
            all.push(held);
        }
    }
    Ok(all)
}

impl Service {
    /// The actor as the audit log names them.
    pub(crate) fn event_actor(actor: &Actor) -> EventActor {
        match actor.identity {
            Identity::Person { person } => EventActor::Person { person },
            Identity::Token { token, owner } => EventActor::Token { token, owner },
        }
    }
}

/// Everyone with their roles, the open invitations, and where roles can be bound.
pub async fn list(service: &Service, actor: &Actor) -> Result<PeopleView, Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    let mut conn = service.read().await?;
    let places = Places::load(&mut conn).await?;
    let bindings = access::bindings(&mut conn).await?;
    let now = service.now();
    let people = people::list_all(&mut conn).await?;
    let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let deactivated = people::deactivated(&mut conn, &ids).await?;
    let people = people
        .into_iter()
        .map(|person| {
            let own = bindings.iter().filter(|bound| bound.binding.person == person.id);
            Member {
                roles: own.map(|bound| places.role(bound, true)).collect(),
                deactivated_at: deactivated.get(&person.id).copied(),
                person,
            }
        })
        .collect();
    let invitations = links::open_invitations(&mut conn, now)
        .await?
        .into_iter()
        .filter_map(|link| places.invitation(link))
        .collect();
    Ok(PeopleView {
        people,
        invitations,
        roles: access::roles(&mut conn).await?,
        places: places.named(|_| true),
        now,
    })
}

/// What came of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invited {
    /// A one-time link for the person who is to join; shown once.
    Link(String),
    /// Someone with this address has an account, and holds the role now.
    Granted,
}

/// Invites someone by a one-time link, or gives the role at once to who has an account already.
pub async fn invite(service: &Service, actor: &Actor, form: InvitationForm) -> Result<Invited, Error> {
    let new = form.check()?;
    let mut conn = service.read().await?;
    let place = Places::load(&mut conn).await?.find(&new.place, actor)?;
    let roles = access::roles(&mut conn).await?;
    let role = roles.iter().find(|role| role.slug == new.role);
    allow(actor, Action::ManagePeople, &target(&place))?;
    may_grant(actor, role.ok_or_else(|| Invalid::field("role", "Choose a role."))?, &target(&place))?;
    service.check_fresh(actor, Guarded::Rights)?;
    match people::find_by_email(&mut conn, &new.email).await? {
        Some(person) if !people::deactivated(&mut conn, &[person.id]).await?.is_empty() => {
            Err(Invalid::field("email", DEACTIVATED).into())
        }
        Some(person) if !people::machines(&mut conn, &[person.id]).await?.is_empty() => {
            Err(Invalid::field("email", MACHINE).into())
        }
        Some(person) => grant(service, actor, person.id, new.role, place).await.map(|()| Invited::Granted),
        None if !service.0.providers.passwords() => Err(Invalid::field("email", NO_INVITATIONS).into()),
        None => issue(service, actor, new, place).await.map(Invited::Link),
    }
}

async fn issue(service: &Service, actor: &Actor, new: NewInvitation, place: Place) -> Result<String, Error> {
    let (link, secret) = invitation(service, new.email.clone(), new.role.clone(), place);
    let invited = new.role.clone();
    let change =
        Change::PersonInvited { link: link.id, email: Personal::new(&new.email), role: new.role, place };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    let hash = secret.hash;
    service
        .db()
        .write(async move |tx| {
            check_there(tx, &invited).await?;
            links::insert(tx, &link, &hash).await?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(service.link_address(&secret))
}

/// An account in whose name machines act. Nobody can be reached at its address (RFC 2606 §2), and nobody joins with it.
pub(crate) fn machine(service: &Service, name: PersonName, kind: &str) -> Result<Person, Error> {
    let id: PersonId = service.id();
    let email = Email::parse(&format!("{id}@{kind}.invalid"));
    let email = email.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Person { id, name, email, joined_at: service.now() })
}

/// Gives someone, or a service account, a role that who asks may give.
pub(crate) async fn grant(
    service: &Service,
    actor: &Actor,
    person: PersonId,
    role: Slug,
    place: Place,
) -> Result<(), Error> {
    let binding = Binding { id: service.id(), person, place };
    let change = Change::RoleGranted { binding: binding.id, person, role: role.clone(), place, source: None };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    let now = service.now();
    service
        .db()
        .write(async move |tx| {
            check_there(tx, &role).await?;
            // What goes with a group does not stand against giving it for good.
            let held = access::bindings_of(tx, person).await?;
            let lasting = |bound: &&Bound| {
                bound.is_own() && bound.source.as_ref().is_none_or(|source| source.group.is_none())
            };
            if held
                .iter()
                .filter(lasting)
                .any(|bound| bound.role.slug == role && bound.binding.place == place)
            {
                return Err(Invalid::field("role", "They hold this role there already.").into());
            }
            access::bind(tx, &binding, &role, None, now).await?;
            tx.tell(event);
            Ok(())
        })
        .await
}

/// Takes a role away from someone. The last admin of the installation stays.
pub async fn revoke(service: &Service, actor: &Actor, id: BindingId) -> Result<(), Error> {
    let gone = || Error::not_found("This role binding");
    let bindings = access::bindings(&mut service.read().await?).await?;
    // What is bound to a group is taken from the group.
    let bound =
        bindings.into_iter().find(|bound| bound.binding.id == id && bound.is_own()).ok_or_else(gone)?;
    // Ids tell nothing of projects that who asks does not see.
    if !sees(actor, &bound.binding.place) {
        return Err(gone());
    }
    allow(actor, Action::ManagePeople, &target(&bound.binding.place))?;
    service.check_fresh(actor, Guarded::Rights)?;
    let Bound { binding, role, source, .. } = bound;
    let Binding { person, place, .. } = binding;
    let change = Change::RoleRevoked { binding: id, person, role: role.slug, place, source };
    let (writer, by) = (service.clone(), Service::event_actor(actor));
    let event = service.event(by, Scene::default(), change);
    service
        .db()
        .write(async move |tx| {
            if !access::unbind(tx, id).await? {
                return Err(gone());
            }
            keep_an_admin(tx).await?;
            tx.tell(event);
            delegations::end_lost(tx, &writer, person, by).await
        })
        .await
}

/// Refuses what leaves nobody who may act as an admin of the installation.
pub(crate) async fn keep_an_admin(tx: &mut Tx) -> Result<(), Error> {
    let admin = Role::admin().slug;
    let bindings = access::bindings(tx).await?.into_iter();
    let admins =
        bindings.filter(|bound| bound.role.slug == admin && bound.binding.place == Place::Installation);
    let admins: BTreeSet<PersonId> = admins.map(|bound| bound.binding.person).collect();
    let ids: Vec<PersonId> = admins.into_iter().collect();
    let (gone, machines) = (people::deactivated(tx, &ids).await?, people::machines(tx, &ids).await?);
    if ids.iter().any(|id| !gone.contains_key(id) && !machines.contains(id)) {
        return Ok(());
    }
    Err(Error::Refused("The installation keeps at least one admin.".to_owned()))
}

/// Lets someone act no more: ends their sessions and tokens, and with these their hooks, disables the subscriptions that they
/// made, and takes back what they approved of what still waits. Their name stays with all that they did.
pub async fn deactivate(service: &Service, actor: &Actor, person: PersonId) -> Result<(), Error> {
    let found = manage(service, actor, person).await?;
    if found.id == actor.person() {
        return Err(Error::Refused("You cannot deactivate yourself. Another admin can.".to_owned()));
    }
    let (writer, by) = (service.clone(), Service::event_actor(actor));
    service
        .db()
        .write(async move |tx| {
            let now = writer.now();
            if !people::deactivate(tx, person, now).await? {
                return Err(Error::Conflict(format!("{} is deactivated already.", found.name)));
            }
            keep_an_admin(tx).await?;
            sessions::delete_of(tx, person).await?;
            let tokens = tokens::revoke_of(tx, person, now).await?;
            let approvals = promotions::take_back_approvals(tx, person, now).await?;
            subscriptions::disable_of(&writer, tx, person, by).await?;
            delegations::end_of(tx, &writer, person, by).await?;
            let change = Change::PersonDeactivated { person, tokens, approvals };
            tx.tell(writer.event(by, Scene::default(), change));
            Ok(())
        })
        .await
}

/// Lets someone act again who was deactivated. Their roles are as they were; they sign in anew, and make new tokens.
pub async fn reactivate(service: &Service, actor: &Actor, person: PersonId) -> Result<(), Error> {
    let found = manage(service, actor, person).await?;
    let change = Change::PersonReactivated { person };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    service
        .db()
        .write(async move |tx| {
            if !people::reactivate(tx, person).await? {
                return Err(Error::Conflict(format!("{} is not deactivated.", found.name)));
            }
            tx.tell(event);
            Ok(())
        })
        .await
}

/// Someone with an account, for who manages the people of the installation.
pub(crate) async fn manage(service: &Service, actor: &Actor, person: PersonId) -> Result<Person, Error> {
    allow(actor, Action::ManagePeople, &Target::installation())?;
    let all = people::list_all(&mut service.read().await?).await?;
    all.into_iter().find(|known| known.id == person).ok_or_else(|| Error::not_found("This person"))
}

/// Takes an invitation back, so that nobody joins by its link.
pub async fn withdraw(service: &Service, actor: &Actor, id: LinkId) -> Result<(), Error> {
    let gone = || Error::not_found("This invitation");
    let open = links::open_invitations(&mut service.read().await?, service.now()).await?;
    let link = open.into_iter().find(|link| link.id == id).ok_or_else(gone)?;
    let Purpose::Invitation { email, role, place } = link.purpose else { return Err(gone()) };
    if !sees(actor, &place) {
        return Err(gone());
    }
    allow(actor, Action::ManagePeople, &target(&place))?;
    let change = Change::InvitationWithdrawn { link: id, email: Personal::new(&email), role, place };
    let event = service.event(Service::event_actor(actor), Scene::default(), change);
    service
        .db()
        .write(async move |tx| {
            if !links::withdraw(tx, id).await? {
                return Err(gone());
            }
            tx.tell(event);
            Ok(())
        })
        .await
}

/// The roles whose holders may approve.
pub(crate) async fn approving_roles(conn: &mut Conn) -> Result<Vec<Role>, Error> {
    let roles = access::roles(conn).await?;
    Ok(roles.into_iter().filter(|role| role.permissions.contains_key(&Action::Approve)).collect())
}
