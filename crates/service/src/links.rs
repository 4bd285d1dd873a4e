//! One-time links: issuing them, showing what one is for, and joining by one.

use crate::{Error, Service};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use towpath_domain::access::{Binding, Place, Role};
use towpath_domain::forms::Invalid;
use towpath_domain::ids::PersonId;
use towpath_domain::people::{JoinForm, LinkView, NewPerson, Person};
use towpath_domain::slugs::Slug;
use towpath_domain::timeline::{Change, Event, EventActor, Personal, Scene};
use towpath_domain::times::Time;
use towpath_domain::words::Email;
use towpath_store::access::Bound;
use towpath_store::links::{Link, Purpose};
use towpath_store::{Conn, Tx, access, links, people, sessions};

/// How long a link works, in seconds: an admin's an hour, an invitation a week.
pub(crate) const ADMIN_SECONDS: i64 = 3_600;
pub(crate) const INVITATION_SECONDS: i64 = 7 * 86_400;

const NO_PASSWORDS: &str = "Passwords are not taken here any more. Sign in by a provider, on the sign-in page, and ask whoever \
     invited you for the role.";
const TAKEN: &str = "Someone has joined with this address already. Sign in with it.";

/// A link's secret as it stands in its address, and what is stored in its place.
pub(crate) struct LinkSecret {
    pub text: String,
    pub hash: [u8; 32],
}

impl Service {
    pub(crate) fn link_secret(&self) -> LinkSecret {
        let text = hex::encode(self.random::<20>());
        LinkSecret { hash: hash(&text), text }
    }

