//! Which bucket, and how it is reached.

use std::{fmt, time::Duration};

/// A bucket of an S3-compatible store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The address of the store, without the bucket; that of Amazon in the region, if absent. One with `http://` is called
    /// without encryption.
    pub endpoint: Option<String>,
    pub bucket: String,
    pub region: String,
    /// What stands before all keys, so that several installations may share a bucket. May be empty.
    pub prefix: String,
    /// What the environment or the machine gives (`AWS_…` variables, web identity, instance metadata), if absent.
    pub credentials: Option<Credentials>,
    /// Whether the bucket stands in the path of addresses, not before the host.
    pub path_style: bool,
    /// Whether those who pull are sent to the store itself.
    pub redirect: bool,
    /// How long the store may give no sign before a request counts as failed and is tried again.
    pub patience: Duration,
}

/// An access key with its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub access_key: String,
    pub secret_key: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}
