//! Pushing, reading and deleting manifests, and what a push means for a bucket.

use axum::body::Body;
use http::{Method, StatusCode, header};
use serde_json::json;
use towpath_domain::digests::{Algorithm, Digest};

use crate::harness::{
    OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST, Outcome, Registry, descriptor, digest, refusal,
};

const QA: &str = "shop/checkout/qa";
const PROD: &str = "shop/checkout/prod";

#[tokio::test]
async fn a_manifest_is_read_as_it_was_pushed() -> Outcome {
    let registry = Registry::start().await?;
    let manifest = registry.image(QA, "one").await?;
    let pushed = registry.put(QA, "1.0", &manifest).await?;
    assert_eq!(pushed.status, StatusCode::CREATED, "{pushed:?}");
    let digest = digest(&manifest).to_string();
    assert_eq!(pushed.header("docker-content-digest"), digest);
    assert_eq!(pushed.header("location"), format!("/v2/{QA}/manifests/{digest}"));
    for reference in ["1.0", "current", &digest] {
        let path = format!("/v2/{QA}/manifests/{reference}");
        for answer in [registry.get(&path).await?, registry.head(&path).await?] {
            assert_eq!(answer.status, StatusCode::OK, "{reference}");
            assert_eq!(answer.header("docker-content-digest"), digest);
            assert_eq!(answer.header("content-type"), OCI_MANIFEST);
            assert_eq!(answer.header("content-length"), manifest.to_string().len().to_string());
        }
        assert_eq!(&registry.get(&path).await?.body[..], manifest.to_string().as_bytes());
    }
    Ok(())
}

#[tokio::test]
async fn an_index_brings_its_children_along() -> Outcome {
    let registry = Registry::start().await?;
    let child = registry.image(QA, "amd64").await?;
    registry.put(QA, &digest(&child).to_string(), &child).await?;
    let mut descriptor = descriptor(OCI_MANIFEST, child.to_string().as_bytes());
    descriptor["platform"] = json!({"os": "linux", "architecture": "arm64", "variant": "v8"});
    let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [descriptor]});
    let pushed = registry.put(QA, "1.0", &index).await?;
    assert_eq!(pushed.status, StatusCode::CREATED, "{pushed:?}");
    let current = registry.get(&format!("/v2/{QA}/manifests/current")).await?;
    assert_eq!(current.header("content-type"), OCI_INDEX);
    Ok(())
}

#[tokio::test]
async fn a_manifest_comes_after_what_it_refers_to() -> Outcome {
    let registry = Registry::start().await?;
    let elsewhere = registry.image("shop/tools/qa", "one").await?;
    let refused = registry.put(QA, "1.0", &elsewhere).await?;
    assert_eq!(refused.refusal(), refusal(400, "MANIFEST_BLOB_UNKNOWN"));
    assert_eq!(refused.json()["errors"][0]["detail"]["digests"].as_array().map(Vec::len), Some(2));
    let child = descriptor(OCI_MANIFEST, b"never pushed");
    let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [child]});
    assert_eq!(registry.put(QA, "1.0", &index).await?.refusal(), refusal(400, "MANIFEST_BLOB_UNKNOWN"));
    assert_eq!(registry.get(&format!("/v2/{QA}/manifests/1.0")).await?.code(), "MANIFEST_UNKNOWN");
    Ok(())
}

#[tokio::test]
async fn a_layer_that_may_not_be_pushed_may_be_missing() -> Outcome {
    let registry = Registry::start().await?;
    let mut manifest = registry.image(QA, "one").await?;
    let foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    manifest["layers"] = json!([descriptor(foreign, b"elsewhere")]);
    assert_eq!(registry.put(QA, "1.0", &manifest).await?.status, StatusCode::CREATED);
    Ok(())
}

