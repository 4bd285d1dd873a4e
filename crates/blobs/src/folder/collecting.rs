//! Listing files, and taking them away.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use towpath_domain::digests::{Algorithm, Digest};

use super::{Folder, layout::Layout};
use crate::{Aside, Error, Shelf, blocking};

/// A file that is out of reach of its digest.
#[derive(Debug)]
pub(crate) struct AsideFile(PathBuf);

impl Folder {
    pub(crate) async fn shelves(&self) -> Result<Vec<Shelf>, Error> {
        let layout = Arc::clone(&self.layout);
        blocking(move || {
            let mut shelves = Vec::new();
            for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
                let found = entries(&layout.algorithm(algorithm)).map_err(Error::io("listing blobs"))?;
                let starts = found.into_iter().filter_map(|entry| entry.file_name().into_string().ok());
                shelves.extend(starts.map(|start| Shelf { algorithm, start }));
            }
            shelves.sort_by(|one, other| one.start.cmp(&other.start));
            Ok(shelves)
        })
        .await
    }

    pub(crate) async fn list(&self, from: &Shelf, before: SystemTime) -> Result<Vec<(Digest, u64)>, Error> {
        let (from, path) = (from.clone(), self.layout.algorithm(from.algorithm).join(&from.start));
        blocking(move || {
            let mut blobs = Vec::new();
            for entry in entries(&path).map_err(Error::io("listing blobs"))? {
                let digest = from.digest(&entry.file_name().to_string_lossy());
                // Whatever else lies there is not ours.
                let (Some(digest), Ok(file)) = (digest, entry.metadata()) else { continue };
                if file.is_file() && file.modified().is_ok_and(|at| at < before) {
                    blobs.push((digest, file.len()));
                }
            }
            blobs.sort();
            Ok(blobs)
        })
        .await
    }

    pub(crate) async fn set_aside(&self, digests: Vec<Digest>) -> Result<Vec<Aside>, Error> {
        let layout = Arc::clone(&self.layout);
        blocking(move || {
            let moved = digests.iter().filter_map(|digest| set_aside(&layout, digest).transpose());
            moved.collect::<io::Result<_>>().map_err(Error::io("setting a blob aside"))
        })
        .await
    }
}

fn set_aside(layout: &Layout, digest: &Digest) -> io::Result<Option<Aside>> {
    let (from, to) = (layout.blob(digest), layout.aside(digest));
    let moved = fs::metadata(&from).and_then(|file| {
        fs::rename(&from, &to)?;
        Ok(Aside { size: file.len(), file: Some(AsideFile(to)) })
    });
    super::reading::absent(moved)
}

impl AsideFile {
    pub(crate) async fn remove(self) -> Result<(), Error> {
        blocking(move || match fs::remove_file(&self.0) {
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
