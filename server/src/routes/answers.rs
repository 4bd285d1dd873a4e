//! Answers that say where something new is.

use super::ROOT;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::LOCATION;
use serde::Serialize;

/// Something was created. It is at this address below `/api/v1`, made of slugs, numbers and ids only.
pub struct Created<T>(pub String, pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [(LOCATION, format!("{ROOT}{}", self.0))], Json(self.1)).into_response()
    }
}
