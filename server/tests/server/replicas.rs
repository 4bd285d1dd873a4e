//! Several server processes on one Postgres and one bucket, as a load balancer sees them.

use crate::s3;
use crate::support::{Answer, Process, Server, basic};
use axum::body::Body;
use http::{Method, Request};
use serde_json::json;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::projects::ProjectForm;
use towpath_service::projects;

const CHUNK: usize = 4_000_000;

/// The variables of a bucket; none where there is no S3 server or no Postgres.
fn variables() -> Option<Vec<(&'static str, String)>> {
    let bucket = s3::bucket()?;
    std::env::var_os("TOWPATH_TEST_POSTGRES")?;
    Some(vec![
        ("TOWPATH_S3_BUCKET", bucket.bucket),
        ("TOWPATH_S3_ENDPOINT", bucket.endpoint?),
        ("TOWPATH_S3_PREFIX", bucket.prefix),
        ("TOWPATH_S3_ACCESS_KEY", "towpath".to_owned()),
        ("TOWPATH_S3_SECRET_KEY", "not-a-secret".to_owned()),
    ])
}

/// An installation with two more servers, on which Bo may push to `shop/checkout`.
struct Fleet {
    first: Server,
    others: [Process; 2],
    credentials: String,
}

impl Fleet {
    async fn start(more: &[(&str, &str)]) -> Option<Self> {
        let variables = variables()?;
        let mut all: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        all.extend(more);
        let first = Server::start_with(&all).await;
        let admin = first.admin("Ada").await;
        first.integration(&admin, "shop", "checkout").await;
        let developer = first.member(&admin, "Bo", "developer", "project:shop").await;
        let credentials = basic(&first.token(&developer, &["push", "pull"]).await);
        let others = [first.process(&all).await, first.process(&all).await];
        Some(Self { first, others, credentials })
    }

    /// A request to the server of a number.
    async fn call(
        &self,
        number: usize,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("authorization", &self.credentials);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_vec())).expect("a request");
        self.first.send_to(&self.others[number % 2].url, request).await
    }

    async fn begin(&self, number: usize) -> String {
        let begun = self.call(number, Method::POST, "/v2/shop/checkout/blobs/uploads/", &[], b"").await;
        assert_eq!(begun.status, 202, "{}", begun.text());
        begun.location().expect("a location").to_owned()
    }

    async fn append(&self, number: usize, upload: &str, from: usize, chunk: &[u8]) {
        let range = format!("{from}-{}", from + chunk.len() - 1);
        let answer = self.call(number, Method::PATCH, upload, &[("content-range", &range)], chunk).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        assert_eq!(answer.header("range"), Some(format!("0-{}", from + chunk.len() - 1).as_str()));
    }

    async fn finish(&self, number: usize, upload: &str, digest: &Digest) {
        let answer = self.call(number, Method::PUT, &format!("{upload}?digest={digest}"), &[], b"").await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }

    async fn pull(&self, number: usize, path: &str) -> Answer {
        let answer = self.call(number, Method::GET, &format!("/v2/shop/checkout/{path}"), &[], b"").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
    }
}

fn content() -> Vec<u8> {
    (0_u32..).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).take(4 * CHUNK).collect()
}

#[tokio::test]
async fn an_image_whose_chunks_went_to_one_server_after_another_is_whole_on_each() {
    let Some(fleet) = Fleet::start(&[]).await else { return };
    let layer = content();
    let digest = Digest::of(Algorithm::Sha256, &layer);
    let upload = fleet.begin(0).await;
    for (number, chunk) in layer.chunks(CHUNK).enumerate() {
        fleet.append(number + 1, &upload, number * CHUNK, chunk).await;
    }
    fleet.finish(1, &upload, &digest).await;

    let config = br#"{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[]}}"#;
    let named = Digest::of(Algorithm::Sha256, config);
    let path = format!("/v2/shop/checkout/blobs/uploads/?digest={named}");
    assert_eq!(fleet.call(0, Method::POST, &path, &[], config).await.status, 201);
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": named, "size": config.len()},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest, "size": layer.len()}]
    })
    .to_string();
    let kind = [("content-type", "application/vnd.oci.image.manifest.v1+json")];
    let pushed =
        fleet.call(1, Method::PUT, "/v2/shop/checkout/manifests/1.0", &kind, manifest.as_bytes()).await;
    assert_eq!(pushed.status, 201, "{}", pushed.text());
    for number in 0..2 {
        assert_eq!(fleet.pull(number, "manifests/1.0").await.text(), manifest);
        let pulled = fleet.pull(number, &format!("blobs/{digest}")).await;
        assert!(pulled.body == layer, "server {number}");
    }
    fleet.first.stop().await;
}

