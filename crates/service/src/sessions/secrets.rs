//! Sessions of people outside a browser, such as those of the command: a secret instead of a cookie.

use super::{Kept, Origin, create, delete, load, touch};
use crate::{Error, Service, people};
use towpath_domain::access::Actor;
use towpath_domain::ids::PersonId;
use towpath_domain::times::Time;

/// What every session's secret starts with, so that it is told from a token's.
pub const PREFIX: &str = "tps_";
/// How long such a session lasts, in seconds.
const SECONDS: i64 = 12 * 3_600;

const ENDED: Error = Error::Token("This session is not known here or has ended. Sign in again.");

/// Begins a session. The secret is in this answer and nowhere else.
pub async fn begin(service: &Service, person: PersonId, origin: Origin) -> Result<(String, Time), Error> {
    let id = service.random::<32>();
    let used_at = service.now();
    let expires_at = used_at.plus_seconds(SECONDS);
    // It is begun by a password.
    let proven_at = Some(used_at);
    let kept = Kept { person: Some(person), data: "{}".to_owned(), origin, proven_at, used_at, expires_at };
    if !create(service, &id, kept).await? {
        return Err(Error::Internal("a random session id was taken".to_owned()));
    }
    Ok((format!("{PREFIX}{}", hex::encode(id)), expires_at))
}

/// Who acts by a session's secret, and until when it lasts.
pub async fn actor(service: &Service, secret: &str) -> Result<(Actor, Time), Error> {
    let id = parse(secret)?;
    let kept = load(service, &id).await?.ok_or(ENDED)?;
    let (_, actor) = people::actor(service, kept.person.ok_or(ENDED)?).await?;
    touch(service, &id, &kept, kept.expires_at).await?;
    Ok((Actor { proven_at: kept.proven_at, ..actor }, kept.expires_at))
}

/// Ends a session.
pub async fn end(service: &Service, secret: &str) -> Result<(), Error> {
    delete(service, &parse(secret)?).await
}

/// The id behind a session's secret, to tell it from others; nothing, where it is a secret of another kind.
pub fn id(secret: &str) -> Vec<u8> {
    parse(secret).map(Vec::from).unwrap_or_default()
}

/// The session's id. A browser's is of another length, so that neither passes for the other.
fn parse(secret: &str) -> Result<[u8; 32], Error> {
    let digits = secret.strip_prefix(PREFIX).ok_or(ENDED)?;
    let mut id = [0; 32];
    hex::decode_to_slice(digits, &mut id).map_err(|_| ENDED)?;
    Ok(id)
}
