//! Reading and deleting blobs (distribution-spec, “Pulling blobs”, “Deleting Blobs”).

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use towpath_domain::digests::Digest;
use towpath_service::images::{self, Name};

use crate::{
    CONTENT_DIGEST, Call,
    conditions::{entity_tag, has_it, takes_range},
    ranges::Wanted,
    refusals::{Code, Refusal},
    value,
};

pub(crate) async fn head(call: Call<'_>, name: &Name, digest: &Digest) -> Result<Response, Refusal> {
    let size = images::blob_size(call.service, &call.actor, name, digest).await?;
    if has_it(&call.headers, digest) {
        return Ok((StatusCode::NOT_MODIFIED, describe(digest)).into_response());
    }
    let mut headers = describe(digest);
    headers.insert(header::CONTENT_LENGTH, size.into());
    Ok((headers, Body::empty()).into_response())
}

pub(crate) async fn get(call: Call<'_>, name: &Name, digest: &Digest) -> Result<Response, Refusal> {
    let blob = images::open_blob(call.service, &call.actor, name, digest).await?;
    if has_it(&call.headers, digest) {
        return Ok((StatusCode::NOT_MODIFIED, describe(digest)).into_response());
    }
    if let Some(address) = blob.address().await? {
        // Not for good: it is signed for a while only.
        let elsewhere = [
            (header::LOCATION, value(&address)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        return Ok((StatusCode::TEMPORARY_REDIRECT, describe(digest), elsewhere).into_response());
    }
    let size = blob.size();
    let range = call.headers.get(header::RANGE).filter(|_| takes_range(&call.headers, digest));
    let wanted = range.and_then(|range| range.to_str().ok());
    let mut headers = describe(digest);
    let (status, range) = match Wanted::parse(wanted, size) {
        Wanted::All => (StatusCode::OK, 0..size),
        Wanted::Part(part) => {
            let content_range = format!("bytes {}-{}/{size}", part.start, part.end - 1);
            headers.insert(header::CONTENT_RANGE, value(&content_range));
            (StatusCode::PARTIAL_CONTENT, part)
        }
        Wanted::Unsatisfiable => {
            return Err(Refusal::new(Code::SizeInvalid, format!("the blob has {size} bytes"))
                .with_status(StatusCode::RANGE_NOT_SATISFIABLE)
                .with_header(header::CONTENT_RANGE, value(&format!("bytes */{size}"))));
        }
    };
    headers.insert(header::CONTENT_LENGTH, (range.end - range.start).into());
    let content = images::read_blob(call.service, digest, blob, range).await?;
    Ok((status, headers, Body::from_stream(content)).into_response())
}

pub(crate) async fn delete(call: Call<'_>, name: &Name, digest: &Digest) -> Result<Response, Refusal> {
    images::delete_blob(call.service, &call.actor, name, digest).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

fn describe(digest: &Digest) -> HeaderMap {
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::ETAG, entity_tag(digest)),
        (CONTENT_DIGEST, value(digest)),
    ])
}
