//! Sessions: looked up by a hash, never by the id itself; listed to their owner, who can end them.

pub mod secrets;

use crate::{Error, Service};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use towpath_domain::access::Actor;
use towpath_domain::ids::{PersonId, SessionId};
use towpath_domain::sessions::{self as domain, agent_words};
use towpath_domain::timeline::{Change, Event, Scene};
use towpath_domain::times::Time;
use towpath_store::sessions::{self, Listed, Session};
use towpath_store::{Conn, Tx, people};

pub use towpath_store::sessions::Origin;

/// As much of a `User-Agent` as is kept, in characters.
const USER_AGENT: usize = 256;
/// How old a session's last use may be before it is written anew, in seconds: reading pages writes no more often.
const TOUCH_SECONDS: i64 = 60;
/// How many sessions of one person are listed.
const LISTED: i64 = 100;

/// A session's data, as JSON of the layer that keeps it, with the person it belongs to.
#[derive(Debug, Clone)]
pub struct Kept {
    pub person: Option<PersonId>,
    pub data: String,
    pub origin: Origin,
    /// When the person last proved who they are; absent where it is not known.
    pub proven_at: Option<Time>,
    pub used_at: Time,
    pub expires_at: Time,
}

impl From<Kept> for Session {
    fn from(kept: Kept) -> Self {
        let Kept { person, data, origin, proven_at, used_at, expires_at } = kept;
        Self { person, data, origin, proven_at, used_at, expires_at }
    }
}

/// Where a request comes from, as it is kept with the session that it begins.
pub fn origin(user_agent: &str, address: IpAddr) -> Origin {
    let plain = |letter: &char| letter.is_ascii_graphic() || *letter == ' ';
    Origin {
        user_agent: user_agent.chars().filter(plain).take(USER_AGENT).collect(),
        address: address.to_string(),
    }
}

fn hash(id: &[u8]) -> [u8; 32] {
    Sha256::digest(id).into()
}

/// Adds a session; false where its id is taken.
pub async fn create(service: &Service, id: &[u8], kept: Kept) -> Result<bool, Error> {
    let (public, hash) = (service.id(), hash(id));
    let write = async move |tx: &mut Tx| {
        note(tx, &kept).await?;
        Ok(sessions::insert(tx, public, &hash, &kept.into()).await?)
    };
    service.db().write(write).await
}

/// Notes that whom a session belongs to is here in person: on it depends whether their tokens work.
async fn note(tx: &mut Tx, kept: &Kept) -> Result<(), Error> {
    match kept.person {
        Some(person) => Ok(people::seen(tx, person, kept.used_at).await?),
        None => Ok(()),
    }
}

pub async fn save(service: &Service, id: &[u8], kept: Kept) -> Result<(), Error> {
    let (public, hash) = (service.id(), hash(id));
    let write = async move |tx: &mut Tx| {
        note(tx, &kept).await?;
        Ok(sessions::save(tx, public, &hash, &kept.into()).await?)
    };
    service.db().write(write).await
}

/// The session of this id, if it has not expired.
pub async fn load(service: &Service, id: &[u8]) -> Result<Option<Kept>, Error> {
    let mut conn = service.read().await?;
    let found = sessions::find(&mut conn, &hash(id), service.now()).await?;
    Ok(found.map(|Session { person, data, origin, proven_at, used_at, expires_at }| Kept {
        person,
        data,
        origin,
        proven_at,
        used_at,
        expires_at,
    }))
}

/// Notes now and then that a session is in use, and puts off its end, if it has not been ended in the meantime.
pub async fn touch(service: &Service, id: &[u8], kept: &Kept, expires_at: Time) -> Result<(), Error> {
    let now = service.now();
    if now < kept.used_at.plus_seconds(TOUCH_SECONDS) {
        return Ok(());
    }
    let (hash, used) = (hash(id), Kept { used_at: now, ..kept.clone() });
    let write = async move |tx: &mut Tx| {
        note(tx, &used).await?;
        Ok(sessions::touch(tx, &hash, now, expires_at).await?)
    };
    service.db().write(write).await
}

pub async fn delete(service: &Service, id: &[u8]) -> Result<(), Error> {
    let hash = hash(id);
    service.db().write(async move |tx| Ok(sessions::delete(tx, &hash).await?)).await
}

/// Takes away expired sessions, and tells how many there were.
pub async fn sweep(service: &Service) -> Result<u64, Error> {
    let now = service.now();
    service.db().write(async move |tx| Ok(sessions::sweep(tx, now).await?)).await
}

/// Where who asks is signed in: the session that asks first, by its secret id, then the others by use.
pub async fn list(service: &Service, actor: &Actor, current: &[u8]) -> Result<Vec<domain::Session>, Error> {
    in_person(actor)?;
    let mut conn = service.read().await?;
    listed(&mut conn, actor.person(), current, service.now()).await
}

pub(crate) async fn listed(
    conn: &mut Conn,
    person: PersonId,
    current: &[u8],
    now: Time,
) -> Result<Vec<domain::Session>, Error> {
    let current = hash(current);
    let session = |listed: Listed| domain::Session {
        id: listed.id,
        agent: agent_words(&listed.origin.user_agent),
        address: listed.origin.address,
        signed_in_at: listed.created_at,
        used_at: listed.used_at,
        expires_at: listed.expires_at,
        current: listed.hash == current,
    };
    let found = sessions::list(conn, person, now, LISTED).await?;
    let mut sessions: Vec<domain::Session> = found.into_iter().map(session).collect();
    sessions.sort_by_key(|session| !session.current);
    Ok(sessions)
}

/// Ends one session of who asks, by its public id.
pub async fn end(service: &Service, actor: &Actor, id: SessionId) -> Result<(), Error> {
    in_person(actor)?;
    let person = actor.person();
    let event = ended(service, actor, id);
    service
        .db()
        .write(async move |tx| {
            if !sessions::delete_one(tx, person, id).await? {
                return Err(Error::not_found("This session"));
            }
            tx.tell(event);
            Ok(())
        })
        .await
}

/// Ends every session of who asks but the one that asks, and tells how many there were.
pub async fn end_others(service: &Service, actor: &Actor, current: &[u8]) -> Result<usize, Error> {
    in_person(actor)?;
    let (service, actor, current) = (service.clone(), actor.clone(), current.to_vec());
    let db = service.db().clone();
    db.write(async move |tx| end_others_in(tx, &service, &actor, &current).await).await
}

pub(crate) async fn end_others_in(
    tx: &mut Tx,
    service: &Service,
    actor: &Actor,
    current: &[u8],
) -> Result<usize, Error> {
    let gone = sessions::delete_others(tx, actor.person(), &hash(current)).await?;
    for id in &gone {
        tx.tell(ended(service, actor, *id));
    }
    Ok(gone.len())
}

fn ended(service: &Service, actor: &Actor, session: SessionId) -> Event {
    let change = Change::SessionEnded { person: actor.person(), session };
    service.event(Service::event_actor(actor), Scene::default(), change)
}

/// A token is for what its owner may do in projects, not for the owner's account.
pub(crate) fn in_person(actor: &Actor) -> Result<(), Error> {
    match actor.token() {
        None => Ok(()),
        Some(_) => {
            Err(Error::Refused("A token cannot see or change its owner’s account. Sign in.".to_owned()))
        }
    }
}
