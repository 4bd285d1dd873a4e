//! Deleting: what is kept says for what, and each deletion stands in the audit log.

use axum::body::Body;
use http::{Method, StatusCode};
use towpath_domain::timeline::Filter;
use towpath_domain::timeline::sentence::plain;
use towpath_service::timeline;

use crate::harness::{Outcome, Registry, refusal};

const QA: &str = "shop/checkout/qa";

/// What the newest events say, the newest first.
async fn told(registry: &Registry, kind: &str) -> Outcome<Vec<String>> {
    let filter = Filter { kind: kind.into(), ..Filter::default() };
    let view = timeline::page(&registry.service, &registry.admin, &filter, None, 50).await?;
    Ok(view.entries.iter().map(|entry| plain(&entry.sentence)).collect())
}

#[tokio::test]
async fn what_needs_an_image_is_named() -> Outcome {
    let registry = Registry::start().await?;
    let first = registry.push_image(QA, "1.0", "one").await?;
    registry.promote(&first, "qa", "staging").await?;
    registry.push_image(QA, "1.1", "two").await?;
    let refused = registry.delete(&format!("/v2/{QA}/manifests/{first}")).await?;
    assert_eq!(refused.refusal(), refusal(405, "UNSUPPORTED"));
    let needs = "it is current in staging, and it was current in qa, which can be rolled back to it";
    assert_eq!(refused.message(), format!("the image is kept: {needs}"));
    let tagged = registry.delete(&format!("/v2/{QA}/manifests/1.0")).await?;
    assert_eq!(tagged.message(), refused.message());
    let current = registry.delete(&format!("/v2/{QA}/manifests/current")).await?;
    assert_eq!(current.message(), "the image is kept: the tag “current” tells what is current in qa");
    let layer = registry.get(&format!("/v2/{QA}/manifests/1.0")).await?.json();
    let layer = layer["layers"][0]["digest"].as_str().unwrap_or_default().to_owned();
    let blob = registry.delete(&format!("/v2/{QA}/blobs/{layer}")).await?;
    assert_eq!(blob.refusal(), refusal(405, "UNSUPPORTED"));
    assert_eq!(registry.head(&format!("/v2/{QA}/manifests/{first}")).await?.status, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn an_image_in_an_index_goes_after_the_index() -> Outcome {
    let registry = Registry::start().await?;
    let name = "shop/tools";
    let child = registry.image(name, "one").await?;
    let pushed = registry.put(name, "child", &child).await?;
    let child = pushed.header("docker-content-digest").to_owned();
    let size = registry.head(&format!("/v2/{name}/manifests/child")).await?;
    let size: u64 = size.header("content-length").parse()?;
    let index = serde_json::json!({
        "schemaVersion": 2, "mediaType": crate::harness::OCI_INDEX,
        "manifests": [{"mediaType": crate::harness::OCI_MANIFEST, "digest": child, "size": size}],
    });
    let index = registry.put(name, "index", &index).await?.header("docker-content-digest").to_owned();
    let path = |digest: &str| format!("/v2/{name}/manifests/{digest}");
    assert_eq!(registry.delete(&path(&child)).await?.refusal(), refusal(405, "UNSUPPORTED"));
    for digest in [index, child] {
        assert_eq!(registry.delete(&path(&digest)).await?.status, StatusCode::ACCEPTED);
        assert_eq!(registry.head(&path(&digest)).await?.status, StatusCode::NOT_FOUND);
    }
    Ok(())
}

#[tokio::test]
async fn each_deletion_has_its_event() -> Outcome {
    let registry = Registry::start().await?;
    let name = "shop/tools";
    let digest = registry.push_image(name, "1.0", "one").await?;
    let loose = registry.push_blob(name, b"loose").await?;
    for path in ["manifests/1.0".to_owned(), format!("manifests/{digest}"), format!("blobs/{loose}")] {
        let deleted = registry.send(Method::DELETE, &format!("/v2/{name}/{path}"), Body::empty()).await?;
        assert_eq!(deleted.status, StatusCode::ACCEPTED, "{path}");
    }
    assert_eq!(told(&registry, "tag_deleted").await?, ["deleted the tag 1.0 in shop/tools"]);
    let manifest = format!("deleted the manifest {} in shop/tools", digest.short());
    assert_eq!(told(&registry, "manifest_deleted").await?, [manifest]);
    assert_eq!(
        told(&registry, "blob_deleted").await?,
        [format!("deleted the blob {} in shop/tools", loose.short())]
    );
    Ok(())
}
