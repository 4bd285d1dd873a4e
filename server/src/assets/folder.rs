//! The site in a folder: development builds, where it changes while the server runs.

use super::{File, MODULE, name_of};
use crate::config::Config;
use anyhow::ensure;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use towpath_app::visitors::SiteName;

/// The folder of the site.
#[derive(Debug, Clone)]
pub struct Site(Arc<Folder>);

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// What the site is called, and when the module that it is called after was written.
    name: Mutex<Option<(SystemTime, SiteName)>>,
}

impl Site {
    pub fn new(config: &Config) -> Self {
        Self(Arc::new(Folder { path: config.site.clone(), name: Mutex::default() }))
    }

    /// What pages of this site call it; found out anew when the site was built anew.
    pub(super) async fn name(&self) -> SiteName {
        let written = tokio::fs::metadata(self.0.path.join(MODULE)).await.and_then(|file| file.modified());
        let Ok(written) = written else { return SiteName::default() };
        let known = self.0.name.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, name)) = known.filter(|(at, _)| *at == written) {
            return name;
        }
        let name = self.read(MODULE).await.as_ref().map(name_of).unwrap_or_default();
        *self.0.name.lock().unwrap_or_else(PoisonError::into_inner) = Some((written, name.clone()));
        name
    }

    /// Refuses a folder in which no site was built, whose pages would have neither style nor script.
    pub fn check(&self) -> anyhow::Result<()> {
        let built = self.0.path.join("pkg/towpath.js").is_file();
        let folder = self.0.path.display();
        ensure!(
            built,
            "there is no site in {folder}; build one with `cargo xtask site`, or name its folder by TOWPATH_SITE"
        );
        Ok(())
    }

    pub(super) fn read_at_start(&self, name: &str) -> Option<Bytes> {
        std::fs::read(self.0.path.join(name)).ok().map(Bytes::from)
    }

    pub(super) async fn read(&self, name: &str) -> Option<File> {
        let content = tokio::fs::read(self.0.path.join(name)).await.ok()?;
        Some(File { hash: Sha256::digest(&content).into(), content: content.into() })
    }
}
