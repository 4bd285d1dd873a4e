//! Streams of server-sent events, read as they come.

use super::Server;
use axum::body::Body;
use http::{HeaderMap, Request, Uri};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::time::Duration;

/// An open stream.
pub struct Stream {
    pub status: u16,
    pub headers: HeaderMap,
    body: Incoming,
    read: String,
}

/// One event of a stream.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    pub id: String,
    pub event: String,
    pub data: String,
}

impl Server {
    /// Asks for a stream as a browser does, with further headers; its answer has begun.
    pub async fn stream(&self, path: &str, headers: &[(&str, &str)]) -> Stream {
        self.stream_from(&self.url, path, headers).await
    }

    /// The same of another server.
    pub async fn stream_from(&self, url: &str, path: &str, headers: &[(&str, &str)]) -> Stream {
        let address = format!("{url}{path}").parse::<Uri>().expect("an address");
        let mut request = Request::get(address).header("accept", "text/event-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let (parts, body) = self.client.request(request).await.expect("the server answers").into_parts();
        Stream { status: parts.status.as_u16(), headers: parts.headers, body, read: String::new() }
    }
}

impl Stream {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The next event; none once the stream has ended.
    pub async fn next(&mut self) -> Option<Frame> {
        let reading = async {
            loop {
                if let Some(end) = self.read.find("\n\n") {
                    let rest = self.read.split_off(end + 2);
                    let frame = std::mem::replace(&mut self.read, rest);
                    let field = |name: &str| {
                        let line = frame.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                        line.unwrap_or_default().to_owned()
                    };
                    return Some(Frame { id: field("id"), event: field("event"), data: field("data") });
                }
                let piece = self.body.frame().await?.expect("the stream goes on");
                self.read += std::str::from_utf8(piece.data_ref()?).expect("UTF-8");
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reading).await.expect("it comes in time")
    }
}
