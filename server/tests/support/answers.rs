//! An answer, read whole.

use bytes::Bytes;
use http::header::{LOCATION, SET_COOKIE};
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub async fn read(response: Response<Incoming>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the whole answer").to_bytes();
        Self { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("an answer in UTF-8")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn location(&self) -> Option<&str> {
        self.header(LOCATION.as_str())
    }

    /// The whole `Set-Cookie` of one name: value and attributes.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.headers.get_all(SET_COOKIE).into_iter().filter_map(|cookie| cookie.to_str().ok());
        let start = format!("{name}=");
        cookies.into_iter().find(|cookie| cookie.starts_with(&start))
    }

    /// `NAME=VALUE` of a cookie that was set, as a browser sends it back.
    pub fn sent_back(&self, name: &str) -> String {
        let cookie = self.cookie(name).expect("the cookie is set");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }
}
