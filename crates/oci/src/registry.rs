//! A registry, spoken to by the OCI distribution protocol.

mod signing_in;
pub(crate) mod uploads;

pub use signing_in::Credentials;

use crate::errors::{Error, refusal};
use crate::manifests::{self, Manifest};
use crate::{Pieces, Retries};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use http::{HeaderValue, StatusCode, header};
use reqwest::{Request, RequestBuilder, Response, Url};
use serde::Deserialize;
use signing_in::{Challenge, Granted};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use towpath_domain::digests::{Algorithm, Digest};
use towpath_domain::references::Tag;

/// How long a request without content of size may take; streams are bounded by the client that is given.
const PATIENCE: Duration = Duration::from_mins(1);

/// What requests are sent by, and who says before each whether its address may be called.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    judge: Option<Judge>,
}

/// Why an address may not be called, in words.
pub type Judge = Arc<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

impl From<reqwest::Client> for Client {
    fn from(http: reqwest::Client) -> Self {
        Self { http, judge: None }
    }
}

impl Client {
    /// A client that calls only what its judge lets it. A registry names further addresses itself, for tokens and uploads.
    pub fn judged(http: reqwest::Client, judge: Judge) -> Self {
        Self { http, judge: Some(judge) }
    }

    fn judge(&self, url: &Url) -> Result<(), Error> {
        self.judge.as_ref().map_or(Ok(()), |judge| judge(url.as_str())).map_err(Error::NotAllowed)
    }
}

/// One registry, by one credential or none.
#[derive(Clone)]
pub struct Registry(Arc<Inner>);

struct Inner {
    client: Client,
    url: Url,
    credentials: Option<Credentials>,
    /// Whether credentials are shown before they are asked for.
    at_once: bool,
    /// What token services have granted, by scope.
    granted: Mutex<HashMap<String, Granted>>,
    retries: Retries,
}

/// One repository of a registry, to read from it or to write to it, too.
#[derive(Debug, Clone)]
pub struct Repository {
    registry: Registry,
    name: String,
    actions: &'static str,
}

impl Registry {
    /// The registry at an address such as `https://registry.example.org`.
    pub fn new(
        client: impl Into<Client>,
        address: &str,
        credentials: Option<Credentials>,
        retries: Retries,
    ) -> Result<Self, Error> {
        let wrong = || Error::Source(format!("“{address}” is not the address of a registry"));
        let url = Url::parse(address).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() {
            return Err(wrong());
        }
        let (client, granted) = (client.into(), Mutex::default());
        Ok(Self(Arc::new(Inner { client, url, credentials, at_once: false, granted, retries })))
    }

    /// Shows its credentials before it is asked, which saves a question where it is known that they will be asked for.
    #[must_use]
    pub fn at_once(self) -> Self {
        let Inner { client, url, credentials, retries, .. } = &*self.0;
        let (client, url, credentials) = (client.clone(), url.clone(), credentials.clone());
        let (granted, retries) = (Mutex::default(), retries.clone());
        Self(Arc::new(Inner { client, url, credentials, at_once: true, granted, retries }))
    }

    pub fn to_read(&self, name: &str) -> Repository {
        Repository { registry: self.clone(), name: name.to_owned(), actions: "pull" }
    }

    pub fn to_write(&self, name: &str) -> Repository {
        Repository { registry: self.clone(), name: name.to_owned(), actions: "pull,push" }
    }

    /// Whether this is a registry that takes its credentials. Tells whether it asked for any.
    pub async fn check(&self) -> Result<bool, Error> {
        // No repository: what is asked is the root of the protocol (distribution-spec, “Determining Support”).
        let root = Repository { registry: self.clone(), name: String::new(), actions: "" };
        let found = root.ask(|http| http.get(root.address(&[]))).await;
        let no_registry = |why: &str| Err(root.unexpected(why));
        match found {
            Err(Error::Refused { status: StatusCode::NOT_FOUND, .. }) => {
                no_registry("it has nothing at /v2/")
            }
            Err(error) => Err(error),
            Ok(answer) => {
                let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
                if kind.is_some_and(|kind| kind.starts_with("text/html")) {
                    return no_registry("it answers with a page for people");
                }
                let granted = self.0.granted.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(granted.contains_key(""))
            }
        }
    }

    async fn execute(&self, request: Request) -> Result<Response, Error> {
        let client = &self.0.client;
        client.judge(request.url())?;
        client.http.execute(request).await.map_err(|error| Error::unreachable(&self.server(), &error))
    }

    /// How errors call it.
    fn server(&self) -> String {
        self.0.url.origin().ascii_serialization()
    }
}

impl Repository {
    /// Whether a blob can be read here.
    pub async fn has_blob(&self, digest: &Digest) -> Result<bool, Error> {
        self.has(self.address(&["blobs", &digest.to_string()])).await
    }

