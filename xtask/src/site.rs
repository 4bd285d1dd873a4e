//! The folder `target/site`: what the server serves in development, and embeds in release.
//!
//! A file whose content did not change is not touched, so that nothing that depends on it is built again.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

use crate::cargo::{Profile, Workspace};

/// The file with the site's name, by which the server offers all files of `pkg` under addresses that never change
/// their content.
const NAME: &str = "pkg/site-name";

pub struct Site {
    folder: PathBuf,
    compress: bool,
    /// Every file that belongs to the site, compressed copies included.
    names: BTreeSet<PathBuf>,
}

impl Site {
    /// Opens the site of this checkout, wherever cargo's target folder is: the server embeds it by a fixed path.
    pub fn open(workspace: &Workspace, profile: Profile) -> Result<Self> {
        Self::at(workspace.root.join("target/site"), profile)
    }

    fn at(folder: PathBuf, profile: Profile) -> Result<Self> {
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Self { folder, compress: profile == Profile::Release, names: BTreeSet::new() })
    }

    /// Writes one file, by its name below the site's folder, with its compressed copies in release.
    pub fn write(&mut self, name: &Path, content: &[u8]) -> Result<()> {
        ensure!(!self.names.contains(name), "two sources make {}", name.display());
        self.keep(name);
        let same = fs::read(self.folder.join(name)).is_ok_and(|present| present == content);
        if same && self.has(name) {
            return Ok(());
        }
        // The copies first: an interrupted run then leaves the old file, which is written again.
        for (copy, encode) in self.copies(name) {
            self.replace(&copy, &encode(content)?)?;
        }
        self.replace(name, content)
    }

    /// Whether an earlier run left this file, with all its copies.
    pub fn has(&self, name: &Path) -> bool {
        let copies = self.copies(name);
        let mut names = copies.iter().map(|(copy, _)| copy.as_path()).chain([name]);
        names.all(|name| self.folder.join(name).is_file())
    }

    /// Takes an earlier run's file, and its copies, into the site as they are.
    pub fn keep(&mut self, name: &Path) {
        self.names.insert(name.to_path_buf());
        for (copy, _) in self.copies(name) {
            self.names.insert(copy);
        }
    }

    /// Names the site after its content, and removes what earlier runs left and this one did not write.
    pub fn close(mut self) -> Result<()> {
        let mut hasher = DefaultHasher::new();
        for name in self.names.iter().filter(|name| name.starts_with("pkg") && *name != Path::new(NAME)) {
            (name, fs::read(self.folder.join(name))?).hash(&mut hasher);
        }
        self.write(Path::new(NAME), format!("{:016x}", hasher.finish()).as_bytes())?;
        self.prune(Path::new(""))
    }

    fn prune(&self, below: &Path) -> Result<()> {
        for entry in fs::read_dir(self.folder.join(below))? {
            let entry = entry?;
            let name = below.join(entry.file_name());
            if !entry.file_type()?.is_dir() {
                if !self.names.contains(&name) {
                    fs::remove_file(entry.path())?;
                }
            } else if self.names.iter().any(|known| known.starts_with(&name)) {
                self.prune(&name)?;
            } else {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    fn copies(&self, name: &Path) -> Vec<(PathBuf, Encode)> {
        let text = ["css", "html", "js", "json", "svg", "txt", "wasm"];
        let extension = name.extension().and_then(|extension| extension.to_str());
        if !self.compress || !extension.is_some_and(|extension| text.contains(&extension)) {
            return Vec::new();
        }
        let copy = |suffix| {
            let mut copy = OsString::from(name);
            copy.push(suffix);
            PathBuf::from(copy)
        };
        vec![(copy(".br"), brotli), (copy(".gz"), gzip)]
    }

    /// Replaces a file in one move, as a running server may be reading it.
    fn replace(&self, name: &Path, content: &[u8]) -> Result<()> {
        let file = self.folder.join(name);
        let half = self.folder.with_extension("half");
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&half, content).with_context(|| format!("writing {}", half.display()))?;
        fs::rename(&half, &file).with_context(|| format!("writing {}", file.display()))
    }
}

type Encode = fn(&[u8]) -> Result<Vec<u8>>;

fn brotli(mut content: &[u8]) -> Result<Vec<u8>> {
    let mut encoded = Vec::new();
    let best = BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    brotli::BrotliCompress(&mut content, &mut encoded, &best)?;
    Ok(encoded)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    fn files(folder: &Path) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn make(folder: &Path, profile: Profile, contents: &[(&str, &str)]) -> Result<()> {
        let mut site = Site::at(folder.to_path_buf(), profile)?;
        for (name, content) in contents {
            site.write(Path::new(name), content.as_bytes())?;
        }
        site.close()
    }

    #[test]
    fn a_release_file_has_compressed_copies_that_a_development_build_removes() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let site = folder.path().join("site");
        let robots = ("robots.txt", "Disallow: /");
        make(&site, Profile::Release, &[robots, ("mark.png", "pixels")])?;
        assert_eq!(files(&site)?, ["mark.png", "pkg", "robots.txt", "robots.txt.br", "robots.txt.gz"]);
        make(&site, Profile::Dev, &[robots])?;
        assert_eq!(files(&site)?, ["pkg", "robots.txt"]);
        Ok(())
    }

    #[test]
    fn a_changed_file_changes_its_copies_too() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let site = folder.path().join("site");
        make(&site, Profile::Release, &[("a.css", "one")])?;
        make(&site, Profile::Release, &[("a.css", "two")])?;

        let copy = fs::read(site.join("a.css.br"))?;
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut copy.as_slice(), &mut plain)?;
        assert_eq!(plain, b"two");
        Ok(())
    }

    #[test]
    fn a_site_has_another_name_as_soon_as_a_file_of_its_pages_changes() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let site = folder.path().join("site");
        let name = |style: &str, robots: &str| -> Result<String> {
            make(&site, Profile::Dev, &[("pkg/a.css", style), ("robots.txt", robots)])?;
            Ok(fs::read_to_string(site.join(NAME))?)
        };
        let first = name("one", "all")?;
        assert_eq!(name("one", "none")?, first);
        assert_ne!(name("two", "none")?, first);
        assert_eq!(name("one", "all")?, first);
        Ok(())
    }

    #[test]
    fn an_unchanged_file_is_not_touched() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let site = folder.path().join("site");
        make(&site, Profile::Release, &[("a.css", "same")])?;
        let first = fs::metadata(site.join("a.css"))?.ino();
        make(&site, Profile::Release, &[("a.css", "same")])?;
        assert_eq!(fs::metadata(site.join("a.css"))?.ino(), first);
        Ok(())
    }

    #[test]
    fn two_sources_of_one_file_are_refused() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let twice = [("a.css", "one"), ("a.css", "two")];
        assert!(make(&folder.path().join("site"), Profile::Dev, &twice).is_err());
        Ok(())
    }
}
