//! The registry: what the distribution protocol can do to each thing that it addresses.

use super::{Body, Door, Kind};
use axum::body::Bytes;
use towpath_domain::digests::{Algorithm, Digest};

pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// The things, by the names of the registry's own enum, each with the address by which the table calls it.
pub const RESOURCES: [(&str, &str); 9] = [
    ("Base", "/v2/"),
    ("Token", "/v2/token"),
    ("Catalog", "/v2/_catalog"),
    ("Blob", BLOB),
    ("Uploads", UPLOADS),
    ("Upload", UPLOAD),
    ("Manifest", TAGGED),
    ("Tags", TAGS),
    ("Referrers", REFERRERS),
];

const BLOB: &str = "/v2/{project}/{integration}/{bucket}/blobs/{layer}";
const UPLOADS: &str = "/v2/{project}/{integration}/{bucket}/blobs/uploads/";
const UPLOAD: &str = "/v2/{project}/{integration}/{bucket}/blobs/uploads/{upload}";
const TAGGED: &str = "/v2/{project}/{integration}/{bucket}/manifests/1.0";
const TAGS: &str = "/v2/{project}/{integration}/{bucket}/tags/list";
const REFERRERS: &str = "/v2/{project}/{integration}/{bucket}/referrers/{digest}";

/// What is sent as an upload's content, with its digest in the query.
const CONTENT: &[u8] = b"";
const OF_CONTENT: &str = "digest=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

pub fn doors() -> Vec<Door> {
    vec![
        door("GET", "/v2/"),
        door("HEAD", "/v2/"),
        door("GET", "/v2/token"),
        door("POST", "/v2/token").body(|_, caller| {
            let password = caller.token.clone().unwrap_or_default();
            Body::Form(vec![("grant_type", "password".into()), ("password", password)])
        }),
        door("GET", "/v2/_catalog"),
        door("HEAD", "/v2/_catalog"),
        door("HEAD", BLOB),
        door("GET", BLOB),
        door("GET", BLOB).bucket("staging").note("staging"),
        door("DELETE", BLOB).note("referred to"),
        door("DELETE", "/v2/{project}/{integration}/{bucket}/blobs/{loose}"),
        door("POST", UPLOADS),
        door("POST", UPLOADS).bucket("staging").note("staging"),
        door("POST", UPLOADS).note("whole").query(OF_CONTENT).body(|_, _| Body::Bytes(content())),
        door("POST", UPLOADS).note("mount").query("mount={layer}&from={project}/{integration}/staging"),
        door("GET", UPLOAD),
        door("HEAD", UPLOAD),
        door("PATCH", UPLOAD).body(|_, _| Body::Bytes(content())),
        door("PUT", UPLOAD).query(OF_CONTENT).body(|_, _| Body::Bytes(content())),
        door("DELETE", UPLOAD),
        door("HEAD", TAGGED),
        door("GET", TAGGED),
        door("GET", TAGGED).bucket("staging").note("staging"),
        door("GET", "/v2/{project}/{integration}/manifests/nightly"),
        door("PUT", TAGGED).body(|subject, _| Body::Manifest(subject.manifest.clone())),
        door("PUT", TAGGED)
            .bucket("staging")
            .note("staging")
            .body(|subject, _| Body::Manifest(subject.manifest.clone())),
        door("DELETE", TAGGED).note("placed"),
        door("DELETE", "/v2/{project}/{integration}/manifests/nightly"),
        door("GET", TAGS),
        door("HEAD", TAGS),
        door("GET", "/v2/{project}/{integration}/tags/list"),
        door("GET", REFERRERS),
        door("HEAD", REFERRERS),
    ]
}

fn door(method: &'static str, path: &'static str) -> Door {
    Door::new(Kind::Registry, method, path)
}

fn content() -> Bytes {
    Bytes::from_static(CONTENT)
}

#[test]
fn the_content_has_the_digest_that_is_told() {
    let digest = Digest::of(Algorithm::Sha256, CONTENT);
    assert_eq!(format!("digest={digest}"), OF_CONTENT);
}
