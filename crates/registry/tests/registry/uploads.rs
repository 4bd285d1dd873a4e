//! Uploading blobs.

use axum::body::Body;
use http::{Method, StatusCode, header};
use towpath_domain::access::Action;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_service::images;

use crate::harness::{Answer, Outcome, Registry, refusal};

const NAME: &str = "shop/checkout/qa";

async fn chunk(registry: &Registry, location: &str, range: &str, content: &str) -> Outcome<Answer> {
    let request = registry
        .request(Method::PATCH, location)
        .header(header::CONTENT_RANGE, range)
        .body(Body::from(content.to_owned()))?;
    registry.raw(request).await
}

async fn finish(registry: &Registry, location: &str, content: &str, rest: &str) -> Outcome<Answer> {
    let digest = Digest::of(Algorithm::Sha256, content.as_bytes());
    registry.send(Method::PUT, &format!("{location}?digest={digest}"), rest.to_owned()).await
}

#[tokio::test]
async fn a_blob_is_uploaded_by_one_put() -> Outcome {
    let registry = Registry::start().await?;
    let location = registry.begin(NAME).await?;
    assert!(location.starts_with("/v2/shop/checkout/qa/blobs/uploads/"), "{location}");
    let finished = finish(&registry, &location, "whole", "whole").await?;
    assert_eq!(finished.status, StatusCode::CREATED, "{finished:?}");
    let blob = finished.header("location").to_owned();
    assert_eq!(finished.header("docker-content-digest"), blob.rsplit('/').next().unwrap_or_default());
    assert_eq!(&registry.get(&blob).await?.body[..], b"whole");
    Ok(())
}

#[tokio::test]
async fn a_stream_is_appended_and_closed_by_an_empty_put() -> Outcome {
    let registry = Registry::start().await?;
    let location = registry.begin(NAME).await?;
    let appended = registry.send(Method::PATCH, &location, "streamed").await?;
    assert_eq!((appended.status, appended.header("range")), (StatusCode::ACCEPTED, "0-7"));
    assert_eq!(appended.header("location"), location);
    assert_eq!(finish(&registry, &location, "streamed", "").await?.status, StatusCode::CREATED);
    Ok(())
}

#[tokio::test]
async fn chunks_come_in_their_order_and_the_last_may_come_with_the_put() -> Outcome {
    let registry = Registry::start().await?;
    let location = registry.begin(NAME).await?;
    assert_eq!(chunk(&registry, &location, "0-4", "first").await?.status, StatusCode::ACCEPTED);
    for (range, content) in [("0-4", "first"), ("4-9", "second"), ("6-11", "second")] {
        let refused = chunk(&registry, &location, range, content).await?;
        assert_eq!(refused.refusal(), refusal(416, "BLOB_UPLOAD_INVALID"), "{range}");
        assert_eq!((refused.header("range"), refused.header("location")), ("0-4", location.as_str()));
    }
    let appended = chunk(&registry, &location, "5-10", "second").await?;
    assert_eq!((appended.status, appended.header("range")), (StatusCode::ACCEPTED, "0-10"));
    assert_eq!(finish(&registry, &location, "firstsecondlast", "last").await?.status, StatusCode::CREATED);
    Ok(())
}

#[tokio::test]
async fn a_closing_chunk_out_of_order_is_refused() -> Outcome {
    let registry = Registry::start().await?;
    let location = registry.begin(NAME).await?;
    let digest = Digest::of(Algorithm::Sha256, b"last");
    let request = registry
        .request(Method::PUT, &format!("{location}?digest={digest}"))
        .header(header::CONTENT_RANGE, "5-8")
        .body(Body::from("last"))?;
    assert_eq!(registry.raw(request).await?.status, StatusCode::RANGE_NOT_SATISFIABLE);
    Ok(())
}

#[tokio::test]
async fn a_broken_chunk_header_is_told_apart() -> Outcome {
    let registry = Registry::start().await?;
    let location = registry.begin(NAME).await?;
    let broken = chunk(&registry, &location, "bytes 0-4/5", "first").await?;
    assert_eq!(broken.refusal(), refusal(416, "BLOB_UPLOAD_INVALID"));
    let request = registry
        .request(Method::PATCH, &location)
        .header(header::CONTENT_RANGE, "0-9")
        .header(header::CONTENT_LENGTH, "5")
        .body(Body::from("first"))?;
    assert_eq!(registry.raw(request).await?.refusal(), refusal(400, "SIZE_INVALID"));
    Ok(())
}

#[tokio::test]
async fn an_upload_tells_where_it_stands_also_after_a_restart() -> Outcome {
    let registry = Registry::start().await?;
    let location = registry.begin(NAME).await?;
    registry.send(Method::PATCH, &location, "half ").await?;
    let registry = registry.restart().await?;
    let status = registry.get(&location).await?;
    assert_eq!((status.status, status.header("range")), (StatusCode::NO_CONTENT, "0-4"));
    assert_eq!(status.header("location"), location);
    assert_eq!(finish(&registry, &location, "half done", "done").await?.status, StatusCode::CREATED);
    Ok(())
}

