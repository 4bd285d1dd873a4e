//! Listing referrers.

use http::StatusCode;
use serde_json::json;

use crate::harness::{OCI_INDEX, OCI_MANIFEST, Outcome, Registry, descriptor, digest, refusal};

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
    let digest = digest(&signature).to_string();
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

#[tokio::test]
async fn what_was_said_of_an_image_goes_on_with_it() -> Outcome {
    let registry = Registry::start().await?;
    let image = registry.image(NAME, "one").await?;
    assert_eq!(registry.put(NAME, "1.0", &image).await?.status, StatusCode::CREATED);
    let subject = descriptor(OCI_MANIFEST, image.to_string().as_bytes());
    let mut signature = registry.image(NAME, "signature").await?;
    signature["subject"] = subject;
    signature["config"]["mediaType"] = json!("application/vnd.example.signature");
    assert_eq!(
        registry.put(NAME, &digest(&signature).to_string(), &signature).await?.status,
        StatusCode::CREATED
    );
    let mut said = registry.image(NAME, "said of the signature").await?;
    said["subject"] = descriptor(OCI_MANIFEST, signature.to_string().as_bytes());
    assert_eq!(registry.put(NAME, &digest(&said).to_string(), &said).await?.status, StatusCode::CREATED);
    let fallback = format!("{}.sig", digest(&image).to_string().replace(':', "-"));
    let mut kept = registry.image(NAME, "kept under a tag").await?;
    kept["config"]["mediaType"] = json!("application/vnd.example.signature");
    assert_eq!(registry.put(NAME, &fallback, &kept).await?.status, StatusCode::CREATED);
    let odd = format!("{}-evil", digest(&image).to_string().replace(':', "-"));
    let other = registry.image(NAME, "another").await?;
    registry.put(NAME, &odd, &other).await?;

    let referrers = format!("/v2/shop/checkout/staging/referrers/{}", digest(&image));
    assert_eq!(registry.get(&referrers).await?.json()["manifests"], json!([]));
    registry.promote(&digest(&image), "qa", "staging").await?;
    let listed = registry.get(&referrers).await?.json();
    assert_eq!(listed["manifests"][0]["digest"], json!(digest(&signature).to_string()), "{listed}");
    for reference in [&digest(&signature).to_string(), &digest(&said).to_string(), &fallback] {
        let path = format!("/v2/shop/checkout/staging/manifests/{reference}");
        assert_eq!(registry.get(&path).await?.status, StatusCode::OK, "{reference}");
    }
    let blob = kept["layers"][0]["digest"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        registry.get(&format!("/v2/shop/checkout/staging/blobs/{blob}")).await?.status,
        StatusCode::OK
    );
    let path = format!("/v2/shop/checkout/staging/manifests/{odd}");
    assert_eq!(registry.get(&path).await?.status, StatusCode::NOT_FOUND, "no other tag comes along");
    Ok(())
}
