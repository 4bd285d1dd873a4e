//! `Idempotency-Key` on requests by POST: the same again is answered as before and not done again
//! (draft-ietf-httpapi-idempotency-key-header).

use super::bodies::LARGEST;
use super::callers::Caller;
use super::failures::Failure;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use sha2::{Digest, Sha256};
use towpath_api::problems::ProblemKind;
use towpath_domain::times::Time;
use towpath_service::Service;
use towpath_service::idempotency::{self, Answer, Begun, Key};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{OpenApi, RefOr, Required, Schema};

const NAME: &str = "idempotency-key";
/// Says in an answer that nothing was done for it.
const REPLAYED: &str = "idempotency-replayed";
/// The most bytes of a key.
const LONGEST: usize = 255;

/// Stands in the extensions of an answer whose body holds what is shown once, and is not kept.
#[derive(Debug, Clone, Copy)]
pub struct ShownOnce;

/// Does a request by POST once for each key of a caller.
pub async fn once(State(service): State<Service>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    // Who does not say who they are, as at signing in, has no keys.
    let named = headers.contains_key(NAME) && headers.contains_key(AUTHORIZATION);
    if request.method() != Method::POST || !named {
        return next.run(request).await;
    }
    match keyed(&service, request, next).await {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}

async fn keyed(service: &Service, request: Request, next: Next) -> Result<Response, Failure> {
    let (mut parts, body) = request.into_parts();
    let name = name(&parts.headers)?;
    let caller = Caller::from_request_parts(&mut parts, service).await?;
    let Ok(body) = to_bytes(body, LARGEST).await else {
        let detail = format!("The body has more than {} KiB, or did not arrive.", LARGEST / 1_024);
        return Err(Failure::new(ProblemKind::TooLarge, detail));
    };
    let mut hash = Sha256::new();
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    // The length keeps what belongs to the address apart from the body.
    hash.update((target.len() as u64).to_be_bytes());
    hash.update(target);
    hash.update(&body);
    let key = idempotency::key(&caller.actor, name);
    match idempotency::begin(service, key.clone(), hash.finalize().into()).await? {
        Begun::First { at } => {
            let answered = next.run(Request::from_parts(parts, Body::from(body))).await;
            Ok(keep(service, key, at, answered).await)
        }
        Begun::Done(answer) => replay(answer),
        Begun::UnderWay => Err(Failure::new(
            ProblemKind::Conflict,
            "A request with this Idempotency-Key is under way. Send it again in a moment to learn its outcome.",
        )
        .later(1)),
        Begun::Other => Err(Failure::new(
            ProblemKind::Invalid,
            "This Idempotency-Key was given to another request in the last 24 hours. Send the same request, or take another \
             key.",
        )),
    }
}

/// The key, as it was sent: visible ASCII.
fn name(headers: &HeaderMap) -> Result<String, Failure> {
    let mut values = headers.get_all(NAME).iter();
    let wrong = || {
        Failure::new(
            ProblemKind::Malformed,
            format!("The header Idempotency-Key is one text of 1 to {LONGEST} visible ASCII characters."),
        )
    };
    let (Some(value), None) = (values.next(), values.next()) else { return Err(wrong()) };
    let text = value.to_str().map_err(|_| wrong())?.trim();
    let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(text.to_owned()) } else { Err(wrong()) }
}

/// Keeps an answer that says that something was done, and frees the key otherwise. The answer goes out in any case: it is
/// true.
async fn keep(service: &Service, key: Key, begun_at: Time, response: Response) -> Response {
    if !response.status().is_success() {
        if let Err(error) = idempotency::release(service, key, begun_at).await {
            tracing::error!(%error, "an Idempotency-Key could not be freed");
        }
        return response;
    }
    let secret = response.extensions().get::<ShownOnce>().is_some();
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Failure::new(ProblemKind::Internal, "The answer could not be written.").into_response();
    };
    let answer = Answer {
        status: parts.status.as_u16(),
        location: parts.headers.get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned),
        body: (!secret).then(|| String::from_utf8_lossy(&body).into_owned()),
    };
    if let Err(error) = idempotency::finish(service, key, begun_at, answer).await {
        tracing::error!(%error, "an answer could not be kept for its Idempotency-Key");
    }
    Response::from_parts(parts, Body::from(body))
}

fn replay(answer: Answer) -> Result<Response, Failure> {
    let Some(body) = answer.body else {
        return Err(Failure::new(
            ProblemKind::Conflict,
            "This was done already under this Idempotency-Key. What it answered holds a secret, which is shown once.",
        ));
    };
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    if status == StatusCode::NO_CONTENT {
        headers.remove(CONTENT_TYPE);
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(location) = answer.location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        headers.insert(LOCATION, location);
    }
    Ok(response)
}

/// Describes the header at every route by POST.
pub fn describe(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        if let Some(operation) = &mut item.post {
            operation.parameters.get_or_insert_default().push(RefOr::T(parameter()));
        }
    }
}

fn parameter() -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(LONGEST))
        .pattern(Some("^[!-~]+$"))
        .build();
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The same request with the same key is answered as before for 24 hours, and not done again; another request \
             with it is refused with 422. What fails frees its key.",
        ))
        .schema(Some(RefOr::T(Schema::Object(schema))))
        .build()
}
