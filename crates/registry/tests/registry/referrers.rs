//! Listing referrers.

use http::StatusCode;
use serde_json::json;

use crate::harness::{OCI_INDEX, OCI_MANIFEST, Outcome, Registry, descriptor, refusal};

const NAME: &str = "shop/checkout/qa";

#[tokio::test]
async fn a_signature_is_found_by_its_subject_and_is_no_build() -> Outcome {
    let registry = Registry::start().await?;
    let image = registry.image(NAME, "image").await?;
    let subject = descriptor(OCI_MANIFEST, image.to_string().as_bytes());
    registry.put(NAME, "1.0", &image).await?;
    let mut signature = registry.image(NAME, "signature").await?;
    signature["subject"] = subject.clone();
    signature["artifactType"] = json!("application/vnd.example.signature");
    signature["config"]["mediaType"] = json!("application/vnd.oci.empty.v1+json");
    signature["annotations"] = json!({"by": "ana"});
    let digest = crate::harness::digest(&signature).to_string();
    let pushed = registry.put(NAME, &digest, &signature).await?;
    assert_eq!(pushed.status, StatusCode::CREATED, "{pushed:?}");
    assert_eq!(pushed.header("oci-subject"), subject["digest"].as_str().unwrap_or_default());

    let path = format!("/v2/{NAME}/referrers/{}", subject["digest"].as_str().unwrap_or_default());
    let listed = registry.get(&path).await?;
    assert_eq!(listed.header("content-type"), OCI_INDEX);
    assert_eq!(listed.header("oci-filters-applied"), "");
    let mut expected = descriptor(OCI_MANIFEST, signature.to_string().as_bytes());
    expected["artifactType"] = json!("application/vnd.example.signature");
    expected["annotations"] = json!({"by": "ana"});
    assert_eq!(listed.json(), json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [expected]}));

    let filtered = registry.get(&format!("{path}?artifactType=other")).await?;
    assert_eq!(filtered.header("oci-filters-applied"), "artifactType");
    assert_eq!(filtered.json()["manifests"], json!([]));
    Ok(())
}

#[tokio::test]
async fn nothing_is_said_about_what_does_not_exist() -> Outcome {
    let registry = Registry::start().await?;
    let unknown = descriptor(OCI_MANIFEST, b"unknown");
    let digest = unknown["digest"].as_str().unwrap_or_default();
    let listed = registry.get(&format!("/v2/{NAME}/referrers/{digest}")).await?;
    assert_eq!((listed.status, listed.json()["manifests"].clone()), (StatusCode::OK, json!([])));
    let bad = registry.get(&format!("/v2/{NAME}/referrers/sha256:0")).await?;
    assert_eq!(bad.refusal(), refusal(400, "DIGEST_INVALID"));
    Ok(())
}
