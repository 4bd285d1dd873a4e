//! Uploading blobs: whole, in chunks, or by reference to another repository (distribution-spec, “Pushing blobs”).

use axum::{
    body::{Body, HttpBody},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, StatusCode, header};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_service::images::{self, Name};
use uuid::Uuid;

use crate::{
    CONTENT_DIGEST, Call,
    path::{Resource, parse_name},
    ranges,
    refusals::{Code, Refusal},
    value,
};

const UPLOAD_ID: HeaderName = HeaderName::from_static("docker-upload-uuid");

/// Begins an upload; with `digest` the body is the whole blob, with `mount` it may be there already.
pub(crate) async fn begin(call: Call<'_>, name: &Name) -> Result<Response, Refusal> {
    if let Some(digest) = call.query.get("mount") {
        let digest = parse_digest(digest)?;
        // What cannot be mounted is uploaded, so an unknown source is no mistake worth an error.
        let from = call.query.get("from").and_then(|from| parse_name(from).ok());
        if let Some(from) = from
            && images::mount_blob(call.service, &call.actor, name, &digest, &from).await?
        {
            return Ok(stored(name, digest));
        }
    }
    let whole = call.query.get("digest").map(parse_digest).transpose()?;
    let algorithm = match &whole {
        Some(digest) => digest.algorithm(),
        None => parse_algorithm(call.query.get("digest-algorithm"))?,
    };
    let id = images::begin_upload(call.service, &call.actor, name, algorithm).await?;
    match whole {
        Some(digest) => complete(call, name, id, None, digest).await,
        None => Ok((StatusCode::ACCEPTED, progress(name, id, 0)).into_response()),
    }
}

/// Where an upload stands, so that it can be resumed.
pub(crate) async fn status(call: Call<'_>, name: &Name, id: Uuid) -> Result<Response, Refusal> {
    let offset = images::upload_offset(call.service, &call.actor, name, id).await?;
    Ok((StatusCode::NO_CONTENT, progress(name, id, offset)).into_response())
}

/// Appends the body; a chunk says by `Content-Range` where it belongs, a stream just goes on.
pub(crate) async fn append(call: Call<'_>, name: &Name, id: Uuid) -> Result<Response, Refusal> {
    let start = chunk_start(&call.headers)?;
    let pieces = call.body.into_data_stream();
    let appended = images::append_upload(call.service, &call.actor, name, id, start, pieces).await;
    let offset = appended.map_err(|error| located(error.into(), name, id))?;
    Ok((StatusCode::ACCEPTED, progress(name, id, offset)).into_response())
}

/// Appends what the body holds, and stores the upload as the blob that the client says it is.
pub(crate) async fn finish(call: Call<'_>, name: &Name, id: Uuid) -> Result<Response, Refusal> {
    let Some(digest) = call.query.get("digest") else {
        return Err(Refusal::new(Code::DigestInvalid, "the query parameter digest is missing"));
    };
    let digest = parse_digest(digest)?;
    let start = chunk_start(&call.headers)?;
    complete(call, name, id, start, digest).await
}

pub(crate) async fn cancel(call: Call<'_>, name: &Name, id: Uuid) -> Result<Response, Refusal> {
    images::cancel_upload(call.service, &call.actor, name, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn complete(
    call: Call<'_>,
    name: &Name,
    id: Uuid,
    start: Option<u64>,
    digest: Digest,
) -> Result<Response, Refusal> {
    let Call { service, actor, body, .. } = call;
    if start.is_some() || !body.is_end_stream() {
        let pieces = Body::into_data_stream(body);
        let appended = images::append_upload(service, &actor, name, id, start, pieces).await;
        appended.map_err(|error| located(error.into(), name, id))?;
    }
    images::finish_upload(service, &actor, name, id, &digest).await?;
    Ok(stored(name, digest))
}

fn parse_digest(text: &str) -> Result<Digest, Refusal> {
    Digest::parse(text).map_err(|error| Refusal::new(Code::DigestInvalid, error.to_string()))
}

fn parse_algorithm(text: Option<&str>) -> Result<Algorithm, Refusal> {
    match text {
        None | Some("sha256") => Ok(Algorithm::Sha256),
        Some("sha512") => Ok(Algorithm::Sha512),
        Some(_) => Err(Refusal::new(Code::DigestInvalid, "the algorithms are sha256 and sha512")),
    }
}

/// Where the chunk in the body starts, if it says so; its length must then be that of the body.
fn chunk_start(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    let Some(range) = headers.get(header::CONTENT_RANGE) else {
        return Ok(None);
    };
    let range = range.to_str().ok().and_then(ranges::parse_content_range).ok_or_else(|| {
        Refusal::new(Code::BlobUploadInvalid, "Content-Range is FIRST-LAST, such as 0-1023")
            .with_status(StatusCode::RANGE_NOT_SATISFIABLE)
    })?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length != range.end - range.start) {
        let message = "Content-Range and Content-Length name different lengths";
        return Err(Refusal::new(Code::SizeInvalid, message));
    }
    Ok(Some(range.start))
}

fn progress(name: &Name, id: Uuid, offset: u64) -> HeaderMap {
    HeaderMap::from_iter([
        (header::LOCATION, location(name, id)),
        (header::RANGE, value(&ranges::received(offset))),
        (UPLOAD_ID, value(&id)),
    ])
}

fn stored(name: &Name, digest: Digest) -> Response {
    let headers = HeaderMap::from_iter([
        (CONTENT_DIGEST, value(&digest)),
        (header::LOCATION, value(&Resource::Blob(name.clone(), digest))),
    ]);
    (StatusCode::CREATED, headers).into_response()
}

/// A refusal during an upload says where the upload is to be found.
fn located(refusal: Refusal, name: &Name, id: Uuid) -> Refusal {
    refusal.with_header(header::LOCATION, location(name, id))
}

/// Relative to the server, so that it holds behind a proxy; and without a query, since some clients replace it.
fn location(name: &Name, id: Uuid) -> http::HeaderValue {
    value(&Resource::Upload(name.clone(), id))
}
