//! What is too much is refused in words, and a refusal is read also by whoever is still sending.

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::storage::Quota;
use towpath_service::storage;

use crate::harness::{OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, Outcome, Registry, descriptor, digest, refusal};

const NAME: &str = "shop/tools";

#[tokio::test]
async fn a_project_keeps_what_it_may_and_no_more() -> Outcome {
    let registry = Registry::start().await?;
    registry.push_blob(NAME, &[1; 600]).await?;
    storage::set_quota(&registry.service, &registry.admin, "shop", Quota::of(1_000)).await?;
    registry.push_blob(NAME, &[2; 400]).await?;
    let begun = registry.send(Method::POST, &format!("/v2/{NAME}/blobs/uploads/"), Body::empty()).await?;
    assert_eq!(begun.refusal(), refusal(403, "DENIED"));
    assert_eq!(begun.json()["errors"][0]["detail"], json!({"used": 1_000, "quota": 1_000}));
    assert!(begun.message().starts_with("The project shop keeps 1.0 kB of the 1.0 kB that it may."));
    storage::set_quota(&registry.service, &registry.admin, "shop", None).await?;
    registry.push_blob(NAME, &[3; 900]).await?;
    Ok(())
}

#[tokio::test]
async fn what_comes_at_once_is_counted_together_and_manifests_too() -> Outcome {
    let registry = Registry::start().await?;
    let image = registry.image(NAME, "one").await?;
    let room = image.to_string().len() - 1;
    let used = storage::view(&registry.service, &registry.admin, "shop").await?.used;
    let quota = Quota::of(used + i64::try_from(room)?);
    storage::set_quota(&registry.service, &registry.admin, "shop", quota).await?;
    assert_eq!(registry.put(NAME, "1.0", &image).await?.refusal(), refusal(403, "DENIED"), "a byte too much");
    let push = async |byte: u8| {
        let content = vec![byte; room - 10];
        let digest = Digest::of(Algorithm::Sha256, &content);
        registry.send(Method::POST, &format!("/v2/{NAME}/blobs/uploads/?digest={digest}"), content).await
    };
    let pushed = tokio::join!(push(1), push(2), push(3));
    let mut statuses = [pushed.0?.status, pushed.1?.status, pushed.2?.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::CREATED, StatusCode::FORBIDDEN, StatusCode::FORBIDDEN]);
    Ok(())
}

#[tokio::test]
async fn an_upload_that_does_not_fit_is_refused_when_its_size_is_known() -> Outcome {
    let registry = Registry::start().await?;
    storage::set_quota(&registry.service, &registry.admin, "shop", Quota::of(1_000)).await?;
    let content = vec![1; 1_001];
    let digest = Digest::of(Algorithm::Sha256, &content);
    let path = format!("/v2/{NAME}/blobs/uploads/?digest={digest}");
    assert_eq!(registry.send(Method::POST, &path, content).await?.refusal(), refusal(403, "DENIED"));
    assert_eq!(registry.head(&format!("/v2/{NAME}/blobs/{digest}")).await?.status, StatusCode::NOT_FOUND);
    Ok(())
}

#[tokio::test]
async fn indexes_lie_within_each_other_only_so_deep() -> Outcome {
    let registry = Registry::start().await?;
    let mut inner = registry.image(NAME, "one").await?;
    let mut media_type = OCI_MANIFEST;
    for depth in 0..=5 {
        let pushed = registry.put(NAME, &format!("depth-{depth}"), &inner).await?;
        if depth == 5 {
            assert_eq!(pushed.refusal(), refusal(400, "MANIFEST_INVALID"));
            break;
        }
        assert_eq!(pushed.status, StatusCode::CREATED, "{pushed:?}");
        let child =
            json!({"mediaType": media_type, "digest": digest(&inner), "size": inner.to_string().len()});
        inner = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [child]});
        media_type = OCI_INDEX;
    }
    Ok(())
}

#[tokio::test]
async fn a_manifest_refers_to_so_many_contents_at_most() -> Outcome {
    let registry = Registry::start().await?;
    registry.push_blob(NAME, b"{}").await?;
    let layers: Vec<_> = (0..2_000).map(|_| descriptor(OCI_CONFIG, b"{}")).collect();
    let manifest = json!({
        "schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptor(OCI_CONFIG, b"{}"), "layers": layers,
    });
    assert_eq!(registry.put(NAME, "many", &manifest).await?.refusal(), refusal(400, "MANIFEST_INVALID"));
    Ok(())
}

/// Over a real connection: one that was closed while the client sends would be reset, and the answer lost.
#[tokio::test]
async fn whoever_is_refused_while_sending_reads_why() -> Outcome {
    let registry = Registry::start().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server =
        tokio::spawn(axum::serve(listener, towpath_registry::router(registry.service.clone())).into_future());
    for _ in 0..5 {
        let mut client = TcpStream::connect(address).await?;
        let size = 4_000_000;
        let head = format!(
            "PUT /v2/{NAME}/manifests/1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {size}\r\n\r\n"
        );
        client.write_all(head.as_bytes()).await?;
        client.write_all(&vec![b' '; size]).await?;
        let mut answer = String::new();
        client.read_to_string(&mut answer).await?;
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
    server.abort();
    Ok(())
}
