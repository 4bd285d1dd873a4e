//! Uploading one blob: in chunks, and on from where it broke off (distribution-spec, “Pushing a blob in chunks”).

use super::Repository;
use crate::manifests::Descriptor;
use crate::{Error, Pieces};
use futures::{StreamExt, TryStreamExt};
use http::header;
use reqwest::{Body, Response, Url};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// The most bytes in one request: below what proxies commonly take, and enough that the questions between do not count.
const CHUNK: u64 = 32 * 1024 * 1024;

/// What happens while a blob is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Progress<'a> {
    /// So many bytes were given away.
    At(u64),
    /// It broke off, and goes on after a pause.
    Pause(Duration, &'a Error),
}

type Watch = Arc<dyn Fn(Progress<'_>) + Send + Sync>;

/// Where an upload stands.
struct Session {
    url: Url,
    offset: u64,
}

impl Repository {
    /// Uploads a blob, whose parts can be read again and again. Attempts are counted anew whenever one got further.
    pub(crate) async fn upload(
        &self,
        blob: &Descriptor,
        read: impl AsyncFn(Range<u64>) -> Result<Pieces, Error>,
        watch: Watch,
    ) -> Result<(), Error> {
        let mut session = None;
        let (mut failed, mut furthest) = (0, 0);
        loop {
            let Err(error) = self.try_upload(blob, &read, &mut session, &watch).await else { return Ok(()) };
            let offset = session.as_ref().map_or(0, |session| session.offset);
            failed = if offset > furthest { 1 } else { failed + 1 };
            furthest = furthest.max(offset);
            let Some(pause) = self.retries().pause(failed, &error) else { return Err(error) };
            watch(Progress::Pause(pause, &error));
            tokio::time::sleep(pause).await;
            session = match session {
                Some(broken) => self.look_again(broken).await?,
                None => None,
            };
            // The end of it may have got through, and only its answer not.
            if session.is_none() && self.has_blob(&blob.digest).await? {
                return Ok(());
            }
        }
    }

    async fn try_upload(
        &self,
        blob: &Descriptor,
        read: &impl AsyncFn(Range<u64>) -> Result<Pieces, Error>,
        session: &mut Option<Session>,
        watch: &Watch,
    ) -> Result<(), Error> {
        let session = match session {
            Some(session) => session,
            none => none.insert(self.begin().await?),
        };
        while session.offset < blob.size {
            let part = session.offset..blob.size.min(session.offset + CHUNK);
            let response = self.call(async || self.chunk(session, part.clone(), read, watch).await).await?;
            session.url = self.location(&session.url, &response)?;
            // A registry may keep less than it was sent, and says so.
            session.offset = received(&response).map_or(part.end, |kept| kept.min(part.end));
            if session.offset <= part.start {
                return Err(self.unexpected("it keeps nothing of what it takes"));
            }
        }
        let mut url = session.url.clone();
        url.query_pairs_mut().append_pair("digest", &blob.digest.to_string());
        let finish = |http: &reqwest::Client| http.put(url.clone()).header(header::CONTENT_LENGTH, 0);
        self.ask(finish).await.map(drop)
    }

    async fn begin(&self) -> Result<Session, Error> {
        let url = self.address(&["blobs", "uploads", ""]);
        let response = self.ask(|http| http.post(url.clone()).header(header::CONTENT_LENGTH, 0)).await?;
        Ok(Session { url: self.location(&url, &response)?, offset: 0 })
    }

    async fn chunk(
        &self,
        session: &Session,
        part: Range<u64>,
        read: &impl AsyncFn(Range<u64>) -> Result<Pieces, Error>,
        watch: &Watch,
    ) -> Result<reqwest::RequestBuilder, Error> {
        let (watch, start) = (watch.clone(), part.start);
        let mut at = start;
        let pieces = read(part.clone()).await?.inspect_ok(move |piece| {
            at += piece.len() as u64;
            watch(Progress::At(at));
        });
        let request = self.registry.0.client.http.patch(session.url.clone());
        Ok(request
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_LENGTH, part.end - part.start)
            .header(header::CONTENT_RANGE, format!("{}-{}", part.start, part.end - 1))
            .body(Body::wrap_stream(pieces.boxed())))
    }

    /// Asks where a broken upload stands; absent where it has to begin anew.
    async fn look_again(&self, broken: Session) -> Result<Option<Session>, Error> {
        let found = self.retries().run(async || self.ask(|http| http.get(broken.url.clone())).await).await;
        let response = match found {
            Ok(response) => response,
            Err(Error::Refused { .. }) => return Ok(None),
            Err(other) => return Err(other),
        };
        let url = self.location(&broken.url, &response).unwrap_or(broken.url);
        // Of nothing it says the same as of one byte.
        Ok(received(&response).filter(|offset| *offset > 1).map(|offset| Session { url, offset }))
    }

    fn location(&self, base: &Url, response: &Response) -> Result<Url, Error> {
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let url = location.and_then(|text| base.join(text).ok());
        url.ok_or_else(|| self.unexpected("it does not say where the upload is"))
    }
}

/// How many bytes a registry has of an upload: `Range: 0-LAST`.
fn received(response: &Response) -> Option<u64> {
    let range = response.headers().get(header::RANGE)?.to_str().ok()?;
    let (_, last) = range.trim_start_matches("bytes=").split_once('-')?;
    last.parse::<u64>().ok()?.checked_add(1)
}
