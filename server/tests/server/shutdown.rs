//! Stopping while requests are under way.

use crate::support::{Server, basic};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use towpath_domain::digests::{Algorithm, Digest};

/// What a registry client of someone who may push to `shop/checkout` sends.
async fn pusher(server: &Server) -> String {
    let admin = server.admin("Ada").await;
    server.integration(&admin, "shop", "checkout").await;
    let developer = server.member(&admin, "Bo", "developer", "project:shop").await;
    basic(&server.token(&developer, &["push", "pull"]).await)
}

/// An upload of which the server has the head and waits for the rest.
async fn begun(server: &Server, credentials: &str, content: &str) -> BufReader<TcpStream> {
    let digest = Digest::of(Algorithm::Sha256, content.as_bytes());
    let host = server.url.strip_prefix("http://").expect("an address");
    let mut stream = BufReader::new(TcpStream::connect(host).await.expect("connects"));
    let head = format!(
        "POST /v2/shop/checkout/blobs/uploads/?digest={digest} HTTP/1.1\r\nhost: {host}\r\n\
         authorization: {credentials}\r\ncontent-type: application/octet-stream\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        content.len()
    );
    stream.write_all(head.as_bytes()).await.expect("the head is sent");
    // Only who reads the body asks for it.
    assert_eq!(line(&mut stream).await, "HTTP/1.1 100 Continue");
    assert_eq!(line(&mut stream).await, "");
    stream
}

async fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).await.expect("a line");
    line.trim_end().to_owned()
}

#[tokio::test]
async fn an_upload_under_way_is_finished_before_the_server_ends() {
    let server = Server::start().await;
    let credentials = pusher(&server).await;
    let content = "x".repeat(100_000);

    let mut upload = begun(&server, &credentials, &content).await;
    server.begin_to_stop();
    server.refuses_connections().await;
    upload.write_all(content.as_bytes()).await.unwrap();
    assert_eq!(line(&mut upload).await, "HTTP/1.1 201 Created");
    let mut rest = String::new();
    upload.read_to_string(&mut rest).await.unwrap();
    assert!(rest.contains("connection: close"), "{rest}");
    server.stop().await;
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_cut_off() {
    let server = Server::start_with(&[("TOWPATH_SHUTDOWN_SECONDS", "0")]).await;
    let credentials = pusher(&server).await;
    let mut upload = begun(&server, &credentials, "never sent").await;
    tokio::time::timeout(Duration::from_secs(20), server.stop()).await.expect("the server ends");
    let mut rest = Vec::new();
    // Closed or reset, as the system likes.
    _ = upload.read_to_end(&mut rest).await;
    assert_eq!(rest, b"");
}
