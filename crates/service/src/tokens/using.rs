//! Who acts by a token.

use crate::{Error, Service, publishers, read_tokens};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::net::IpAddr;
use towpath_domain::access::{Actor, Identity};
use towpath_domain::ids::TokenId;
use towpath_domain::times::Time;
use towpath_domain::tokens::{Secret, Token};
use towpath_store::tokens::Scoped;
use towpath_store::{Conn, access, people, tokens};

/// How long a registry's bearer token works, in seconds.
pub const BEARER_SECONDS: i64 = 300;
/// How old a token's last use may be before it is written anew, in seconds.
const TOUCH_SECONDS: i64 = 60;

/// Stands in a bearer token in place of a secret's hash.
const NOBODY: &str = "nobody";

const UNKNOWN: &str = "This token is not known here. Make one on the Tokens page.";
const REVOKED: &str = "This token was revoked. Make a new one on the Tokens page.";
const REMOVED: &str = "The publisher by which this CI job was trusted was removed.";
const EXPIRED: &str = "This token has expired. Make a new one on the Tokens page.";
const DISABLED: &str = "The service account of this token is disabled. Whoever manages it can enable it.";
const GONE: &str = "The environment of this read token was deleted.";
const REPLACED: &str = "This secret was replaced by another of the same token. Use the new one.";
const LAPSED: &str =
    "This token stands still, as its owner has not been here for long. It works again once they sign in.";

/// Who acts by a token's secret, and until when the secret works. `from` is where the request comes from.
pub async fn actor(service: &Service, secret: &str, from: IpAddr) -> Result<(Actor, Time), Error> {
    let hash = Secret::parse(secret).map_err(|_| Error::Token(UNKNOWN))?.hash();
    by_hash(service, &hash, from).await
}

async fn by_hash(service: &Service, hash: &[u8], from: IpAddr) -> Result<(Actor, Time), Error> {
    let mut conn = service.read().await?;
    let (scoped, until) = match tokens::find(&mut conn, hash).await? {
        Some(scoped) => {
            let until = scoped.token.expires_at;
            (scoped, until)
        }
        None => former(&mut conn, hash, service.now()).await?,
    };
    drop(conn);
    let actor = usable(service, scoped, Use::Direct(from)).await?;
    Ok((actor, until))
}

/// The token of a secret that was replaced, as long as it works.
async fn former(conn: &mut Conn, hash: &[u8], now: Time) -> Result<(Scoped, Time), Error> {
    let scoped = tokens::find_former(conn, hash).await?.ok_or(Error::Token(UNKNOWN))?;
    let until = scoped.token.former_until.filter(|until| now < *until).ok_or(Error::Token(REPLACED))?;
    let until = until.min(scoped.token.expires_at);
    Ok((scoped, until))
}

/// How a token comes to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// By its secret, from an address.
    Direct(IpAddr),
    /// By a hook, which has a secret of its own.
    Hook,
}

async fn usable(service: &Service, scoped: Scoped, by: Use) -> Result<Actor, Error> {
    let Scoped { token, scope, publisher, environment } = scoped;
    let now = service.now();
    if token.revoked_at.is_some() {
        return Err(Error::Token(REVOKED));
    }
    if token.expires_at <= now {
        return Err(Error::Token(EXPIRED));
    }
    let mut conn = service.read().await?;
    let owner = people::presence(&mut conn, token.owner).await?;
    if owner.deactivated {
        return Err(Error::Token(if owner.machine { DISABLED } else { REVOKED }));
    }
    // What a hook does was set up for an integration; nobody holds the secret of its token.
    let lapse = service.0.token_lapse.filter(|_| !owner.machine && by != Use::Hook);
    if lapse.is_some_and(|seconds| owner.seen_at.plus_seconds(seconds) <= now) {
        return Err(Error::Token(LAPSED));
    }
    let (grants, scope) = match (publisher, environment) {
        (Some(id), _) => publishers::acting(&mut conn, id, scope).await?.ok_or(Error::Token(REMOVED))?,
        (None, Some(id)) => read_tokens::acting(&mut conn, id, scope).await?.ok_or(Error::Token(GONE))?,
        (None, None) => (access::grants(&mut conn, token.owner).await?, scope),
    };
    drop(conn);
    touch(service, &token, by, now).await?;
    let identity = Identity::Token { token: token.id, owner: token.owner };
    Ok(Actor { identity, grants, scope: Some(scope), proven_at: None })
}

