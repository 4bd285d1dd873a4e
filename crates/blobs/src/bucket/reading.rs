//! Reading objects.

use std::{io, ops::Range, time::Duration};

use bytes::Bytes;
use futures::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use http::Method;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt, signer::Signer};
use towpath_domain::digests::Digest;

use super::{Objects, absent};
use crate::{
    Blob, Error, Stamp,
    reading::{Check, Source},
};

/// For how long an address of a blob is good: a download that has begun by then goes on.
const ADDRESS: Duration = Duration::from_mins(10);

/// An object as it was found.
#[derive(Debug)]
pub(crate) struct Object {
    objects: Objects,
    found: ObjectMeta,
}

impl Objects {
    pub(crate) async fn find(&self, digest: &Digest) -> Result<Option<Blob>, Error> {
        let found = self.store.head(&self.layout.blob(digest)).await;
        let found = absent(found).map_err(self.failed("finding a blob"))?;
        Ok(found.map(|found| Blob {
            digest: digest.clone(),
            size: found.size,
            stamp: Stamp::Object {
                tag: found.e_tag.clone(),
                size: found.size,
                changed: found.last_modified.into(),
            },
            source: Source::Object(Object { objects: self.clone(), found }),
        }))
    }

    pub(crate) async fn read_small(&self, digest: &Digest, limit: u64) -> Result<Option<Bytes>, Error> {
        let found = self.store.get(&self.layout.blob(digest)).await;
        let Some(found) = absent(found).map_err(self.failed("reading a blob"))? else { return Ok(None) };
        if found.meta.size > limit {
            return Err(Error::TooLarge { limit });
        }
        found.bytes().await.map(Some).map_err(self.failed("reading a blob"))
    }
}

impl Object {
    pub(crate) async fn address(&self) -> Result<Option<String>, Error> {
        if !self.objects.redirects {
            return Ok(None);
        }
        let signed = self.objects.store.signed_url(Method::GET, &self.found.location, ADDRESS).await;
        Ok(Some(signed.map_err(self.objects.failed("signing the address of a blob"))?.into()))
    }

    /// What the store sends, as it comes; where the connection breaks, the rest by another one.
    pub(crate) fn pieces(
        self,
        range: Range<u64>,
        check: Option<Check>,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let opened = stream::once(self.open(range, check));
        opened.map_ok(|reading| stream::try_unfold(reading, Reading::next)).try_flatten()
    }

    async fn open(self, range: Range<u64>, check: Option<Check>) -> io::Result<Reading> {
        let Self { objects, found } = self;
        let rest = range.end.saturating_sub(range.start);
        if rest == 0 {
            return Ok(Reading { objects, bytes: stream::empty().boxed(), rest, check });
        }
        let options = GetOptions {
            // What is stored in its place meanwhile is another object.
            if_match: found.e_tag,
            range: Some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        let got = objects.store.get_opts(&found.location, options).await;
        let bytes = got.map_err(|error| failed(&objects, error))?.into_stream();
        Ok(Reading { objects, bytes, rest, check })
    }
}

/// An object that is being read.
struct Reading {
    objects: Objects,
    bytes: BoxStream<'static, object_store::Result<Bytes>>,
    /// How many bytes are to come.
    rest: u64,
    /// What the whole must turn out to be, where the whole is read.
    check: Option<Check>,
}

impl Reading {
    /// The last piece is held back until `check` has seen all.
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        if self.rest == 0 {
            return Ok(None);
        }
        let piece = self.bytes.try_next().await.map_err(|error| failed(&self.objects, error))?;
        let fits = piece.filter(|piece| piece.len() as u64 <= self.rest);
        let piece =
            fits.ok_or_else(|| io::Error::other("the store sent another number of bytes than it said"))?;
        self.rest -= piece.len() as u64;
        if let Some(check) = &mut self.check {
            check.update(&piece);
        }
        if self.rest == 0
            && let Some(check) = self.check.take()
        {
            check.end()?;
        }
        Ok(Some((piece, self)))
    }
}

fn failed(objects: &Objects, error: object_store::Error) -> io::Error {
    io::Error::other(objects.failed("reading a blob")(error))
}