    pub(crate) fn link_address(&self, secret: &LinkSecret) -> String {
        format!("{}/join/{}", self.public_url(), secret.text)
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Issues a link that makes, or restores, an admin: for the shell of the server.
pub async fn issue_admin(service: &Service) -> Result<String, Error> {
    issue(service, EventActor::Shell).await
}

/// Issues the link by which a new installation gets its first admin: the server does so by itself.
pub async fn issue_first_admin(service: &Service) -> Result<String, Error> {
    issue(service, EventActor::System).await
}

async fn issue(service: &Service, by: EventActor) -> Result<String, Error> {
    let secret = service.link_secret();
    let now = service.now();
    let link = Link {
        id: service.id(),
        purpose: Purpose::Admin,
        created_at: now,
        expires_at: now.plus_seconds(ADMIN_SECONDS),
        used_at: None,
    };
    let event = service.event(by, Scene::default(), Change::AdminLinkIssued { link: link.id });
    let stored = secret.hash;
    service
        .db()
        .write(async move |tx| {
            links::insert(tx, &link, &stored).await?;
            tx.tell(event);
            Ok::<_, Error>(())
        })
        .await?;
    Ok(service.link_address(&secret))
}

/// What a link is for, without using it. `from` is where the request comes from: links cannot be guessed by
/// trying many.
pub async fn view(service: &Service, secret: &str, from: IpAddr) -> Result<LinkView, Error> {
    let mut conn = service.read().await?;
    let now = service.now();
    let link = find(service, &mut conn, secret, from).await?;
    let (admin, email, role) = match &link.purpose {
        Purpose::Admin => (true, None, "Admin of the whole installation".to_owned()),
        Purpose::Invitation { email, role, place } => {
            let words = crate::people::place_words(&mut conn, place).await?;
            (false, Some(email.clone()), format!("{role} in {words}"))
        }
    };
    Ok(LinkView { admin, email, role, expires_at: link.expires_at, now })
}

/// A link that can be used.
async fn find(service: &Service, conn: &mut Conn, secret: &str, from: IpAddr) -> Result<Link, Error> {
    let (limits, now) = (&service.0.limits, service.now());
    limits.look_up_link(from, now)?;
    let link = links::find(conn, &hash(secret)).await?;
    if link.is_none() {
        limits.unknown_link(from, now);
    }
    link.filter(|link| link.used_at.is_none() && link.expires_at > now).ok_or(Error::LinkGone)
}

/// Joins by a link: makes the account and gives the role. The link works once.
///
/// An admin link also sets a new password for an account that exists: it comes from the server's own
/// shell. An invitation never touches an account, or whoever may invite could take one over.
pub async fn join(service: &Service, secret: &str, form: JoinForm, from: IpAddr) -> Result<PersonId, Error> {
    let link = find(service, &mut service.read().await?, secret, from).await?;
    if matches!(link.purpose, Purpose::Invitation { .. }) && !service.0.providers.passwords() {
        return Err(Error::Refused(NO_PASSWORDS.to_owned()));
    }
    // An invitation is for one address: whoever holds the link cannot choose another.
    let form = match &link.purpose {
        Purpose::Invitation { email, .. } => JoinForm { email: email.to_string(), ..form },
        Purpose::Admin => form,
    };
    let new = form.check()?;
    let password = service.0.passwords.hash(new.password.clone(), service.random()).await?;
    let joining = Joining { service: service.clone(), link, new, password };
    service.db().write(async move |tx| joining.run(tx).await).await
}

struct Joining {
    service: Service,
    link: Link,
    new: NewPerson,
    password: String,
}

impl Joining {
    async fn run(self, tx: &mut Tx) -> Result<PersonId, Error> {
        let now = self.service.now();
        let (role, place) = match &self.link.purpose {
            Purpose::Admin => (Role::admin().slug, Place::Installation),
            Purpose::Invitation { role, place, .. } => (role.clone(), *place),
        };
        let person = match people::find_by_email(tx, &self.new.email).await? {
            None => self.join(tx, now).await?,
            Some(person) if self.link.purpose == Purpose::Admin => self.restore(tx, person.id).await?,
            Some(_) => return Err(Invalid::field("email", TAKEN).into()),
        };
        if !links::redeem(tx, self.link.id, person, now).await? {
            return Err(Error::LinkGone);
        }
        self.grant(tx, person, &role, place, now).await?;
        Ok(person)
    }

    async fn join(&self, tx: &mut Tx, now: Time) -> Result<PersonId, Error> {
        let person = Person {
            id: self.service.id(),
            name: self.new.name.clone(),
            email: self.new.email.clone(),
            joined_at: now,
        };
        people::insert(tx, &person, Some(&self.password))
            .await
            .map_err(|error| Error::taken(error, "email", TAKEN))?;
        let change = Change::PersonJoined {
            person: person.id,
            link: self.link.id,
            name: Personal::new(&person.name),
            email: Personal::new(&person.email),
        };
        tx.tell(self.told_by(person.id, change));
        Ok(person.id)
    }

    async fn restore(&self, tx: &mut Tx, person: PersonId) -> Result<PersonId, Error> {
        // Nobody signs in to the account of a publisher, whatever the link.
        if !people::machines(tx, &[person]).await?.is_empty() {
            return Err(Invalid::field("email", TAKEN).into());
        }
        people::set_password(tx, person, &self.password).await?;
        if people::reactivate(tx, person).await? {
            tx.tell(self.told_by(person, Change::PersonReactivated { person }));
        }
        sessions::delete_of(tx, person).await?;
        tx.tell(self.told_by(person, Change::PasswordReset { person, link: self.link.id }));
        Ok(person)
    }

    async fn grant(
        &self,
        tx: &mut Tx,
        person: PersonId,
        role: &Slug,
        place: Place,
        now: Time,
    ) -> Result<(), Error> {
        let held = access::bindings_of(tx, person).await?;
        let same = |bound: &Bound| bound.role.slug == *role && bound.binding.place == place;
        // What they hold as a member of a group ends with that.
        if held.iter().any(|bound| bound.is_own() && same(bound)) {
            return Ok(());
        }
        let binding = Binding { id: self.service.id(), person, place };
        access::bind(tx, &binding, role, None, now).await?;
        let change =
            Change::RoleGranted { binding: binding.id, person, role: role.clone(), place, source: None };
        tx.tell(self.told_by(person, change));
        Ok(())
    }

    fn told_by(&self, person: PersonId, change: Change) -> Event {
        self.service.event(EventActor::Person { person }, Scene::default(), change)
    }
}

pub(crate) fn invitation(service: &Service, email: Email, role: Slug, place: Place) -> (Link, LinkSecret) {
    let now = service.now();
    let link = Link {
        id: service.id(),
        purpose: Purpose::Invitation { email, role, place },
        created_at: now,
        expires_at: now.plus_seconds(INVITATION_SECONDS),
        used_at: None,
    };
    (link, service.link_secret())
}
