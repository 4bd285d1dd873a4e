//! The files of an image: in a folder, or in a tar archive, which is read in place.

use crate::{Error, Pieces};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use futures::StreamExt;
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use tempfile::TempPath;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio_util::io::ReaderStream;

/// How much is read at once.
const PIECE: usize = 256 * 1024;
/// The most bytes of a file that is read as a whole: manifests and lists of them.
const SMALL: u64 = 4 * 1024 * 1024;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

#[derive(Debug)]
pub(super) enum Files {
    Folder(PathBuf),
    Archive {
        path: PathBuf,
        entries: HashMap<String, Entry>,
        /// Deletes what was only unpacked to be read.
        _spooled: Option<TempPath>,
    },
}

/// Where a file's content is in its archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    offset: u64,
    size: u64,
}

impl Files {
    pub(super) async fn open(path: &Path) -> Result<Self, Error> {
        let metadata = tokio::fs::metadata(path).await.map_err(|error| broken(path, &error))?;
        if metadata.is_dir() {
            return Ok(Self::Folder(path.to_owned()));
        }
        let path = path.to_owned();
        blocking(move || {
            let mut file = File::open(&path).map_err(|error| broken(&path, &error))?;
            let mut start = [0; 4];
            let read = file.read(&mut start).map_err(|error| broken(&path, &error))?;
            file.rewind()?;
            if start[..read].starts_with(&ZSTD) {
                let message = "it is compressed by zstd; unpack it first by `zstd -d`".to_owned();
                return Err(Error::Broken { path, message });
            }
            if !start[..read].starts_with(&GZIP) {
                let entries = index(&file).map_err(|error| broken(&path, &error))?;
                return Ok(Self::Archive { path, entries, _spooled: None });
            }
            // Compressed, it can only be read from its start; unpacked, every layer from wherever it broke off.
            let mut spool = tempfile::NamedTempFile::new()?;
            std::io::copy(&mut MultiGzDecoder::new(file), &mut spool)
                .map_err(|error| broken(&path, &error))?;
            Self::spooled(spool.into_temp_path())
        })
        .await
    }

    /// Keeps what can be read once in a temporary file for as long as it is needed.
    pub(super) async fn spool(mut content: impl AsyncRead + Unpin) -> Result<Self, Error> {
        let path = tempfile::NamedTempFile::new()?.into_temp_path();
        let mut file = tokio::fs::OpenOptions::new().write(true).open(&path).await?;
        tokio::io::copy(&mut content, &mut file).await?;
        file.flush().await?;
        drop(file);
        Self::open_spooled(path).await
    }

    /// What is on standard input.
    pub(super) async fn stdin() -> Result<Self, Error> {
        let path = blocking(|| {
            let mut spool = tempfile::NamedTempFile::new()?;
            std::io::copy(&mut std::io::stdin().lock(), &mut spool)?;
            Ok(spool.into_temp_path())
        });
        Self::open_spooled(path.await?).await
    }

    async fn open_spooled(path: TempPath) -> Result<Self, Error> {
        Ok(match Self::open(&path).await? {
            Self::Archive { path: unpacked, entries, _spooled: None } => {
                Self::Archive { path: unpacked, entries, _spooled: Some(path) }
            }
            unpacked => unpacked,
        })
    }

    fn spooled(spool: TempPath) -> Result<Self, Error> {
        let entries = index(&File::open(&spool)?).map_err(|error| broken(&spool, &error))?;
        Ok(Self::Archive { path: spool.to_path_buf(), entries, _spooled: Some(spool) })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.size(name).is_some()
    }

    pub(super) fn size(&self, name: &str) -> Option<u64> {
        match self {
            Self::Folder(folder) => {
                let metadata = std::fs::metadata(folder.join(name)).ok()?;
                metadata.is_file().then_some(metadata.len())
            }
            Self::Archive { entries, .. } => entries.get(name).map(|entry| entry.size),
        }
    }

