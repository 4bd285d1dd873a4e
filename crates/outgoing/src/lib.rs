//! The one HTTP client by which the server calls others: it reaches the public internet, and inside the network only
//! what the installation allows.
//!
//! Whoever can name an address that a server calls could otherwise reach what only the server reaches: its own
//! network, the machine itself, a cloud's metadata. Names are judged by the addresses that they have at the moment of
//! connecting, in the same step; an answer that leads elsewhere is not followed; and no answer takes for ever, or all
//! memory. (OWASP, Server-Side Request Forgery Prevention; ASVS 5.0 1.3.6.)

mod addresses;
mod allowed;
mod names;

pub use allowed::{Allowed, NotAllowed};

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use names::{Names, NotPublic};
use reqwest::redirect::Policy;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// How long a connection may take to stand.
const KNOCK: Duration = Duration::from_secs(5);
/// How long a whole call may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a stream of any length may be silent.
const SILENCE: Duration = Duration::from_mins(2);
/// How often a stream's answer may lead elsewhere: a registry's to where its contents lie, and no further.
const FOLLOWED: usize = 4;
/// The largest answer that is read, in bytes: what is called so far answers with some kilobytes.
pub const LARGEST: usize = 1024 * 1024;

/// The client; clones share their connections.
#[derive(Debug, Clone)]
pub struct Outgoing {
    http: reqwest::Client,
    allowed: Arc<Allowed>,
}

/// Why a call has no answer. Nothing that the other side said stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("“{0}” is no address that can be called: it must be https:// and a host")]
    Address(String),
    #[error(
        "{0} would be called without encryption; only https is allowed, or a host that `outgoing_allow` names with http://"
    )]
    NotEncrypted(String),
    #[error("{0} is not on the public internet; if it is meant, add it to `outgoing_allow`")]
    NotPublic(String),
    #[error("{host} could not be reached: {reason}")]
    Unreachable { host: String, reason: String },
    #[error("{0} took too long to answer")]
    TooSlow(String),
    #[error("{0} answered with more than a megabyte")]
    TooLarge(String),
}

impl Outgoing {
    /// A client that also reaches these hosts.
    ///
    /// # Errors
    /// When the machine's certificates cannot be read, in words.
    pub fn new(allowed: Allowed) -> Result<Self, String> {
        // Whichever part of the process comes first; it is the same provider for all.
        _ = rustls::crypto::ring::default_provider().install_default();
        let allowed = Arc::new(allowed);
        let http = client(&allowed).timeout(PATIENCE).redirect(Policy::none()).build();
        Ok(Self { http: http.map_err(|error| reason(&error))?, allowed })
    }

    /// A client for answers and requests of any length, such as the contents of images: only silence is bounded. Whoever
    /// uses it asks [`Outgoing::judge`] before each request; where an answer leads elsewhere, that is judged here.
    ///
    /// # Errors
    /// When the machine's certificates cannot be read, in words.
    pub fn streams(&self) -> Result<reqwest::Client, String> {
        let allowed = self.allowed.clone();
        let follow = Policy::custom(move |attempt| {
            if attempt.previous().len() > FOLLOWED {
                return attempt.error("it leads from one address to the next");
            }
            match check(&allowed, attempt.url().as_str()) {
                Ok(_) => attempt.follow(),
                Err(error) => attempt.error(error),
            }
        });
        client(&self.allowed).read_timeout(SILENCE).redirect(follow).build().map_err(|error| reason(&error))
    }

    /// Sends a request and reads its whole answer, whatever its status. Redirects are answers.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let (parts, body) = request.into_parts();
        let (url, host) = check(&self.allowed, &parts.uri.to_string())?;
        let sending = self.http.request(parts.method, url).headers(parts.headers).body(body).send();
        let mut answer = sending.await.map_err(|error| failed(&host, &error))?;
        let status = answer.status();
        let headers = std::mem::take(answer.headers_mut());
        let mut read = BytesMut::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| failed(&host, &error))? {
            if read.len() + piece.len() > LARGEST {
                return Err(Error::TooLarge(host));
            }
            read.extend_from_slice(&piece);
        }
        let mut whole = Response::new(read.freeze());
        *whole.status_mut() = status;
        *whole.headers_mut() = headers;
        Ok(whole)
    }

    /// Whether an address may be called, as far as it says so by itself: what a name leads to is judged at each call.
    pub fn judge(&self, address: &str) -> Result<(), Error> {
        check(&self.allowed, address).map(drop)
    }
}

fn client(allowed: &Arc<Allowed>) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(KNOCK)
        .user_agent(concat!("towpath/", env!("CARGO_PKG_VERSION")))
        // A proxy would resolve names itself.
        .no_proxy()
        .dns_resolver(Arc::new(Names { allowed: allowed.clone() }))
}

/// Judges what an address says by itself. A name's addresses are judged when it is looked up, but an address that
/// is written out is never looked up. The parser knows all spellings of one: `0x7f.1`, `2130706433`, `[::1]`.
fn check(allowed: &Allowed, address: &str) -> Result<(Url, String), Error> {
    let no_address = || Error::Address(address.to_owned());
    let url = Url::parse(address).map_err(|_| no_address())?;
    let host = url.host().ok_or_else(no_address)?.to_owned();
    match url.scheme() {
        "https" => {}
        "http" if allowed.unencrypted(&host) => {}
        "http" => return Err(Error::NotEncrypted(host.to_string())),
        _ => return Err(no_address()),
    }
    let literal = match &host {
        Host::Ipv4(address) => Some((*address).into()),
        Host::Ipv6(address) => Some((*address).into()),
        Host::Domain(_) => None,
    };
    if literal.is_some_and(|address| !addresses::is_public(address)) && !allowed.names(&host) {
        return Err(Error::NotPublic(host.to_string()));
    }
    Ok((url, host.to_string()))
}

fn failed(host: &str, error: &reqwest::Error) -> Error {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<NotPublic>() {
            return Error::NotPublic(host.to_owned());
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        return Error::TooSlow(host.to_owned());
    }
    Error::Unreachable { host: host.to_owned(), reason: reason(error) }
}

/// The innermost cause, which names the matter: “connection refused”.
fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(inner) = innermost.source() {
        innermost = inner;
    }
    innermost.to_string()
}