    /// Whether a manifest can be read here.
    pub async fn has_manifest(&self, digest: &Digest) -> Result<bool, Error> {
        self.has(self.address(&["manifests", &digest.to_string()])).await
    }

    async fn has(&self, url: Url) -> Result<bool, Error> {
        let found = self.retry(async || self.ask(|http| accept(http.head(url.clone()))).await).await;
        match found {
            Ok(_) => Ok(true),
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Part of a blob, as it arrives.
    pub async fn read_blob(&self, digest: &Digest, part: Range<u64>) -> Result<Pieces, Error> {
        let url = self.address(&["blobs", &digest.to_string()]);
        let response = self
            .retry(async || {
                self.call(async || {
                    let request = self.registry.0.client.http.get(url.clone());
                    Ok(if part.start == 0 {
                        request
                    } else {
                        request.header(header::RANGE, format!("bytes={}-", part.start))
                    })
                })
                .await
            })
            .await?;
        // A registry may answer with the whole all the same.
        let skipped = if response.status() == StatusCode::PARTIAL_CONTENT { 0 } else { part.start };
        let pieces = response.bytes_stream().map_err(std::io::Error::other).boxed();
        Ok(cut(pieces, skipped, part.end.saturating_sub(part.start)))
    }

    /// A manifest by its tag or digest, checked against the digest.
    pub async fn read_manifest(&self, reference: &str) -> Result<Option<Manifest>, Error> {
        let url = self.address(&["manifests", reference]);
        let found = self.retry(async || self.ask(|http| accept(http.get(url.clone()))).await).await;
        let mut response = match found {
            Ok(response) => response,
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => return Ok(None),
            Err(error) => return Err(error),
        };
        let declared = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let declared = declared.map(|text| text.split(';').next().unwrap_or_default().trim().to_owned());
        let bytes = self.read(&mut response, "the manifest is too large").await?;
        if let Ok(digest) = Digest::parse(reference) {
            let actual = Digest::of(digest.algorithm(), &bytes);
            if actual != digest {
                return Err(Error::Differs { digest, actual });
            }
        }
        Manifest::read(declared.as_deref(), Bytes::from(bytes)).map(Some)
    }

    /// Stores a manifest under its digest, and under a tag if one is given.
    pub async fn put_manifest(&self, manifest: &Manifest, tag: Option<&Tag>) -> Result<(), Error> {
        let digest = manifest.descriptor.digest.to_string();
        let url = self.address(&["manifests", tag.map_or(&digest, |tag| tag.as_str())]);
        let put = |http: &reqwest::Client| {
            let request = http.put(url.clone()).body(manifest.bytes.clone());
            request.header(header::CONTENT_TYPE, &manifest.descriptor.media_type)
        };
        self.retry(async || self.ask(put).await).await.map(drop)
    }

    /// The tags here, after one of them or from the first on, and whether there are more.
    pub async fn tags(&self, after: Option<&str>, most: usize) -> Result<(Vec<String>, bool), Error> {
        #[derive(Deserialize)]
        struct Page {
            tags: Option<Vec<String>>,
        }
        let mut url = self.address(&["tags", "list"]);
        url.query_pairs_mut().append_pair("n", &most.to_string());
        if let Some(after) = after {
            url.query_pairs_mut().append_pair("last", after);
        }
        let mut response = self.retry(async || self.ask(|http| http.get(url.clone())).await).await?;
        let linked = response.headers().contains_key(header::LINK);
        let bytes = self.read(&mut response, "the list of tags is too large").await?;
        let page: Page =
            serde_json::from_slice(&bytes).map_err(|_| self.unexpected("this is no list of tags"))?;
        let mut tags = page.tags.unwrap_or_default();
        // Some registries give all of them, whatever is asked for.
        let more = linked || tags.len() > most;
        tags.truncate(most);
        Ok((tags, more))
    }

    async fn read(&self, response: &mut Response, too_large: &str) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > manifests::LIMIT {
                return Err(self.unexpected(too_large));
            }
        }
        Ok(bytes)
    }