    /// A small file as a whole; absent where there is none.
    pub(super) async fn read(&self, name: &str) -> Result<Option<Bytes>, Error> {
        let Some(size) = self.size(name) else { return Ok(None) };
        if size > SMALL {
            return Err(Error::Source(format!("{name} is larger than any manifest is")));
        }
        let Some(mut pieces) = self.part(name, 0..size).await? else { return Ok(None) };
        let mut content = Vec::new();
        while let Some(piece) = pieces.next().await {
            content.extend_from_slice(&piece?);
        }
        Ok(Some(content.into()))
    }

    /// Part of a file's content.
    pub(super) async fn part(&self, name: &str, part: Range<u64>) -> Result<Option<Pieces>, Error> {
        let (path, offset) = match self {
            Self::Folder(folder) => (folder.join(name), 0),
            Self::Archive { path, entries, .. } => match entries.get(name) {
                Some(entry) => (path.clone(), entry.offset),
                None => return Ok(None),
            },
        };
        let mut file = match tokio::fs::File::open(&path).await {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        file.seek(SeekFrom::Start(offset + part.start)).await?;
        let content = file.take(part.end.saturating_sub(part.start));
        Ok(Some(ReaderStream::with_capacity(content, PIECE).boxed()))
    }

    /// Whether a file is compressed by gzip.
    pub(super) async fn is_gzip(&self, name: &str) -> Result<bool, Error> {
        let Some(mut pieces) = self.part(name, 0..2).await? else { return Ok(false) };
        let first = pieces.next().await.transpose()?.unwrap_or_default();
        Ok(first.starts_with(&GZIP))
    }
}

/// Where the content of each file is. Old archives of `docker save` hold a layer that two images share once, and links
/// to it.
fn index(file: &File) -> std::io::Result<HashMap<String, Entry>> {
    let mut archive = tar::Archive::new(file);
    let (mut entries, mut links) = (HashMap::new(), Vec::new());
    for entry in archive.entries_with_seek()? {
        let entry = entry?;
        let name = entry.path()?.into_owned();
        let kind = entry.header().entry_type();
        if kind.is_file() {
            let found = Entry { offset: entry.raw_file_position(), size: entry.size() };
            entries.extend(plain(&name).map(|name| (name, found)));
        } else if let Some(target) = entry.link_name()? {
            let target =
                if kind.is_symlink() { name.with_file_name("").join(target) } else { target.into_owned() };
            links.extend(plain(&name).zip(plain(&target)));
        }
    }
    for (name, target) in links {
        if let Some(entry) = entries.get(&target).copied() {
            entries.insert(name, entry);
        }
    }
    Ok(entries)
}

/// A path within the archive without `.` and `..`; absent where it leads out of it.
fn plain(path: &Path) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => _ = parts.pop()?,
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(act).await.map_err(|error| Error::Io(std::io::Error::other(error)))?
}

fn broken(path: &Path, error: &std::io::Error) -> Error {
    Error::Broken { path: path.to_owned(), message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_its_archive() {
        let plain = |text: &str| plain(Path::new(text));
        assert_eq!(plain("./a/../b/layer.tar").as_deref(), Some("b/layer.tar"));
        assert_eq!(plain("../layer.tar"), None);
        assert_eq!(plain("/etc/passwd"), None);
    }

    #[test]
    fn a_link_is_the_file_that_it_leads_to() {
        let mut file = tempfile::tempfile().unwrap();
        let mut builder = tar::Builder::new(&mut file);
        let mut header = tar::Header::new_gnu();
        header.set_size(5);
        builder.append_data(&mut header, "one/layer.tar", &b"layer"[..]).unwrap();
        let mut link = tar::Header::new_gnu();
        link.set_entry_type(tar::EntryType::Symlink);
        link.set_size(0);
        builder.append_link(&mut link, "two/layer.tar", "../one/layer.tar").unwrap();
        builder.append_link(&mut link, "three/layer.tar", "../../etc/passwd").unwrap();
        builder.finish().unwrap();
        drop(builder);
        file.rewind().unwrap();
        let entries = index(&file).unwrap();
        assert_eq!(entries["two/layer.tar"], entries["one/layer.tar"]);
        assert_eq!((entries.len(), entries["one/layer.tar"].size), (2, 5));
    }
}
