//! The keys of objects.

use object_store::path::Path;
use towpath_domain::digests::{Algorithm, Digest};
use uuid::Uuid;

/// The keys under one prefix.
#[derive(Debug)]
pub(super) struct Layout(Path);

impl Layout {
    pub(super) fn new(prefix: &str) -> Self {
        Self(Path::from(prefix))
    }

    pub(super) fn blob(&self, digest: &Digest) -> Path {
        let hex = digest.hex();
        self.algorithm(digest.algorithm()).join(&hex[..2]).join(hex)
    }

    /// Under which the blobs of an algorithm lie.
    pub(super) fn algorithm(&self, algorithm: Algorithm) -> Path {
        self.0.clone().join("blobs").join(algorithm.name())
    }

    /// Under which the states of all upload sessions lie.
    pub(super) fn uploads(&self) -> Path {
        self.0.clone().join("uploads")
    }

    pub(super) fn upload(&self, id: Uuid) -> Path {
        self.uploads().join(id.to_string())
    }

    /// Under which large uploads lie between their end and their copy.
    pub(super) fn all_staged(&self) -> Path {
        self.0.clone().join("staged")
    }

    pub(super) fn staged(&self, id: Uuid) -> Path {
        self.all_staged().join(id.to_string())
    }

    pub(super) fn damaged(&self, digest: &Digest) -> Path {
        self.0.clone().join("damaged").join(format!("{}-{}", digest.algorithm().name(), digest.hex()))
    }

    pub(super) fn probe(&self, id: Uuid) -> Path {
        self.0.clone().join("probe").join(id.to_string())
    }
}
