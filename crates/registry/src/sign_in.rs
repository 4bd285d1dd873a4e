//! Who asks: credentials of a request, the challenge to show some, and the token service.
//!
//! Docker's token authentication: a client without credentials is sent to `/v2/token` (distribution docs,
//! `spec/auth/token.md` and `spec/auth/oauth.md`); one that shows an API token by Basic is let in at once. The
//! scope that a client asks for is not written into its token: what it may do is decided at each request, by
//! the rights that its API token has at that moment.

use axum::{
    Json,
    body::Body,
    extract::{self, FromRequest},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header, request::Parts};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};
use towpath_domain::access::Actor;
use towpath_service::{
    Peer, Service,
    sessions::secrets as sessions,
    storage,
    tokens::{self, BEARER_SECONDS},
};

use crate::{
    credentials::Credentials,
    path::{Resource, parse_name},
    query::Query,
    refusals::{Code, Refusal},
};

/// Who sent a request; a refusal tells the client where to get a token for what it wants.
pub(crate) async fn authenticate(
    service: &Service,
    parts: &Parts,
    resource: &Resource,
) -> Result<Actor, Refusal> {
    let challenged = |refusal: Refusal| {
        refusal.with_header(header::WWW_AUTHENTICATE, challenge(service, &parts.method, resource))
    };
    let credentials = read(&parts.headers).map_err(challenged)?;
    let actor = match credentials {
        None => Ok(anybody(service, parts, resource).await?),
        // Whoever is signed in by the command pushes by it, too.
        Some(Credentials::ApiToken(secret)) if secret.starts_with(sessions::PREFIX) => {
            sessions::actor(service, &secret).await.map(|(actor, _)| Some(actor))
        }
        Some(Credentials::ApiToken(secret)) => {
            tokens::actor(service, &secret, address(parts)).await.map(|(actor, _)| Some(actor))
        }
        Some(Credentials::Bearer(bearer)) => {
            match tokens::bearer_actor(service, &bearer, address(parts)).await {
                Ok(None) => Ok(anybody(service, parts, resource).await?),
                known => known,
            }
        }
    };
    let unknown = || challenged(Refusal::new(Code::Unauthorized, "sign in with an API token"));
    match actor {
        Ok(actor) => actor.ok_or_else(unknown),
        Err(error @ towpath_service::Error::Token(_)) => Err(challenged(error.into())),
        Err(other) => Err(other.into()),
    }
}

/// Where a request comes from.
fn address(parts: &Parts) -> IpAddr {
    parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Peer(address)| *address)
}

/// Whoever does not say who they are: they may read what a project lets anybody pull, and nothing else.
async fn anybody(service: &Service, parts: &Parts, resource: &Resource) -> Result<Option<Actor>, Refusal> {
    match (resource, &parts.method) {
        (
            Resource::Blob(name, _)
            | Resource::Manifest(name, _)
            | Resource::Tags(name)
            | Resource::Referrers(name, _),
            &Method::GET | &Method::HEAD,
        ) => Ok(storage::anybody(service, &name.project).await?),
        _ => Ok(None),
    }
}

/// Whether a client without credentials asks for a token by which it may read something.
async fn reads_as_anybody(service: &Service, parts: &Parts) -> Result<bool, Refusal> {
    let query = Query::parse(&parts.uri)?;
    for scope in query.all("scope").flat_map(str::split_whitespace) {
        let named = scope.strip_prefix("repository:").and_then(|rest| rest.rsplit_once(':'));
        let Some(Ok(name)) = named.map(|(name, _)| parse_name(name)) else { continue };
        if storage::anybody(service, &name.project).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn read(headers: &HeaderMap) -> Result<Option<Credentials>, Refusal> {
    let Some(header) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    match header.to_str().map(Credentials::parse) {
        Ok(Ok(credentials)) => Ok(Some(credentials)),
        Ok(Err(error)) => Err(Refusal::new(Code::Unauthorized, error.to_string())),
        Err(error) => Err(Refusal::new(Code::Unauthorized, error.to_string())),
    }
}

/// The challenge of RFC 6750, with the scope in docker's grammar.
fn challenge(service: &Service, method: &Method, resource: &Resource) -> HeaderValue {
    let url = service.public_url();
    let host = service.registry_host();
    let name = match resource {
        Resource::Base | Resource::Token | Resource::Catalog => None,
        Resource::Blob(name, _)
        | Resource::Uploads(name)
        | Resource::Upload(name, _)
        | Resource::Manifest(name, _)
        | Resource::Tags(name)
        | Resource::Referrers(name, _) => Some(name),
    };
    let actions = match *method {
        Method::GET | Method::HEAD => "pull",
        Method::DELETE => "delete",
        _ => "pull,push",
    };
    let scope = match resource {
        Resource::Catalog => ",scope=\"registry:catalog:*\"".to_owned(),
        _ => name.map(|name| format!(",scope=\"repository:{name}:{actions}\"")).unwrap_or_default(),
    };
    let challenge = format!("Bearer realm=\"{url}/v2/token\",service=\"{host}\"{scope}");
    HeaderValue::try_from(challenge).unwrap_or(HeaderValue::from_static("Bearer"))
}

/// The answer of the token service. Clients read either name of the token.
#[derive(Serialize)]
struct Granted {
    token: String,
    access_token: String,
    expires_in: i64,
    issued_at: String,
}

#[derive(Deserialize)]
struct PasswordGrant {
    grant_type: String,
    #[serde(default)]
    password: String,
}

/// The token service: GET with Basic, or POST of a password grant (RFC 6749 §4.3).
pub(crate) async fn token(service: &Service, parts: &Parts, body: Body) -> Result<Response, Refusal> {
    let secret = match parts.method {
        Method::GET => {
            let credentials = read(&parts.headers).map_err(basic)?;
            if credentials.is_none() && reads_as_anybody(service, parts).await? {
                return Ok(granted(service, tokens::anonymous_bearer(service)));
            }
            let Some(Credentials::ApiToken(secret)) = credentials else {
                let message = "sign in with any user name and an API token as the password";
                return Err(basic(Refusal::new(Code::Unauthorized, message)));
            };
            secret
        }
        Method::POST => read_form(parts, body).await?,
        _ => {
            return Err(Refusal::new(Code::Unsupported, "a token is got by GET or POST")
                .with_header(header::ALLOW, HeaderValue::from_static("GET, POST")));
        }
    };
    let token =
        tokens::bearer(service, &secret, address(parts)).await.map_err(|error| basic(error.into()))?;
    Ok(granted(service, token))
}

fn granted(service: &Service, token: String) -> Response {
    let granted = Granted {
        access_token: token.clone(),
        token,
        expires_in: BEARER_SECONDS,
        issued_at: service.now().to_string(),
    };
    ([(header::CACHE_CONTROL, "no-store")], Json(granted)).into_response()
}

async fn read_form(parts: &Parts, body: Body) -> Result<String, Refusal> {
    let invalid = |message| Refusal::new(Code::Unsupported, message).with_status(StatusCode::BAD_REQUEST);
    let request = Request::from_parts(parts.clone(), body);
    let form = extract::Form::<PasswordGrant>::from_request(request, &()).await;
    match form {
        Ok(extract::Form(form)) if form.grant_type == "password" => Ok(form.password),
        Ok(_) => Err(invalid("the grant_type is password".to_owned())),
        Err(error) => Err(invalid(error.body_text())),
    }
}

fn basic(refusal: Refusal) -> Refusal {
    refusal.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"towpath\""))
}
