//! The site in a folder: development builds, where it changes while the server runs.

use super::File;
use crate::config::Config;
use anyhow::ensure;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;

/// Whether what stands under the site's name never changes.
pub(super) const LASTING: bool = false;

/// The folder of the site.
#[derive(Debug, Clone)]
pub struct Site(Arc<Path>);

impl Site {
    pub fn new(config: &Config) -> Self {
        Self(config.site.as_path().into())
    }

    /// Refuses a folder in which no site was built, whose pages would have neither style nor script.
    pub fn check(&self) -> anyhow::Result<()> {
        let built = self.0.join("pkg/towpath.js").is_file();
        let folder = self.0.display();
        ensure!(
            built,
            "there is no site in {folder}; build one with `cargo xtask site`, or name its folder by TOWPATH_SITE"
        );
        Ok(())
    }

    pub(super) fn read_at_start(&self, name: &str) -> Option<Bytes> {
        std::fs::read(self.0.join(name)).ok().map(Bytes::from)
    }

    pub(super) async fn read(&self, name: &str) -> Option<File> {
        let content = tokio::fs::read(self.0.join(name)).await.ok()?;
        Some(File { hash: Sha256::digest(&content).into(), content: content.into() })
    }
}
