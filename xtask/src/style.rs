//! The style sheets, bundled into one.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
};

use crate::cargo::Profile;

/// Follows the imports of `entry`, and gives one style sheet; minified in release.
pub fn bundle(entry: &Path, profile: Profile) -> Result<String> {
    let minify = profile == Profile::Release;
    let files = FileProvider::new();
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(entry)
        .map_err(|error| anyhow!("{}: {error}", entry.display()))?;
    if minify {
        sheet.minify(MinifyOptions::default())?;
    }
    let printed = sheet.to_css(PrinterOptions { minify, ..PrinterOptions::default() })?;
    Ok(printed.code)
}