#[tokio::test]
async fn an_upload_goes_on_at_another_server_when_one_is_killed() {
    let Some(mut fleet) = Fleet::start(&[]).await else { return };
    let layer = content();
    let digest = Digest::of(Algorithm::Sha256, &layer);
    let upload = fleet.begin(0).await;
    fleet.append(0, &upload, 0, &layer[..CHUNK]).await;

    let host = fleet.others[0].url.strip_prefix("http://").expect("an address").to_owned();
    let mut stream = TcpStream::connect(&host).await.expect("connects");
    let head = format!(
        "PATCH {upload} HTTP/1.1\r\nhost: {host}\r\nauthorization: {}\r\ncontent-length: {}\r\n\r\n",
        fleet.credentials,
        3 * CHUNK
    );
    stream.write_all(head.as_bytes()).await.expect("the head is sent");
    stream.write_all(&layer[CHUNK..3 * CHUNK]).await.expect("most of it is sent");
    tokio::time::sleep(Duration::from_millis(300)).await;
    fleet.others[0].kill();

    let status = fleet.call(1, Method::GET, &upload, &[], b"").await;
    let acknowledged = format!("0-{}", CHUNK - 1);
    assert_eq!((status.status, status.header("range")), (204, Some(acknowledged.as_str())));
    fleet.append(1, &upload, CHUNK, &layer[CHUNK..]).await;
    fleet.finish(1, &upload, &digest).await;
    assert!(fleet.pull(1, &format!("blobs/{digest}")).await.body == layer);
    fleet.first.stop().await;
}

#[tokio::test]
async fn what_happens_on_one_server_is_told_on_another() {
    let Some(fleet) = Fleet::start(&[]).await else { return };
    let eve = fleet.first.admin("Eve").await;
    let session = fleet.first.sign_in(&eve).await;
    let mut stream = fleet.first.stream_from(&fleet.others[0].url, "/live", &[("cookie", &session)]).await;
    assert_eq!(stream.status, 200);
    assert_eq!(stream.next().await.expect("a beat").event, "beat");
    let form = ProjectForm { slug: "elsewhere".to_owned(), title: "Elsewhere".to_owned() };
    projects::create(&fleet.first.service, &eve.actor, form).await.expect("a project");
    let notice = stream.next().await.expect("a notice");
    assert!(notice.event == "notice" && notice.data.contains("project_created"), "{}", notice.data);
    drop(stream);
    fleet.first.stop().await;
}

#[tokio::test]
async fn who_pulls_is_sent_to_the_store_where_that_is_wanted() {
    let Some(fleet) = Fleet::start(&[("TOWPATH_S3_REDIRECT", "true")]).await else { return };
    let digest = Digest::of(Algorithm::Sha256, b"a layer");
    let upload = format!("/v2/shop/checkout/blobs/uploads/?digest={digest}");
    assert_eq!(fleet.call(0, Method::POST, &upload, &[], b"a layer").await.status, 201);
    let path = format!("/v2/shop/checkout/blobs/{digest}");
    assert_eq!(fleet.call(1, Method::HEAD, &path, &[], b"").await.status, 200);
    let sent = fleet.call(1, Method::GET, &path, &[], b"").await;
    assert_eq!((sent.status, sent.header("cache-control")), (307, Some("no-store")));
    let (store, rest) = sent.location().expect("a location").split_at("http://127.0.0.1:00000".len());
    // Without what opens doors here: the address itself does, and for nothing else.
    let request = |path: &str| Request::get(path).body(Body::empty()).expect("a request");
    let read = fleet.first.send_to(store, request(rest)).await;
    assert_eq!((read.status, read.text()), (200, "a layer"));
    let other = rest.replace(digest.hex(), Digest::of(Algorithm::Sha256, b"another").hex());
    assert_eq!(fleet.first.send_to(store, request(&other)).await.status, 403);
    fleet.first.stop().await;
}