#[tokio::test]
async fn content_of_another_digest_is_refused() -> Outcome {
    let registry = Registry::start().await?;
    let location = registry.begin(NAME).await?;
    let refused = finish(&registry, &location, "promised", "sent").await?;
    assert_eq!(refused.refusal(), refusal(400, "DIGEST_INVALID"));
    let digest = Digest::of(Algorithm::Sha256, b"promised");
    assert_eq!(registry.get(&format!("/v2/{NAME}/blobs/{digest}")).await?.code(), "BLOB_UNKNOWN");
    Ok(())
}

#[tokio::test]
async fn an_upload_is_closed_with_a_digest_that_is_one() -> Outcome {
    let registry = Registry::start().await?;
    let location = registry.begin(NAME).await?;
    for query in ["", "?digest=", "?digest=sha256:0", "?digest=md5:00"] {
        let refused = registry.send(Method::PUT, &format!("{location}{query}"), "x").await?;
        assert_eq!(refused.refusal(), refusal(400, "DIGEST_INVALID"), "{query}");
    }
    let begin = format!("/v2/{NAME}/blobs/uploads/?digest-algorithm=md5");
    let refused = registry.send(Method::POST, &begin, Body::empty()).await?;
    assert_eq!(refused.refusal(), refusal(400, "DIGEST_INVALID"));
    Ok(())
}

#[tokio::test]
async fn sha512_names_blobs_too() -> Outcome {
    let registry = Registry::start().await?;
    let digest = Digest::of(Algorithm::Sha512, b"content");
    let path = format!("/v2/{NAME}/blobs/uploads/?digest-algorithm=sha512");
    let begun = registry.send(Method::POST, &path, Body::empty()).await?;
    let put = format!("{}?digest={digest}", begun.header("location"));
    assert_eq!(registry.send(Method::PUT, &put, "content").await?.status, StatusCode::CREATED);
    assert_eq!(registry.get(&format!("/v2/{NAME}/blobs/{digest}")).await?.status, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn an_upload_can_be_cancelled() -> Outcome {
    let registry = Registry::start().await?;
    let location = registry.begin(NAME).await?;
    assert_eq!(registry.delete(&location).await?.status, StatusCode::NO_CONTENT);
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        let answer = registry.send(method, &location, Body::empty()).await?;
        assert_eq!(answer.refusal(), refusal(404, "BLOB_UPLOAD_UNKNOWN"));
    }
    Ok(())
}

#[tokio::test]
async fn an_upload_is_known_only_under_the_name_it_was_begun_with() -> Outcome {
    let registry = Registry::start().await?;
    let location = registry.begin(NAME).await?;
    for name in ["shop/checkout/staging", "shop/checkout", "shop/tools/qa"] {
        let elsewhere = location.replace(NAME, name);
        let answer = registry.send(Method::PATCH, &elsewhere, "x").await?;
        assert_eq!(answer.refusal(), refusal(404, "BLOB_UPLOAD_UNKNOWN"), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_blob_is_mounted_from_a_name_that_reaches_it() -> Outcome {
    let registry = Registry::start().await?;
    let digest = registry.push_blob(NAME, b"shared").await?;
    let path = format!("/v2/shop/tools/qa/blobs/uploads/?mount={digest}&from={NAME}");
    let mounted = registry.send(Method::POST, &path, Body::empty()).await?;
    assert_eq!(mounted.status, StatusCode::CREATED, "{mounted:?}");
    assert_eq!(mounted.header("docker-content-digest"), digest.to_string());
    assert_eq!(&registry.get(mounted.header("location")).await?.body[..], b"shared");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_mounted_is_uploaded_instead() -> Outcome {
    let mut registry = Registry::start().await?;
    let digest = registry.push_blob(NAME, b"shared").await?;
    for from in ["&from=shop/tools/qa", "&from=no/such", "&from=Not/A/Name", "", "&from=shop/checkout"] {
        let path = format!("/v2/shop/tools/staging/blobs/uploads/?mount={digest}{from}");
        let begun = registry.send(Method::POST, &path, Body::empty()).await?;
        assert_eq!(begun.status, StatusCode::ACCEPTED, "{from}");
        assert!(begun.header("location").contains("/blobs/uploads/"));
    }
    // A token for one integration cannot draw blobs out of another, not even of the same project.
    registry.secret = registry.token("shop/tools", &[Action::Pull, Action::Push]).await?;
    let path = format!("/v2/shop/tools/qa/blobs/uploads/?mount={digest}&from={NAME}");
    assert_eq!(registry.send(Method::POST, &path, Body::empty()).await?.status, StatusCode::ACCEPTED);
    Ok(())
}

#[tokio::test]
async fn an_upload_under_way_is_not_swept() -> Outcome {
    let registry = Registry::start().await?;
    let location = registry.begin(NAME).await?;
    assert_eq!(images::sweep_uploads(&registry.service).await?, 0);
    assert_eq!(registry.get(&location).await?.status, StatusCode::NO_CONTENT);
    Ok(())
}

#[tokio::test]
async fn uploading_what_is_stored_already_succeeds() -> Outcome {
    let registry = Registry::start().await?;
    for name in [NAME, NAME, "shop/checkout/staging"] {
        registry.push_blob(name, b"the same").await?;
    }
    Ok(())
}
