//! Blobs as objects of a bucket.
//!
//! ```text
//! blobs/sha256/ab/abcd…    what is stored
//! uploads/<uuid>           the state of an upload session, with the bytes that do not fill a part yet
//! staged/<uuid>            the parts of a large upload; an object only between their end and its copy under the digest
//! damaged/sha256-abcd…     what was found to be other bytes than its digest says
//! probe/<uuid>             what a server writes, reads and takes away to see whether the bucket can be used
//! ```
//!
//! Nothing is kept in memory between two requests, so that any server can take up an upload where another one left it: the
//! store is asked for its state, and keeps the next one only if nobody else wrote in between. That state lies beside the
//! bytes and not in the database, so that this room needs none, and a bucket alone tells what is unfinished in it.

mod appending;
mod collecting;
mod copying;
mod examining;
mod layout;
mod reading;
mod sessions;
mod settings;
mod uploads;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use object_store::{
    BackoffConfig, ClientOptions, ObjectStoreExt, PutPayload, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    client::SpawnedReqwestConnector,
};
use tokio::{sync::Mutex, time::error::Elapsed};
use towpath_domain::digests::Digest;
use uuid::Uuid;

use self::{layout::Layout, sessions::Held};
use crate::Error;

pub use self::settings::{Credentials, Settings};
pub(crate) use self::{appending::Writer, reading::Object};

/// How often a request is tried again that the store failed or cut off, after pauses that grow and vary.
const RETRIES: usize = 5;

/// How long it may take to see whether a bucket can be used.
const PROBE: Duration = Duration::from_secs(5);

/// A bucket. All clones share its connections.
#[derive(Clone, Debug)]
pub(crate) struct Objects {
    store: Arc<AmazonS3>,
    layout: Arc<Layout>,
    held: Held,
    bucket: Arc<str>,
    redirects: bool,
    /// Names this process in the bucket. Whoever holds it writes and reads the probe.
    process: Arc<Mutex<Uuid>>,
}

impl Objects {
    pub(crate) fn open(settings: &Settings, process: Uuid) -> Result<Self, Error> {
        // One provider for the process; whoever came first may have chosen another.
        _ = rustls::crypto::ring::default_provider().install_default();
        let client = ClientOptions::new()
            .with_allow_http(settings.endpoint.as_deref().is_some_and(|address| address.starts_with("http:")))
            // A large blob may take as long as it likes, so long as something comes.
            .with_timeout_disabled()
            .with_read_timeout(settings.patience);
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: settings.patience / 300,
                max_backoff: settings.patience / 10,
                ..BackoffConfig::default()
            },
            max_retries: RETRIES,
            retry_timeout: settings.patience * 2,
        };
        // What is written is signed with its hash, so that the store refuses what arrives otherwise.
        let builder = match &settings.credentials {
            Some(Credentials { access_key, secret_key }) => {
                AmazonS3Builder::new().with_access_key_id(access_key).with_secret_access_key(secret_key)
            }
            None => AmazonS3Builder::from_env(),
        };
        let mut builder = builder
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_virtual_hosted_style_request(!settings.path_style)
            .with_retry(retry)
            .with_client_options(client)
            // The thread that writes to the database has a runtime of its own, in which no connection may stay behind.
            .with_http_connector(SpawnedReqwestConnector::new(tokio::runtime::Handle::current()));
        if let Some(endpoint) = &settings.endpoint {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        let bucket: Arc<str> = settings.bucket.as_str().into();
        let store = builder.build().map_err(|source| Error::bucket("using", &bucket)(source))?;
        Ok(Self {
            store: Arc::new(store),
            layout: Arc::new(Layout::new(&settings.prefix)),
            held: Held::default(),
            bucket,
            redirects: settings.redirect,
            process: Arc::new(Mutex::new(process)),
        })
    }

    /// Names what was being done when the store refused; for `map_err`.
    fn failed(&self, action: &'static str) -> impl FnOnce(object_store::Error) -> Error {
        Error::bucket(action, &self.bucket)
    }

    pub(crate) async fn put(&self, digest: &Digest, content: Bytes) -> Result<(), Error> {
        // An earlier copy is replaced: the bytes are the same, unless the store spoiled the earlier ones.
        let put = self.store.put(&self.layout.blob(digest), PutPayload::from_bytes(content)).await;
        put.map(drop).map_err(self.failed("storing a blob"))
    }

    /// Writes an object, reads it and takes it away again, soon or not at all: whoever asks wants to know how it is now.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        let late = |late: Elapsed| Err(object_store::Error::Generic { store: "S3", source: late.into() });
        tokio::time::timeout(PROBE, self.probe())
            .await
            .unwrap_or_else(late)
            .map_err(self.failed("trying to write, read and delete"))
    }

    async fn probe(&self) -> object_store::Result<()> {
        let process = self.process.lock().await;
        let key = self.layout.probe(*process);
        self.store.put(&key, PutPayload::from_static(b"?")).await?;
        let read = self.store.get(&key).await;
        let deleted = self.store.delete(&key).await;
        read.map(drop).and(deleted)
    }
}

/// Turns "no such object" into `None`.
fn absent<T>(result: object_store::Result<T>) -> object_store::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