/// Who acts by the token of a hook, which was checked by the hook's own secret.
pub(crate) async fn of_hook(service: &Service, token: TokenId) -> Result<Actor, Error> {
    let scoped = tokens::load(&mut service.read().await?, token).await?;
    usable(service, scoped.ok_or(Error::Token(UNKNOWN))?, Use::Hook).await
}

/// Notes that a token is in use, at most once a minute.
async fn touch(service: &Service, token: &Token, by: Use, now: Time) -> Result<(), Error> {
    if token.last_used_at.is_some_and(|last| last.plus_seconds(TOUCH_SECONDS) > now) {
        return Ok(());
    }
    let id = token.id;
    let from = match by {
        Use::Direct(from) => Some(from.to_string()),
        Use::Hook => None,
    };
    service.db().write(async move |tx| Ok(tokens::touch(tx, id, now, from.as_deref()).await?)).await
}

/// A short-lived bearer token of the registry: it names a secret by its hash and is signed by this installation, so that it
/// ends at once with the API token, and with the secret where another took its place.
pub async fn bearer(service: &Service, secret: &str, from: IpAddr) -> Result<String, Error> {
    let hash = Secret::parse(secret).map_err(|_| Error::Token(UNKNOWN))?.hash();
    let (_, until) = by_hash(service, &hash, from).await?;
    let expires = service.now().plus_seconds(BEARER_SECONDS).min(until);
    let claim = format!("{}.{}", URL_SAFE_NO_PAD.encode(hash), expires.micros());
    let signature = URL_SAFE_NO_PAD.encode(sign(service, &claim).finalize().into_bytes());
    Ok(format!("{}.{signature}", URL_SAFE_NO_PAD.encode(claim)))
}

/// A bearer token for whoever does not say who they are; what it opens is asked at each request.
pub fn anonymous_bearer(service: &Service) -> String {
    let claim = format!("{NOBODY}.{}", service.now().plus_seconds(BEARER_SECONDS).micros());
    let signature = URL_SAFE_NO_PAD.encode(sign(service, &claim).finalize().into_bytes());
    format!("{}.{signature}", URL_SAFE_NO_PAD.encode(claim))
}

/// Who acts by a bearer token of the registry; absent for one that names nobody.
pub async fn bearer_actor(service: &Service, bearer: &str, from: IpAddr) -> Result<Option<Actor>, Error> {
    let wrong = || Error::Token("This bearer token is not one of this registry. Sign in again.");
    let (claim, signature) = bearer.split_once('.').ok_or_else(wrong)?;
    let claim = URL_SAFE_NO_PAD.decode(claim).map_err(|_| wrong())?;
    let claim = String::from_utf8(claim).map_err(|_| wrong())?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| wrong())?;
    sign(service, &claim).verify_slice(&signature).map_err(|_| wrong())?;
    let (named, expires) = claim.split_once('.').ok_or_else(wrong)?;
    let expires = expires.parse().map(Time::from_micros).map_err(|_| wrong())?;
    if expires <= service.now() {
        return Err(Error::Token("This bearer token has expired. Sign in again."));
    }
    if named == NOBODY {
        return Ok(None);
    }
    let hash = URL_SAFE_NO_PAD.decode(named).map_err(|_| wrong())?;
    by_hash(service, &hash, from).await.map(|(actor, _)| Some(actor))
}

fn sign(service: &Service, claim: &str) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(&service.0.signing_key).expect("HMAC takes a key of any length");
    mac.update(b"towpath registry bearer 1\n");
    mac.update(claim.as_bytes());
    mac
}
