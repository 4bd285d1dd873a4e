//! What stands at the address of a hook: the one door that is opened by a signature.

use super::failures::Failure;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use http::{HeaderMap, StatusCode};
use std::net::{IpAddr, Ipv4Addr};
use towpath_api::hooks::HookAnswer;
use towpath_api::problems::ProblemKind;
use towpath_app::visitors::Peer;
use towpath_domain::attempts::AttemptKind;
use towpath_domain::hooks::LARGEST;
use towpath_service::hooks::{self, Refused, Request};
use towpath_service::{Error, Service};

/// Why a request to a hook that is not there is noted.
const NO_HOOK: &str = "there is no such hook";
/// When a sender is to ask again for what is not done yet, in seconds.
const WORKING_SECONDS: i64 = 5;

pub fn router() -> Router<Service> {
    Router::new().route("/hooks/{id}", post(receive))
}

/// Takes a webhook in: 202 with what became of it, also where it came before.
async fn receive(
    State(service): State<Service>,
    Path(id): Path<String>,
    from: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let id = id.parse().map_err(|_| unknown().noted(AttemptKind::Signature, NO_HOOK))?;
    let Ok(body) = to_bytes(body, LARGEST).await else {
        let detail = format!("The body has more than {} KiB, or did not arrive.", LARGEST / 1_024);
        return Err(Failure::new(ProblemKind::TooLarge, detail));
    };
    let from = from.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Extension(Peer(address))| address);
    let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let request = Request { headers: headers.iter().filter_map(text).collect(), body: &body };
    match hooks::receive(&service, id, request, from).await {
        Ok(delivery) => Ok((StatusCode::ACCEPTED, Json(HookAnswer::from(delivery))).into_response()),
        // The page of the hook tells its owner which it was.
        Err(Refused::Unknown(why)) => Err(unknown().noted(AttemptKind::Signature, why)),
        Err(Refused::Failed(Error::NotFound(_))) => Err(unknown().noted(AttemptKind::Signature, NO_HOOK)),
        Err(refused @ Refused::WorkedOn) => {
            Err(Failure::new(ProblemKind::Busy, refused.to_string()).later(WORKING_SECONDS))
        }
        Err(Refused::Untimely(why)) => {
            Err(Failure::new(ProblemKind::Malformed, why.clone()).noted(AttemptKind::Signature, why))
        }
        Err(Refused::Unreadable(delivery)) => Err(Failure::new(ProblemKind::Invalid, delivery.detail)),
        Err(Refused::Failed(error)) => Err(error.into()),
    }
}

/// The same for all whom nothing is told, so that nobody learns which hooks there are.
fn unknown() -> Failure {
    let detail = "There is no such hook, or this request is not signed with its secret. The hook's page tells its owner why.";
    Failure::new(ProblemKind::Unauthenticated, detail)
}
