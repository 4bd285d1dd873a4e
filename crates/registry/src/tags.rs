//! Listing tags (distribution-spec, “Listing Tags”).

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::header;
use serde::Serialize;
use towpath_service::images::{self, Name};

use crate::{Call, path::Resource, refusals::Refusal, value};

#[derive(Serialize)]
struct List {
    name: String,
    tags: Vec<String>,
}

pub(crate) async fn list(call: Call<'_>, name: &Name) -> Result<Response, Refusal> {
    let count = call.query.count()?;
    let after = call.query.get("last").unwrap_or_default();
    // One more than is shown tells whether a next page exists.
    let mut tags = images::list_tags(call.service, &call.actor, name, after, count + 1).await?;
    let more = tags.len() > count;
    tags.truncate(count);
    let next = tags.last().filter(|_| more).map(|last| {
        let path = Resource::Tags(name.clone());
        value(&format!("<{path}?n={count}&last={last}>; rel=\"next\""))
    });
    let mut response = Json(List { name: name.to_string(), tags }).into_response();
    response.headers_mut().extend(next.map(|next| (header::LINK, next)));
    Ok(response)
}
