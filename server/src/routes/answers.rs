//! Answers that say where something new is.

use super::ROOT;
use super::idempotency::ShownOnce;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use http::header::LOCATION;
use serde::Serialize;
use towpath_api::proposals::Proposal;
use towpath_api::tokens::CreatedToken;
use towpath_domain::tokens::{Secret, Token};

/// Something was created. It is at this address below `/api/v1`, made of slugs, numbers and ids only.
pub struct Created<T>(pub String, pub T);

/// A token that was made, whose secret is in this answer and nowhere else.
pub type Made = (Extension<ShownOnce>, Created<CreatedToken>);

pub fn made((token, secret): (Token, Secret)) -> Made {
    let address = format!("/tokens/{}", token.id);
    (Extension(ShownOnce), Created(address, shown((token, secret))))
}

/// A token with the secret that is shown this once.
pub fn shown((token, secret): (Token, Secret)) -> CreatedToken {
    CreatedToken { secret: secret.reveal().to_owned(), token: token.into() }
}

/// What came of a wish that can take a second person: as it is now, or the proposal that waits.
pub enum Outcome<T> {
    Done(T),
    Proposed(Proposal),
}

impl<T: Serialize> IntoResponse for Outcome<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Done(done) => Json(done).into_response(),
            Self::Proposed(proposal) => {
                let address = format!("{ROOT}/proposals/{}", proposal.number);
                (StatusCode::ACCEPTED, [(LOCATION, address)], Json(proposal)).into_response()
            }
        }
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [(LOCATION, format!("{ROOT}{}", self.0))], Json(self.1)).into_response()
    }
}