#[tokio::test]
async fn what_is_no_manifest_is_refused() -> Outcome {
    let registry = Registry::start().await?;
    for (content_type, content) in [
        (OCI_MANIFEST, "not json"),
        (OCI_MANIFEST, "{}"),
        (OCI_MANIFEST, ""),
        (OCI_INDEX, "{\"schemaVersion\":2,\"mediaType\":\"text/plain\"}"),
        ("text/plain", "{\"schemaVersion\":2}"),
        ("application/vnd.docker.distribution.manifest.v1+prettyjws", "{\"schemaVersion\":1}"),
    ] {
        let request = registry
            .request(Method::PUT, &format!("/v2/{QA}/manifests/1.0"))
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(content))?;
        let answer = registry.raw(request).await?;
        assert_eq!(answer.refusal(), refusal(400, "MANIFEST_INVALID"), "{content_type} {content}");
    }
    Ok(())
}

#[tokio::test]
async fn a_manifest_under_another_digest_is_refused() -> Outcome {
    let registry = Registry::start().await?;
    let manifest = registry.image(QA, "one").await?;
    let other = Digest::of(Algorithm::Sha256, b"other").to_string();
    assert_eq!(registry.put(QA, &other, &manifest).await?.refusal(), refusal(400, "DIGEST_INVALID"));
    Ok(())
}

#[tokio::test]
async fn four_mebibytes_are_accepted_and_one_byte_more_is_not() -> Outcome {
    let registry = Registry::start().await?;
    let mut manifest = registry.image(QA, "one").await?;
    manifest["annotations"] = json!({"long": ""});
    let room = 4 * 1024 * 1024 - manifest.to_string().len();
    manifest["annotations"] = json!({"long": "x".repeat(room)});
    assert_eq!(registry.put(QA, "1.0", &manifest).await?.status, StatusCode::CREATED);
    manifest["annotations"] = json!({"long": "x".repeat(room + 1)});
    assert_eq!(registry.put(QA, "1.1", &manifest).await?.refusal(), refusal(413, "SIZE_INVALID"));
    Ok(())
}

#[tokio::test]
async fn bad_references_are_told_apart() -> Outcome {
    let registry = Registry::start().await?;
    let manifest = registry.image(QA, "one").await?;
    assert_eq!(registry.put(QA, ".bad", &manifest).await?.refusal(), refusal(400, "MANIFEST_INVALID"));
    assert_eq!(registry.put(QA, "sha256:bad", &manifest).await?.refusal(), refusal(400, "DIGEST_INVALID"));
    let read = registry.get(&format!("/v2/{QA}/manifests/.bad")).await?;
    assert_eq!(read.refusal(), refusal(404, "MANIFEST_UNKNOWN"));
    Ok(())
}

#[tokio::test]
async fn a_tag_in_a_bucket_keeps_its_meaning() -> Outcome {
    let registry = Registry::start().await?;
    registry.push_image(QA, "1.0", "one").await?;
    registry.push_image(QA, "1.0", "one").await?;
    let other = registry.image(QA, "two").await?;
    for tag in ["1.0", "current"] {
        let refused = registry.put(QA, tag, &other).await?;
        assert_eq!(refused.refusal(), refusal(403, "DENIED"), "{tag}");
        assert!(refused.message().contains("push under another tag"), "{refused:?}");
    }
    Ok(())
}

#[tokio::test]
async fn latest_is_a_tag_like_any_other() -> Outcome {
    let registry = Registry::start().await?;
    registry.push_image(QA, "latest", "one").await?;
    let other = registry.image(QA, "two").await?;
    assert_eq!(registry.put(QA, "latest", &other).await?.refusal(), refusal(403, "DENIED"));
    Ok(())
}

#[tokio::test]
async fn tags_of_the_integration_itself_may_move() -> Outcome {
    let registry = Registry::start().await?;
    registry.push_image("shop/checkout", "main", "one").await?;
    let two = registry.push_image("shop/checkout", "main", "two").await?;
    let answer = registry.get("/v2/shop/checkout/manifests/main").await?;
    assert_eq!(answer.header("docker-content-digest"), two.to_string());
    Ok(())
}