    /// Makes a blob of another repository of the same registry readable here. False where that is not possible.
    pub async fn mount(&self, digest: &Digest, from: &Self) -> Result<bool, Error> {
        let mut url = self.address(&["blobs", "uploads", ""]);
        url.query_pairs_mut().append_pair("mount", &digest.to_string()).append_pair("from", &from.name);
        let answer = self.ask(|http| http.post(url.clone()).header(header::CONTENT_LENGTH, 0)).await;
        match answer {
            Ok(response) => Ok(response.status() == StatusCode::CREATED),
            Err(Error::Refused { .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Whether another repository is of the same registry.
    pub(crate) fn is_beside(&self, other: &Self) -> bool {
        self.registry.0.url.origin() == other.registry.0.url.origin()
    }

    pub(crate) fn retries(&self) -> &Retries {
        &self.registry.0.retries
    }

    async fn retry<T>(&self, act: impl AsyncFnMut() -> Result<T, Error>) -> Result<T, Error> {
        self.retries().run(act).await
    }

    /// Sends a request that is small and quickly answered.
    async fn ask(&self, make: impl Fn(&reqwest::Client) -> RequestBuilder) -> Result<Response, Error> {
        self.call(async || Ok(make(&self.registry.0.client.http).timeout(PATIENCE))).await
    }

    /// Sends a request, and once more with a token where the registry asks for one. Answers of success only.
    async fn call(&self, make: impl AsyncFn() -> Result<RequestBuilder, Error>) -> Result<Response, Error> {
        let authorization = self.authorization();
        let response = self.send(make().await?, authorization.clone()).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return self.succeeded(response).await;
        }
        let challenge = Challenge::of(response.headers());
        let fresh = match challenge {
            Some(challenge) => self.sign_in(&challenge).await?,
            None => None,
        };
        match fresh {
            Some(fresh) if Some(&fresh) != authorization.as_ref() => {
                let response = self.send(make().await?, Some(fresh)).await?;
                self.succeeded(response).await
            }
            _ => Err(refusal(&self.registry.server(), response).await),
        }
    }

    async fn send(
        &self,
        request: RequestBuilder,
        authorization: Option<HeaderValue>,
    ) -> Result<Response, Error> {
        let mut request = request.build().map_err(|error| self.unreachable(&error))?;
        // What the registry points to elsewhere needs no credentials of ours, and gets none.
        if let Some(value) = authorization.filter(|_| request.url().origin() == self.registry.0.url.origin())
        {
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        self.registry.execute(request).await
    }

    async fn succeeded(&self, response: Response) -> Result<Response, Error> {
        if response.status().is_success() {
            return Ok(response);
        }
        Err(refusal(&self.registry.server(), response).await)
    }

    /// What is shown without being asked for.
    fn authorization(&self) -> Option<HeaderValue> {
        let inner = &self.registry.0;
        let granted = inner.granted.lock().unwrap_or_else(PoisonError::into_inner);
        let known = granted.get(&self.scope()).map(Granted::header);
        known.or_else(|| inner.credentials.as_ref().filter(|_| inner.at_once).map(Credentials::header))
    }

    fn scope(&self) -> String {
        if self.name.is_empty() {
            return String::new();
        }
        format!("repository:{}:{}", self.name, self.actions)
    }

    fn address(&self, segments: &[&str]) -> Url {
        let mut url = self.registry.0.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("v2").extend(self.name.split('/')).extend(segments);
        }
        url
    }

    fn unreachable(&self, error: &reqwest::Error) -> Error {
        Error::unreachable(&self.registry.server(), error)
    }

    fn unexpected(&self, message: &str) -> Error {
        Error::Unexpected { server: self.registry.server(), message: message.to_owned() }
    }
}

fn accept(request: RequestBuilder) -> RequestBuilder {
    request.header(header::ACCEPT, manifests::ACCEPTED.join(", "))
}

/// Leaves out the first bytes, and all after so many.
fn cut(pieces: Pieces, skipped: u64, length: u64) -> Pieces {
    let state = (pieces, skipped, length);
    futures::stream::try_unfold(state, async |(mut pieces, mut skipped, left)| {
        if left == 0 {
            return Ok(None);
        }
        while let Some(mut piece) = pieces.try_next().await? {
            let gone = skipped.min(piece.len() as u64);
            skipped -= gone;
            drop(piece.split_to(usize::try_from(gone).unwrap_or(usize::MAX)));
            piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            if !piece.is_empty() {
                let left = left - piece.len() as u64;
                return Ok(Some((piece, (pieces, skipped, left))));
            }
        }
        Ok(None)
    })
    .boxed()
}

/// Never the credentials.
impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Registry").field(&self.0.url.as_str()).finish()
    }
}

/// The digest of everything that is read.
pub(crate) async fn digest_of(pieces: Pieces) -> Result<Digest, Error> {
    use sha2::{Digest as _, Sha256};
    let hash = pieces.try_fold(Sha256::new(), async |mut hash, piece| {
        hash.update(&piece);
        Ok(hash)
    });
    let hash = hash.await?.finalize();
    Digest::from_hash(Algorithm::Sha256, &hash).map_err(|error| Error::Source(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_part_is_cut_from_pieces_of_any_length() {
        for length in 1..6 {
            let whole: Vec<u8> = (0..20).collect();
            let pieces: Vec<_> =
                whole.chunks(length).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
            let pieces = futures::stream::iter(pieces).boxed();
            let read: Vec<Bytes> = cut(pieces, 3, 11).try_collect().await.unwrap();
            assert_eq!(read.concat(), &whole[3..14]);
        }
    }
}
