//! Listing what was said about a manifest: signatures, bills of materials (distribution-spec, “Listing Referrers”).

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Serialize;
use towpath_domain::digests::Digest;
use towpath_service::images::{self, Manifest, Name, OCI_INDEX};

use crate::{
    Call,
    refusals::{Code, Refusal},
};

const FILTERS: HeaderName = HeaderName::from_static("oci-filters-applied");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Index {
    schema_version: u8,
    media_type: &'static str,
    manifests: Vec<Referrer>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Referrer {
    media_type: String,
    digest: Digest,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
}

/// An image index of the referrers, empty where there are none.
pub(crate) async fn list(call: Call<'_>, name: &Name, subject: &Digest) -> Result<Response, Refusal> {
    // A plus sign that a client does not encode is read as a space, which no media type has.
    let wanted = call.query.get("artifactType").map(|wanted| wanted.replace(' ', "+"));
    let referrers = images::referrers(call.service, &call.actor, name, subject).await?;
    let manifests = referrers
        .into_iter()
        .filter(|manifest| {
            wanted.as_ref().is_none_or(|wanted| manifest.artifact_type.as_ref() == Some(wanted))
        })
        .map(Referrer::from)
        .collect();
    let index = Index { schema_version: 2, media_type: OCI_INDEX, manifests };
    let body = serde_json::to_vec(&index).map_err(|error| Refusal::new(Code::Unknown, error.to_string()))?;
    let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(OCI_INDEX))]);
    if wanted.is_some() {
        headers.insert(FILTERS, HeaderValue::from_static("artifactType"));
    }
    Ok((headers, body).into_response())
}

impl From<Manifest> for Referrer {
    fn from(manifest: Manifest) -> Self {
        Self {
            media_type: manifest.media_type,
            digest: manifest.digest,
            size: manifest.size,
            artifact_type: manifest.artifact_type,
            annotations: manifest.annotations,
        }
    }
}