#[tokio::test]
async fn pushing_again_what_was_replaced_moves_nothing_back() -> Outcome {
    let registry = Registry::start().await?;
    registry.push_image(QA, "1.0", "one").await?;
    let two = registry.push_image(QA, "1.1", "two").await?;
    registry.push_image(QA, "1.0", "one").await?;
    let current = registry.get(&format!("/v2/{QA}/manifests/current")).await?;
    assert_eq!(current.header("docker-content-digest"), two.to_string());
    Ok(())
}

#[tokio::test]
async fn a_refused_arrival_says_where_to_promote_from_and_is_kept_without_its_tag() -> Outcome {
    let registry = Registry::start().await?;
    let manifest = registry.image(PROD, "one").await?;
    let refused = registry.put(PROD, "1.0", &manifest).await?;
    assert_eq!(refused.refusal(), refusal(403, "DENIED"));
    assert!(refused.message().contains("promote it from staging"), "{refused:?}");
    for tag in ["1.0", "current"] {
        let answer = registry.get(&format!("/v2/{PROD}/manifests/{tag}")).await?;
        assert_eq!(answer.refusal(), refusal(404, "MANIFEST_UNKNOWN"), "{tag}");
    }
    let kept = registry.get(&format!("/v2/{PROD}/manifests/{}", digest(&manifest))).await?;
    assert_eq!(kept.status, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn a_promoted_image_is_read_through_the_bucket_it_went_to() -> Outcome {
    let registry = Registry::start().await?;
    let manifest = registry.image(QA, "one").await?;
    registry.put(QA, "1.0", &manifest).await?;
    let digest = digest(&manifest);
    let layer = manifest["layers"][0]["digest"].as_str().unwrap_or_default();
    for (from, to) in [("qa", "staging"), ("staging", "prod")] {
        let name = format!("shop/checkout/{to}");
        let before = registry.get(&format!("/v2/{name}/blobs/{layer}")).await?;
        assert_eq!(before.refusal(), refusal(404, "BLOB_UNKNOWN"));
        registry.promote(&digest, from, to).await?;
        for path in
            ["manifests/1.0", "manifests/current", &format!("manifests/{digest}"), &format!("blobs/{layer}")]
        {
            let answer = registry.get(&format!("/v2/{name}/{path}")).await?;
            assert_eq!(answer.status, StatusCode::OK, "{name}/{path}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_promoted_index_is_read_with_all_below_it() -> Outcome {
    let registry = Registry::start().await?;
    let child = registry.image(QA, "amd64").await?;
    registry.put(QA, &digest(&child).to_string(), &child).await?;
    let entry = descriptor(OCI_MANIFEST, child.to_string().as_bytes());
    let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry]});
    registry.put(QA, "1.0", &index).await?;
    registry.promote(&digest(&index), "qa", "staging").await?;
    let layer = child["layers"][0]["digest"].as_str().unwrap_or_default();
    for path in [format!("manifests/{}", digest(&child)), format!("blobs/{layer}")] {
        let answer = registry.get(&format!("/v2/shop/checkout/staging/{path}")).await?;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_image_is_kept_and_never_current() -> Outcome {
    let registry = Registry::start().await?;
    let mut chart = registry.image(QA, "chart").await?;
    chart["config"]["mediaType"] = json!("application/vnd.cncf.helm.config.v1+json");
    assert_eq!(registry.put(QA, &digest(&chart).to_string(), &chart).await?.status, StatusCode::CREATED);
    assert_eq!(registry.put("shop/checkout", "chart-1", &chart).await?.code(), "MANIFEST_BLOB_UNKNOWN");
    let image = registry.image(QA, "image").await?;
    assert_eq!(registry.put(QA, &digest(&image).to_string(), &image).await?.status, StatusCode::CREATED);
    let fallback = format!("sha256-{}.sig", "0".repeat(64));
    assert_eq!(registry.put(QA, &fallback, &image).await?.status, StatusCode::CREATED);
    let current = registry.get(&format!("/v2/{QA}/manifests/current")).await?;
    assert_eq!(current.refusal(), refusal(404, "MANIFEST_UNKNOWN"));
    Ok(())
}

/// What we take for no image some client may run all the same, and no gate would have seen it.
#[tokio::test]
async fn only_builds_get_tags_in_a_bucket() -> Outcome {
    let registry = Registry::start().await?;
    let mut odd = registry.image(PROD, "odd").await?;
    odd["mediaType"] = json!("application/vnd.docker.distribution.manifest.v2+json");
    odd["config"]["mediaType"] = json!("application/octet-stream");
    assert_eq!(registry.put(PROD, "9.1", &odd).await?.refusal(), refusal(403, "DENIED"));
    let image = registry.image(PROD, "annotated").await?;
    assert_eq!(registry.put(PROD, &digest(&image).to_string(), &image).await?.status, StatusCode::CREATED);
    let mut child = descriptor(OCI_MANIFEST, image.to_string().as_bytes());
    child["platform"] = json!({"os": "linux", "architecture": "amd64"});
    child["annotations"] = json!({"vnd.docker.reference.type": "attestation-manifest"});
    let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [child]});
    assert_eq!(registry.put(PROD, "9.2", &index).await?.refusal(), refusal(403, "DENIED"));
    let tags = registry.get(&format!("/v2/{PROD}/tags/list")).await?;
    assert!(!String::from_utf8_lossy(&tags.body).contains("9."), "{tags:?}");
    Ok(())
}

#[tokio::test]
async fn an_image_with_a_subject_gets_no_tag_in_a_bucket() -> Outcome {
    let registry = Registry::start().await?;
    let mut image = registry.image(PROD, "smuggled").await?;
    image["subject"] = descriptor(OCI_MANIFEST, b"anything");
    assert_eq!(registry.put(PROD, "1.0", &image).await?.refusal(), refusal(403, "DENIED"));
    Ok(())
}

#[tokio::test]
async fn several_tags_are_given_at_once() -> Outcome {
    let registry = Registry::start().await?;
    let image = registry.image("shop/checkout", "one").await?;
    let reference = format!("{}?tag=a&tag=b", digest(&image));
    let pushed = registry.put("shop/checkout", &reference, &image).await?;
    assert_eq!(pushed.status, StatusCode::CREATED, "{pushed:?}");
    let tags: Vec<_> = pushed.headers.get_all("oci-tag").iter().collect();
    assert_eq!(tags, ["a", "b"]);
    assert_eq!(registry.get("/v2/shop/checkout/manifests/b").await?.status, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn what_was_placed_cannot_be_deleted() -> Outcome {
    let registry = Registry::start().await?;
    let digest = registry.push_image(QA, "1.0", "one").await?.to_string();
    for reference in ["1.0", "current", &digest] {
        let answer = registry.delete(&format!("/v2/{QA}/manifests/{reference}")).await?;
        assert_eq!(answer.refusal(), refusal(405, "UNSUPPORTED"), "{reference}");
    }
    assert_eq!(registry.get(&format!("/v2/{QA}/manifests/1.0")).await?.status, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn deleting_a_manifest_takes_its_tags_along() -> Outcome {
    let registry = Registry::start().await?;
    let name = "shop/checkout";
    let digest = registry.push_image(name, "a", "one").await?;
    registry.push_image(name, "b", "one").await?;
    assert_eq!(registry.delete(&format!("/v2/{name}/manifests/a")).await?.status, StatusCode::ACCEPTED);
    assert_eq!(registry.get(&format!("/v2/{name}/manifests/b")).await?.status, StatusCode::OK);
    let path = format!("/v2/{name}/manifests/{digest}");
    assert_eq!(registry.delete(&path).await?.status, StatusCode::ACCEPTED);
    for gone in [path.as_str(), "/v2/shop/checkout/manifests/a", "/v2/shop/checkout/manifests/b"] {
        assert_eq!(registry.get(gone).await?.refusal(), refusal(404, "MANIFEST_UNKNOWN"), "{gone}");
        assert_eq!(registry.delete(gone).await?.refusal(), refusal(404, "MANIFEST_UNKNOWN"), "{gone}");
    }
    Ok(())
}

#[tokio::test]
async fn docker_manifests_are_images_too() -> Outcome {
    let registry = Registry::start().await?;
    let mut manifest = registry.image(QA, "one").await?;
    manifest["mediaType"] = json!("application/vnd.docker.distribution.manifest.v2+json");
    manifest["config"]["mediaType"] = json!("application/vnd.docker.container.image.v1+json");
    assert_eq!(registry.put(QA, "1.0", &manifest).await?.status, StatusCode::CREATED);
    assert_eq!(registry.get(&format!("/v2/{QA}/manifests/current")).await?.status, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn an_image_without_layers_is_an_image() -> Outcome {
    let registry = Registry::start().await?;
    registry.push_blob(QA, b"{}").await?;
    let manifest =
        json!({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptor(OCI_CONFIG, b"{}")});
    assert_eq!(registry.put(QA, "1.0", &manifest).await?.status, StatusCode::CREATED);
    let missing =
        json!({"schemaVersion": 2, "mediaType": OCI_MANIFEST, "layers": [descriptor(OCI_LAYER, b"{}")]});
    assert_eq!(registry.put(QA, "1.1", &missing).await?.code(), "MANIFEST_INVALID");
    Ok(())
}

#[tokio::test]
async fn whoever_has_a_content_is_not_sent_it_again() -> Outcome {
    let registry = Registry::start().await?;
    let image = registry.image(QA, "one").await?;
    registry.put(QA, "1.0", &image).await?;
    let layer = image["layers"][0]["digest"].as_str().unwrap_or_default();
    for (path, own) in [
        (format!("/v2/{QA}/manifests/1.0"), digest(&image).to_string()),
        (format!("/v2/{QA}/blobs/{layer}"), layer.to_owned()),
    ] {
        for method in [Method::GET, Method::HEAD] {
            for (tags, known) in [
                (format!("\"{own}\""), true),
                (format!("\"another\", W/\"{own}\""), true),
                ("*".to_owned(), true),
                (own.clone(), false),
                ("\"another\"".to_owned(), false),
            ] {
                let request = registry.request(method.clone(), &path).header(header::IF_NONE_MATCH, &tags);
                let answer = registry.raw(request.body(Body::empty())?).await?;
                let expected = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
                assert_eq!(answer.status, expected, "{method} {path} {tags}");
                assert_eq!(answer.header("docker-content-digest"), own);
            }
        }
    }
    let part = async |tag: &str| {
        let request = registry.request(Method::GET, &format!("/v2/{QA}/blobs/{layer}"));
        let request = request.header(header::RANGE, "bytes=0-0").header(header::IF_RANGE, tag);
        registry.raw(request.body(Body::empty())?).await
    };
    assert_eq!(part(&format!("\"{layer}\"")).await?.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part("\"another\"").await?.status, StatusCode::OK, "not a part of something else");
    Ok(())
}

#[tokio::test]
async fn so_many_tags_are_given_at_once_and_no_more() -> Outcome {
    let registry = Registry::start().await?;
    let image = registry.image("shop/tools", "one").await?;
    let tags = |count: usize| (0..count).map(|number| format!("tag=t{number}")).collect::<Vec<_>>().join("&");
    let of = |count| format!("{}?{}", digest(&image), tags(count));
    assert_eq!(registry.put("shop/tools", &of(50), &image).await?.status, StatusCode::CREATED);
    assert_eq!(registry.put("shop/tools", &of(51), &image).await?.status, StatusCode::URI_TOO_LONG);
    Ok(())
}
