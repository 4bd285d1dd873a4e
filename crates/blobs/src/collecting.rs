//! Listing what is stored, and taking it away.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use towpath_domain::digests::{Algorithm, Digest};

use crate::{BlobStore, Error, blocking};

/// A folder of blobs whose digests start alike.
#[derive(Clone, Debug)]
pub struct Folder {
    algorithm: Algorithm,
    path: PathBuf,
}

/// The file of a blob that is out of reach and about to be removed.
#[derive(Debug)]
#[must_use = "the file stays until it is removed, or swept with the uploads"]
pub struct Aside {
    path: PathBuf,
    size: u64,
}

impl BlobStore {
    /// All folders that hold blobs.
    pub async fn folders(&self) -> Result<Vec<Folder>, Error> {
        let layout = std::sync::Arc::clone(&self.layout);
        blocking(move || {
            let mut folders = Vec::new();
            for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
                let paths = entries(&layout.algorithm(algorithm)).map_err(Error::io("listing blobs"))?;
                folders.extend(paths.into_iter().map(|entry| Folder { algorithm, path: entry.path() }));
            }
            folders.sort_by(|one, other| one.path.cmp(&other.path));
            Ok(folders)
        })
        .await
    }

    /// The blobs of a folder that were stored before a time, with their sizes in bytes.
    pub async fn list(&self, folder: &Folder, before: SystemTime) -> Result<Vec<(Digest, u64)>, Error> {
        let Folder { algorithm, path } = folder.clone();
        blocking(move || {
            let mut blobs = Vec::new();
            for entry in entries(&path).map_err(Error::io("listing blobs"))? {
                let name = entry.file_name();
                let digest = format!("{}:{}", algorithm.name(), name.to_string_lossy());
                // Whatever else lies there is not ours.
                let (Ok(digest), Ok(file)) = (Digest::parse(&digest), entry.metadata()) else { continue };
                if file.is_file() && file.modified().is_ok_and(|at| at < before) {
                    blobs.push((digest, file.len()));
                }
            }
            blobs.sort();
            Ok(blobs)
        })
        .await
    }

    /// Whether a blob is stored, at once: for the thread that writes to the database, and asked there only when a blob
    /// may just have been taken away.
    pub fn is_stored(&self, digest: &Digest) -> bool {
        self.layout.blob(digest).is_file()
    }

    /// Moves the file of a blob out of reach, at once, if it is there. Whoever reads it goes on reading.
    pub fn set_aside(&self, digest: &Digest) -> Result<Option<Aside>, Error> {
        let (from, to) = (self.layout.blob(digest), self.layout.aside(digest));
        let moved = fs::metadata(&from).and_then(|file| {
            fs::rename(&from, &to)?;
            Ok(Aside { path: to, size: file.len() })
        });
        match moved {
            Ok(aside) => Ok(Some(aside)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("setting a blob aside")(error)),
        }
    }
}

impl Aside {
    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Removes the file.
    pub async fn remove(self) -> Result<(), Error> {
        blocking(move || match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("removing a blob")(error)),
            // Swept by another server meanwhile.
            _ => Ok(()),
        })
        .await
    }
}

/// What lies in a folder; nothing where there is none.
fn entries(path: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(path) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
