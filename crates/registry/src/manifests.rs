//! Reading, pushing and deleting manifests (distribution-spec, “Pulling manifests”, “Pushing Manifests”).

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use towpath_domain::references::Tag;
use towpath_service::images::{self, Name, Push, Reference};

use crate::{
    CONTENT_DIGEST, Call,
    conditions::{entity_tag, has_it},
    path::Resource,
    refusals::{Code, Refusal},
    value,
};

/// What the specification asks for; whatever reads manifests is as large, too.
const LIMIT: usize = 4 * 1024 * 1024;
/// How many tags one push gives: each is named in the answer, and clients read only so many headers.
const TAGS: usize = 50;
const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
const TAG: HeaderName = HeaderName::from_static("oci-tag");

pub(crate) async fn head(call: Call<'_>, name: &Name, reference: &Reference) -> Result<Response, Refusal> {
    let manifest = images::find_manifest(call.service, &call.actor, name, reference).await?;
    let mut headers = describe(&manifest);
    if has_it(&call.headers, &manifest.digest) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    headers.insert(header::CONTENT_LENGTH, manifest.size.into());
    Ok((headers, Body::empty()).into_response())
}

pub(crate) async fn get(call: Call<'_>, name: &Name, reference: &Reference) -> Result<Response, Refusal> {
    let (manifest, content) = images::read_manifest(call.service, &call.actor, name, reference).await?;
    if has_it(&call.headers, &manifest.digest) {
        return Ok((StatusCode::NOT_MODIFIED, describe(&manifest)).into_response());
    }
    Ok((describe(&manifest), content).into_response())
}

/// Stores a manifest. Under a tag it is a build that arrives; what becomes of it is the service's to say.
pub(crate) async fn put(call: Call<'_>, name: &Name, reference: &Reference) -> Result<Response, Refusal> {
    if call.query.all("tag").count() > TAGS {
        let message = format!("give at most {TAGS} tags at once");
        return Err(Refusal::new(Code::Unsupported, message).with_status(StatusCode::URI_TOO_LONG));
    }
    let extra = call.query.all("tag").map(parse_tag).collect::<Result<Vec<Tag>, _>>()?;
    let content_type = call.headers.get(header::CONTENT_TYPE).and_then(|text| text.to_str().ok());
    let push = Push {
        reference: reference.clone(),
        tags: extra,
        content_type: content_type.unwrap_or_default().to_owned(),
        content: receive(call.body).await?,
    };
    let tags = push.tags.clone();
    let manifest = images::push_manifest(call.service, &call.actor, name, push).await?;
    let mut headers = HeaderMap::from_iter([(CONTENT_DIGEST, value(&manifest.digest))]);
    if let Some(subject) = &manifest.subject {
        headers.insert(SUBJECT, value(subject));
    }
    for tag in tags {
        headers.append(TAG, value(&tag.as_str()));
    }
    let location = Resource::Manifest(name.clone(), Reference::Digest(manifest.digest));
    headers.insert(header::LOCATION, value(&location));
    Ok((StatusCode::CREATED, headers).into_response())
}

pub(crate) async fn delete(call: Call<'_>, name: &Name, reference: &Reference) -> Result<Response, Refusal> {
    images::delete_manifest(call.service, &call.actor, name, reference).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

async fn receive(body: Body) -> Result<Bytes, Refusal> {
    match Limited::new(body, LIMIT).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let message = format!("a manifest may have {LIMIT} bytes at most");
            Err(Refusal::new(Code::SizeInvalid, message).with_status(StatusCode::PAYLOAD_TOO_LARGE))
        }
        Err(_) => Err(Refusal::new(Code::ManifestInvalid, "the request ended before the manifest did")),
    }
}

fn parse_tag(text: &str) -> Result<Tag, Refusal> {
    Tag::parse(text).map_err(|error| Refusal::new(Code::ManifestInvalid, error.to_string()))
}

fn describe(manifest: &images::Manifest) -> HeaderMap {
    let content_type = HeaderValue::from_str(&manifest.media_type);
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, content_type.expect("the accepted media types are ASCII")),
        (header::ETAG, entity_tag(&manifest.digest)),
        (CONTENT_DIGEST, value(&manifest.digest)),
    ])
}
