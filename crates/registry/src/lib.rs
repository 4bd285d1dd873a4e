//! The OCI distribution protocol, as an axum [`Router`] over the use cases of `towpath-service`.
//!
//! Speaks the distribution specification 1.1 and what its main branch adds, with the token authentication of
//! docker. This crate translates: paths, headers and bodies into calls, and what the service says into answers.
//! Who may do what, and what a push means, is decided below.
//!
//! `HOST/PROJECT/INTEGRATION/BUCKET:TAG` is a bucket; `HOST/PROJECT/INTEGRATION:TAG` is routed by rule.

mod blobs;
mod catalog;
mod conditions;
mod credentials;
mod lingering;
mod manifests;
mod path;
mod query;
mod ranges;
mod referrers;
mod refusals;
mod sign_in;
mod tags;
mod uploads;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::any,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use towpath_domain::access::Actor;
use towpath_service::{Service, attempts::Slip};

use crate::{
    path::{PathError, Resource},
    query::Query,
    refusals::{Code, Refusal},
};

/// The routes below `/v2/`, complete: what is unknown there is answered in the words of the protocol too.
///
/// Bodies are streamed; no layer above may buffer them or bound their size.
pub fn router(service: Service) -> Router {
    Router::new()
        .route("/v2", any(handle))
        .route("/v2/", any(handle))
        .route("/v2/{*path}", any(handle))
        .with_state(service)
}

/// A request whose sender is known.
struct Call<'a> {
    service: &'a Service,
    actor: Actor,
    query: Query,
    headers: HeaderMap,
    body: Body,
}

async fn handle(State(service): State<Service>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let slip = parts.extensions.get::<Slip>().cloned().unwrap_or_default();
    let (body, rest) = lingering::watch(body);
    let mut response = match answer(&service, parts, body, &slip).await {
        Ok(response) => response,
        Err(mut refusal) => {
            slip.refuse(refusal.refused.take());
            rest.read_on().await;
            refusal.into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("docker-distribution-api-version"),
        HeaderValue::from_static("registry/2.0"),
    );
    // What is stored is anybody's content, and it is served from the origin of the application.
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn answer(service: &Service, parts: Parts, body: Body, slip: &Slip) -> Result<Response, Refusal> {
    let resource = parse(&parts)?;
    if resource == Resource::Token {
        return sign_in::token(service, &parts, body).await;
    }
    let actor = sign_in::authenticate(service, &parts, &resource).await?;
    slip.acts(&actor);
    let call = Call { service, actor, query: Query::parse(&parts.uri)?, headers: parts.headers, body };
    dispatch(call, &parts.method, resource).await
}

fn parse(parts: &Parts) -> Result<Resource, Refusal> {
    let path = parts.uri.path().strip_prefix("/v2").unwrap_or_default();
    Resource::parse(path.strip_prefix('/').unwrap_or_default()).map_err(|error| match error {
        // Nothing can be stored under such a tag, so only whoever wants to is told about its form.
        PathError::Tag(_) if parts.method == Method::PUT => {
            Refusal::new(Code::ManifestInvalid, error.to_string())
        }
        other => other.into(),
    })
}

async fn dispatch(call: Call<'_>, method: &Method, resource: Resource) -> Result<Response, Refusal> {
    let allowed = match (&resource, method.as_str()) {
        (Resource::Base, "GET" | "HEAD") => return Ok(StatusCode::OK.into_response()),
        (Resource::Blob(name, digest), "HEAD") => return blobs::head(call, name, digest).await,
        (Resource::Blob(name, digest), "GET") => return blobs::get(call, name, digest).await,
        (Resource::Blob(name, digest), "DELETE") => return blobs::delete(call, name, digest).await,
        (Resource::Uploads(name), "POST") => return uploads::begin(call, name).await,
        (Resource::Upload(name, id), "GET" | "HEAD") => return uploads::status(call, name, *id).await,
        (Resource::Upload(name, id), "PATCH") => return uploads::append(call, name, *id).await,
        (Resource::Upload(name, id), "PUT") => return uploads::finish(call, name, *id).await,
        (Resource::Upload(name, id), "DELETE") => return uploads::cancel(call, name, *id).await,
        (Resource::Manifest(name, reference), "HEAD") => {
            return manifests::head(call, name, reference).await;
        }
        (Resource::Manifest(name, reference), "GET") => {
            return manifests::get(call, name, reference).await;
        }
        (Resource::Manifest(name, reference), "PUT") => {
            return manifests::put(call, name, reference).await;
        }
        (Resource::Manifest(name, reference), "DELETE") => {
            return manifests::delete(call, name, reference).await;
        }
        (Resource::Catalog, "GET" | "HEAD") => return catalog::list(call).await,
        (Resource::Tags(name), "GET" | "HEAD") => return tags::list(call, name).await,
        (Resource::Referrers(name, digest), "GET" | "HEAD") => {
            return referrers::list(call, name, digest).await;
        }
        (Resource::Blob(..), _) => "GET, HEAD, DELETE",
        (Resource::Uploads(_), _) => "POST",
        (Resource::Upload(..), _) => "GET, HEAD, PATCH, PUT, DELETE",
        (Resource::Manifest(..), _) => "GET, HEAD, PUT, DELETE",
        (Resource::Base | Resource::Catalog | Resource::Tags(_) | Resource::Referrers(..), _) => "GET, HEAD",
        (Resource::Token, _) => "GET, POST",
    };
    Err(Refusal::new(Code::Unsupported, format!("{method} is not supported here"))
        .with_header(header::ALLOW, HeaderValue::from_static(allowed)))
}

/// A header value that is ASCII by construction: digests, ranges, and paths of checked names.
fn value(text: &impl ToString) -> HeaderValue {
    HeaderValue::try_from(text.to_string()).expect("digests, ranges and paths are ASCII")
}

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");
