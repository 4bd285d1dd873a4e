//! A plain HTTP client for loopback: the measured time is the server's, as far as can be.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use futures::StreamExt;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION};
use http::{Method, Request, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use std::convert::Infallible;
use std::time::{Duration, Instant};

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Talks to one server, signed in one way.
#[derive(Clone)]
pub struct Client {
    pool: Pool<HttpConnector, Body>,
    /// For example `http://127.0.0.1:3000`.
    base: String,
    headers: HeaderMap,
}

/// An answer that was read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Client {
    pub fn new(base: &str) -> Self {
        let pool = Pool::builder(TokioExecutor::new()).build(HttpConnector::new());
        Self { pool, base: base.to_owned(), headers: HeaderMap::new() }
    }

    pub fn bearing(&self, authorization: &str) -> Result<Self> {
        let mut client = self.clone();
        client.headers.insert(AUTHORIZATION, authorization.parse()?);
        Ok(client)
    }

    pub fn with_cookie(&self, cookie: &str) -> Result<Self> {
        let mut client = self.clone();
        client.headers.insert(COOKIE, cookie.parse()?);
        Ok(client)
    }

    /// The same without being signed in.
    pub fn stranger(&self) -> Self {
        Self::new(&self.base)
    }

    /// The same on connections of its own.
    pub fn apart(&self) -> Self {
        Self { headers: self.headers.clone(), ..Self::new(&self.base) }
    }

    /// Sends a request with the headers given, and reads all of the answer.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Result<Answer> {
        let address = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut request = Request::builder().method(method.clone()).uri(&address);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let asked = self.pool.request(request.body(body)?).await;
        let (parts, body) = asked.with_context(|| format!("{method} {address}"))?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        self.send(Method::GET, path, headers, empty()).await?.expect(path)
    }

    /// Reads an answer without keeping it; tells its size.
    pub async fn read(&self, path: &str) -> Result<u64> {
        let mut request = Request::builder().uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = self.pool.request(request.body(empty())?).await?;
        ensure!(answer.status().is_success(), "{path} was answered {}", answer.status());
        let mut body = answer.into_body();
        let mut size = 0;
        while let Some(frame) = body.frame().await {
            size += frame?.data_ref().map_or(0, |data| data.len() as u64);
        }
        Ok(size)
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let headers = [(CONTENT_TYPE.as_str(), "application/json")];
        let sent = self.send(Method::POST, path, &headers, full(body.to_string())).await?.expect(path)?;
        Ok(serde_json::from_slice(&sent.body).unwrap_or_default())
    }

    /// Sends a form as a script of the pages does, and tells the cookie that came back.
    pub async fn submit(&self, path: &str, origin: &str, fields: &[(&str, &str)]) -> Result<Option<String>> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [
            (CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded"),
            ("accept", "application/json"),
            ("origin", origin),
        ];
        let sent = self.send(Method::POST, path, &headers, full(body)).await?.expect(path)?;
        let cookies = sent.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
        let mut cookies = cookies.filter_map(|cookie| cookie.split(';').next());
        Ok(cookies.find(|cookie| cookie.starts_with("towpath=")).map(str::to_owned))
    }

    /// How long each of some calls of the same page takes, after a few that do not count.
    pub async fn time(&self, path: &str, times: usize) -> Result<Vec<Duration>> {
        for _ in 0..5 {
            self.get(path, &[("accept", "text/html")]).await?;
        }
        let mut durations = Vec::with_capacity(times);
        for _ in 0..times {
            let start = Instant::now();
            self.get(path, &[("accept", "text/html")]).await?;
            durations.push(start.elapsed());
        }
        Ok(durations)
    }
}

impl Answer {
    pub fn expect(self, path: &str) -> Result<Self> {
        let fine = self.status.is_success() || self.status.is_redirection();
        let Self { status, ref body, .. } = self;
        ensure!(fine, "{path} was answered {status}: {}", String::from_utf8_lossy(body));
        Ok(self)
    }

    pub fn location(&self) -> Result<&str> {
        let location = self.headers.get(LOCATION).context("the answer leads nowhere")?;
        Ok(location.to_str()?)
    }
}

pub fn empty() -> Body {
    Full::default().boxed_unsync()
}

pub fn full(body: impl Into<Bytes>) -> Body {
    Full::new(body.into()).boxed_unsync()
}

/// A body in pieces, so that large ones need not be in memory at once.
pub fn pieces(pieces: impl Iterator<Item = Bytes> + Send + 'static) -> Body {
    StreamBody::new(futures::stream::iter(pieces).map(|piece| Ok(Frame::data(piece)))).boxed_unsync()
}
