//! The site in a folder: development builds, where it changes while the server runs.

use super::File;
use crate::config::Config;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;

/// The folder of the site.
#[derive(Debug, Clone)]
pub struct Site(Arc<PathBuf>);

impl Site {
    pub fn new(config: &Config) -> Self {
        Self(Arc::new(config.site.clone()))
    }

    pub(super) async fn read(&self, name: &str) -> Option<File> {
        let content = tokio::fs::read(self.0.join(name)).await.ok()?;
        Some(File { hash: Sha256::digest(&content).into(), content: content.into() })
    }
}
