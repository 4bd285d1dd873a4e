//! Who calls: the `Authorization` header (RFC 6750), and where the call comes from.

use super::failures::Failure;
use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use towpath_api::problems::ProblemKind;
use towpath_api::sessions::Credential;
use towpath_app::visitors::Peer;
use towpath_domain::access::{Action, Actor, Refusal};
use towpath_domain::times::Time;
use towpath_service::attempts::Slip;
use towpath_service::sessions::secrets as sessions;
use towpath_service::{Error, Service, tokens};

const MISSING: &str = "Send a token or a session as “Authorization: Bearer …”. The Tokens page makes tokens; \
                       POST /api/v1/sessions begins a session.";

/// Someone known by a token or a session, who is no deployer: a read token opens only the routes that ask for a [`Deployer`].
pub struct Caller {
    pub actor: Actor,
    pub credential: Credential,
    pub expires_at: Time,
    /// What was sent to say so.
    pub secret: String,
}

impl FromRequestParts<Service> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Failure> {
        let caller = known(parts, service).await?;
        if caller.actor.reading().is_some() {
            return Err(Error::from(Refusal::Reading { action: Action::View }).into());
        }
        Ok(caller)
    }
}

/// Whoever may resolve an environment: someone known as every [`Caller`] is, or a read token of it.
pub struct Deployer {
    pub actor: Actor,
    secret: String,
    from: IpAddr,
}

impl Deployer {
    /// Looks again at what they may, after a while.
    pub async fn look_again(&mut self, service: &Service) -> Result<(), Failure> {
        (self.actor, ..) = known_by(service, &self.secret, self.from).await?;
        Ok(())
    }
}

impl FromRequestParts<Service> for Deployer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Failure> {
        let Caller { actor, secret, .. } = known(parts, service).await?;
        Ok(Self { actor, secret, from: address(parts) })
    }
}

async fn known(parts: &Parts, service: &Service) -> Result<Caller, Failure> {
    let secret = bearer(parts).ok_or_else(|| Failure::new(ProblemKind::Unauthenticated, MISSING))?;
    let (actor, expires_at, credential) = known_by(service, secret, address(parts)).await?;
    if let Some(slip) = parts.extensions.get::<Slip>() {
        slip.acts(&actor);
    }
    Ok(Caller { actor, credential, expires_at, secret: secret.to_owned() })
}

async fn known_by(service: &Service, secret: &str, from: IpAddr) -> Result<(Actor, Time, Credential), Error> {
    Ok(if secret.starts_with(sessions::PREFIX) {
        let (actor, expires_at) = sessions::actor(service, secret).await?;
        (actor, expires_at, Credential::Session)
    } else {
        let (actor, expires_at) = tokens::actor(service, secret, from).await?;
        (actor, expires_at, Credential::Token)
    })
}

/// What stands after `Bearer`, if the header is of that scheme.
fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, secret) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}

/// Where a call comes from.
pub struct From(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(address(parts)))
    }
}

fn address(parts: &Parts) -> IpAddr {
    parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Peer(address)| *address)
}
