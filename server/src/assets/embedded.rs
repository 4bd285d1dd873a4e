//! The site inside the binary: release builds.

use super::File;
use crate::config::Config;
use bytes::Bytes;
use rust_embed::Embed;
use std::borrow::Cow;

/// Whether what stands under the site's name never changes.
pub(super) const LASTING: bool = true;

#[derive(Embed)]
#[folder = "../target/site"]
struct Embedded;

/// The site that was built with this server.
#[derive(Debug, Clone)]
pub struct Site;

impl Site {
    pub fn new(_: &Config) -> Self {
        Self
    }

    /// Always succeeds: without a site, the server would not have been compiled.
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the same signature as that of the site in a folder"
    )]
    pub fn check(&self) -> anyhow::Result<()> {
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "the same signature as that of the site in a folder")]
    pub(super) fn read_at_start(&self, name: &str) -> Option<Bytes> {
        Some(Bytes::from(Embedded::get(name)?.data.into_owned()))
    }

    #[expect(clippy::unused_async, reason = "the same signature as that of the site in a folder")]
    pub(super) async fn read(&self, name: &str) -> Option<File> {
        let file = Embedded::get(name)?;
        let content = match file.data {
            Cow::Borrowed(content) => Bytes::from_static(content),
            Cow::Owned(content) => content.into(),
        };
        Some(File { content, hash: file.metadata.sha256_hash() })
    }
}
