//! The typed client of the REST API.
//!
//! It never repeats a request by itself: only the caller knows whether a change may be asked for twice.

mod calls;
mod declarations;
mod lines;
mod release_sets;
mod rights;

pub use lines::Lines;

use crate::problems::Problem;
use reqwest::header::{ETAG, IF_NONE_MATCH};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a whole export may take.
const ALL_OF_IT: Duration = Duration::from_hours(24);
/// How long the server may take to accept a connection.
const KNOCK: Duration = Duration::from_secs(10);
/// The most bytes of an answer that is no problem and no success that an error quotes.
const QUOTED: usize = 200;

/// A client of one server, by one credential. A process that uses it over TLS, and any that makes one, has to
/// install a crypto provider of rustls first.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    server: Url,
    credential: Option<String>,
}

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("“{0}” is not the address of a server; write it as https://towpath.example.org")]
    Address(String),
    #[error("the server {server} cannot be reached: {cause}")]
    Unreachable { server: String, cause: String },
    #[error("the server did not answer in time")]
    TimedOut,
    /// The server says what is wrong.
    #[error("{0}")]
    Problem(Box<Problem>),
    /// Something answered that does not speak this API.
    #[error("the answer is not one of a Towpath server (status {status}): {text}")]
    Unexpected { status: u16, text: String },
}

impl Client {
    /// A client of the server at this address, with the secret of a token or session.
    pub fn new(server: &str, credential: Option<String>) -> Result<Self, Error> {
        let wrong = || Error::Address(server.to_owned());
        let url = Url::parse(server).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() {
            return Err(wrong());
        }
        let http = reqwest::Client::builder()
            .connect_timeout(KNOCK)
            .timeout(PATIENCE)
            .read_timeout(PATIENCE)
            .user_agent(concat!("towpath/", env!("CARGO_PKG_VERSION")))
            // A credential is for the server that was named, not for one that it points to.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| unreachable(&url, &error))?;
        Ok(Self { http, server: url, credential })
    }

    /// The address below `/api/v1` with these segments, each encoded as one.
    fn address(&self, segments: &[&str]) -> Url {
        let mut url = self.server.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1"]).extend(segments);
        }
        url
    }

    async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, Error> {
        read(self.send(Method::GET, url, None::<&()>).await?).await
    }

    async fn post<T: DeserializeOwned>(&self, url: Url, body: &impl Serialize) -> Result<T, Error> {
        read(self.send(Method::POST, url, Some(body)).await?).await
    }

    /// An answer with its entity tag, unless it is still the one that a known tag names.
    async fn newer<T: DeserializeOwned>(
        &self,
        url: Url,
        known: Option<&str>,
    ) -> Result<Option<(T, Option<String>)>, Error> {
        let mut request = self.request(Method::GET, url);
        if let Some(known) = known {
            request = request.header(IF_NONE_MATCH, known);
        }
        let response = request.send().await.map_err(|error| unreachable(&self.server, &error))?;
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        if !response.status().is_success() {
            return Err(refused(response).await);
        }
        let tag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        Ok(Some((read(response).await?, tag)))
    }

    /// An answer that may take as long as it takes, if only it goes on.
    async fn lines(&self, url: Url) -> Result<Lines, Error> {
        let request = self.request(Method::GET, url).timeout(ALL_OF_IT);
        Ok(Lines::new(self.answer(request).await?))
    }

    async fn text(&self, url: Url) -> Result<String, Error> {
        let response = self.send(Method::GET, url, None::<&()>).await?;
        response.text().await.map_err(|error| unreachable(&self.server, &error))
    }

    /// A POST whose answer has no body.
    async fn tell(&self, url: Url, body: &impl Serialize) -> Result<(), Error> {
        self.send(Method::POST, url, Some(body)).await.map(drop)
    }

    async fn delete(&self, url: Url) -> Result<(), Error> {
        self.send(Method::DELETE, url, None::<&()>).await.map(drop)
    }

    async fn send(&self, method: Method, url: Url, body: Option<&impl Serialize>) -> Result<Response, Error> {
        let mut request = self.request(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.answer(request).await
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let request = self.http.request(method, url);
        match &self.credential {
            Some(credential) => request.bearer_auth(credential),
            None => request,
        }
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Response, Error> {
        let response = request.send().await.map_err(|error| unreachable(&self.server, &error))?;
        if response.status().is_success() { Ok(response) } else { Err(refused(response).await) }
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Error> {
    let status = response.status();
    let url = response.url().clone();
    let bytes = response.bytes().await.map_err(|error| unreachable(&url, &error))?;
    serde_json::from_slice(&bytes).map_err(|error| unexpected(status, &error.to_string()))
}

async fn refused(response: Response) -> Error {
    let status = response.status();
    let url = response.url().clone();
    match response.bytes().await {
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(problem) => Error::Problem(Box::new(problem)),
            Err(_) => unexpected(status, &String::from_utf8_lossy(&bytes)),
        },
        Err(error) => unreachable(&url, &error),
    }
}

fn unexpected(status: StatusCode, text: &str) -> Error {
    Error::Unexpected { status: status.as_u16(), text: text.chars().take(QUOTED).collect() }
}

fn unreachable(server: &Url, error: &reqwest::Error) -> Error {
    if error.is_timeout() {
        return Error::TimedOut;
    }
    // The innermost cause says what happened; those around it say that a request failed.
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Error::Unreachable { server: server.origin().ascii_serialization(), cause: cause.to_string() }
}

/// Never the credential.
impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("server", &self.server.as_str()).finish_non_exhaustive()
    }
}
