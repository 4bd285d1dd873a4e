//! Sessions, for the layer that keeps them: looked up by a hash, never by the id itself.

pub mod secrets;

use crate::{Error, Service};
use sha2::{Digest, Sha256};
use towpath_domain::ids::PersonId;
use towpath_domain::times::Time;
use towpath_store::sessions::{self, Session};

/// A session's data, as JSON of the layer that keeps it, with the person it belongs to.
#[derive(Debug, Clone)]
pub struct Kept {
    pub person: Option<PersonId>,
    pub data: String,
    pub expires_at: Time,
}

fn hash(id: &[u8]) -> [u8; 32] {
    Sha256::digest(id).into()
}

/// Adds a session; false where its id is taken.
pub async fn create(service: &Service, id: &[u8], kept: Kept) -> Result<bool, Error> {
    let (hash, now) = (hash(id), service.now());
    let session = Session { person: kept.person, data: kept.data, expires_at: kept.expires_at };
    service.db().write(async move |tx| Ok(sessions::insert(tx, &hash, &session, now).await?)).await
}

pub async fn save(service: &Service, id: &[u8], kept: Kept) -> Result<(), Error> {
    let (hash, now) = (hash(id), service.now());
    let session = Session { person: kept.person, data: kept.data, expires_at: kept.expires_at };
    service.db().write(async move |tx| Ok(sessions::save(tx, &hash, &session, now).await?)).await
}

/// The session of this id, if it has not expired.
pub async fn load(service: &Service, id: &[u8]) -> Result<Option<Kept>, Error> {
    let mut conn = service.read().await?;
    let found = sessions::find(&mut conn, &hash(id), service.now()).await?;
    Ok(found.map(|session| Kept {
        person: session.person,
        data: session.data,
        expires_at: session.expires_at,
    }))
}

/// Puts off the end of a session, if it has not been ended in the meantime.
pub async fn extend(service: &Service, id: &[u8], expires_at: Time) -> Result<(), Error> {
    let hash = hash(id);
    service.db().write(async move |tx| Ok(sessions::extend(tx, &hash, expires_at).await?)).await
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
