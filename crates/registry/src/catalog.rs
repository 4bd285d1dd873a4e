//! Listing repositories: not of the specification, which reserves the name, but as docker's registry has it.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::header;
use serde::Serialize;
use towpath_service::storage;

use crate::{Call, path::Resource, refusals::Refusal, value};

#[derive(Serialize)]
struct Catalog {
    repositories: Vec<String>,
}

/// A page of the repositories that hold something, for an admin of the installation.
pub(crate) async fn list(call: Call<'_>) -> Result<Response, Refusal> {
    let count = call.query.count()?;
    let after = call.query.get("last").unwrap_or_default();
    let mut names = storage::repositories(call.service, &call.actor).await?;
    names.drain(..names.partition_point(|name| name.as_str() <= after));
    let more = names.len() > count;
    names.truncate(count);
    let next = names
        .last()
        .filter(|_| more)
        .map(|last| value(&format!("<{}?n={count}&last={last}>; rel=\"next\"", Resource::Catalog)));
    let mut response = Json(Catalog { repositories: names }).into_response();
    response.headers_mut().extend(next.map(|next| (header::LINK, next)));
    Ok(response)
}
