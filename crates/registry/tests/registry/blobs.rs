//! Reading blobs.

use axum::body::Body;
use http::{Method, StatusCode, header};
use towpath_domain::digests::{Algorithm, Digest};

use crate::harness::{Outcome, Registry, refusal};

const NAME: &str = "shop/checkout/qa";

#[tokio::test]
async fn a_blob_is_described_and_read() -> Outcome {
    let registry = Registry::start().await?;
    let digest = registry.push_blob(NAME, b"0123456789").await?;
    let path = format!("/v2/{NAME}/blobs/{digest}");
    for answer in [registry.head(&path).await?, registry.get(&path).await?] {
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-length"), "10");
        assert_eq!(answer.header("docker-content-digest"), digest.to_string());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    assert_eq!(&registry.get(&path).await?.body[..], b"0123456789");
    Ok(())
}

#[tokio::test]
async fn a_range_is_partial_content() -> Outcome {
    let registry = Registry::start().await?;
    let digest = registry.push_blob(NAME, b"0123456789").await?;
    let path = format!("/v2/{NAME}/blobs/{digest}");
    for (range, status, content_range, body) in [
        ("bytes=2-4", 206, "bytes 2-4/10", "234"),
        ("bytes=8-", 206, "bytes 8-9/10", "89"),
        ("bytes=-2", 206, "bytes 8-9/10", "89"),
        ("bytes=5-500", 206, "bytes 5-9/10", "56789"),
        ("bytes=0-1,4-5", 200, "", "0123456789"),
    ] {
        let request = registry.request(Method::GET, &path).header(header::RANGE, range).body(Body::empty())?;
        let answer = registry.raw(request).await?;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-range")),
            (status, content_range),
            "{range}"
        );
        assert_eq!(&answer.body[..], body.as_bytes(), "{range}");
        assert_eq!(answer.header("content-length"), body.len().to_string());
    }
    for range in ["bytes=10-", "bytes=5-0"] {
        let request = registry.request(Method::GET, &path).header(header::RANGE, range).body(Body::empty())?;
        let answer = registry.raw(request).await?;
        assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE, "{range}");
        assert_eq!(answer.header("content-range"), "bytes */10");
    }
    Ok(())
}

#[tokio::test]
async fn the_empty_blob_is_read_too() -> Outcome {
    let registry = Registry::start().await?;
    let digest = registry.push_blob(NAME, b"").await?;
    let answer = registry.get(&format!("/v2/{NAME}/blobs/{digest}")).await?;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_is_unknown_and_what_is_no_digest_is_invalid() -> Outcome {
    let registry = Registry::start().await?;
    let digest = Digest::of(Algorithm::Sha256, b"elsewhere");
    let unknown = registry.get(&format!("/v2/{NAME}/blobs/{digest}")).await?;
    assert_eq!(unknown.refusal(), refusal(404, "BLOB_UNKNOWN"));
    assert_eq!(registry.head(&format!("/v2/{NAME}/blobs/{digest}")).await?.status, StatusCode::NOT_FOUND);
    for bad in ["sha256:xyz", "md5:00", "nonsense"] {
        let answer = registry.get(&format!("/v2/{NAME}/blobs/{bad}")).await?;
        assert_eq!(answer.refusal(), refusal(400, "DIGEST_INVALID"), "{bad}");
    }
    Ok(())
}

#[tokio::test]
async fn a_blob_of_another_name_is_unknown_whoever_asks() -> Outcome {
    let registry = Registry::start().await?;
    let digest = registry.push_blob(NAME, b"secret of qa").await?;
    for name in ["shop/checkout/staging", "shop/checkout", "shop/tools/qa"] {
        let answer = registry.get(&format!("/v2/{name}/blobs/{digest}")).await?;
        assert_eq!(answer.refusal(), refusal(404, "BLOB_UNKNOWN"), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_deleted_blob_is_unknown_at_once_and_stays_under_other_names() -> Outcome {
    let registry = Registry::start().await?;
    let digest = registry.push_blob(NAME, b"shared").await?;
    registry.push_blob("shop/tools/qa", b"shared").await?;
    let path = format!("/v2/{NAME}/blobs/{digest}");
    assert_eq!(registry.delete(&path).await?.status, StatusCode::ACCEPTED);
    assert_eq!(registry.head(&path).await?.status, StatusCode::NOT_FOUND);
    assert_eq!(registry.delete(&path).await?.refusal(), refusal(404, "BLOB_UNKNOWN"));
    let elsewhere = registry.get(&format!("/v2/shop/tools/qa/blobs/{digest}")).await?;
    assert_eq!(elsewhere.status, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn a_blob_that_a_manifest_refers_to_is_not_deleted() -> Outcome {
    let registry = Registry::start().await?;
    let name = "shop/checkout";
    let manifest = registry.push_image(name, "1.0", "layer").await?;
    let path = format!("/v2/{name}/blobs/{}", Digest::of(Algorithm::Sha256, b"layer"));
    assert_eq!(registry.delete(&path).await?.refusal(), refusal(405, "UNSUPPORTED"));
    registry.delete(&format!("/v2/{name}/manifests/{manifest}")).await?;
    assert_eq!(registry.delete(&path).await?.status, StatusCode::ACCEPTED);
    Ok(())
}
