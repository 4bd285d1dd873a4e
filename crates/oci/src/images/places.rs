//! How people name an image and where it lies, after the words of skopeo (containers-transports(5)).

use super::Contents;
use crate::{Error, Repository};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use towpath_domain::digests::Digest;
use towpath_domain::references::ImageReference;

/// Where an image is said to lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder or an archive; where it holds several images, one is chosen by its name.
    Path {
        path: PathBuf,
        choice: Option<String>,
    },
    Stdin,
    /// A container daemon on this machine, by the image's name there.
    Daemon(String),
    Registry(ImageReference),
}

/// A place with what it takes to reach it.
#[derive(Debug)]
pub enum Source {
    Path {
        path: PathBuf,
        choice: Option<String>,
    },
    Stdin {
        choice: Option<String>,
    },
    /// The client is connected with the daemon's socket.
    Daemon {
        http: reqwest::Client,
        name: String,
    },
    /// A tag or a digest in a repository.
    Registry {
        repository: Repository,
        reference: String,
    },
    /// A manifest in a store of contents.
    Store {
        contents: Arc<dyn Contents>,
        digest: Digest,
        media_type: String,
    },
}

const FILES: [&str; 4] = ["docker-archive:", "oci-archive:", "oci:", "archive:"];
const REGISTRIES: [&str; 2] = ["docker://", "registry:"];
const DAEMONS: [&str; 2] = ["docker-daemon:", "daemon:"];

impl Place {
    /// Reads a name with its kind before it; without one, it is a file that exists, or else an image of the daemon.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let after = |kinds: &[&str]| kinds.iter().find_map(|kind| text.strip_prefix(kind)).map(str::to_owned);
        if text == "-" {
            return Ok(Self::Stdin);
        }
        if let Some(rest) = after(&FILES) {
            return Ok(file(&rest));
        }
        if let Some(rest) = after(&DAEMONS) {
            return Ok(Self::Daemon(rest));
        }
        if let Some(rest) = after(&REGISTRIES) {
            let reference =
                ImageReference::parse(&rest).map_err(|error| Error::Source(format!("{text}: {error}")))?;
            return Ok(Self::Registry(reference));
        }
        if Path::new(text).exists() {
            return Ok(Self::Path { path: text.into(), choice: None });
        }
        // A path that was mistyped would be looked for in the daemon in vain.
        if text.starts_with(['/', '.']) || ImageReference::parse(text).is_err() {
            return Err(Error::Source(format!("there is no file {text}, and no image can be called so")));
        }
        Ok(Self::Daemon(text.to_owned()))
    }
}

/// `PATH`, or `PATH:NAME` where no file is called all of that.
fn file(text: &str) -> Place {
    let whole = || Place::Path { path: text.into(), choice: None };
    if Path::new(text).exists() {
        return whole();
    }
    let colons = text.match_indices(':').map(|(at, _)| at);
    let cut = colons.map(|at| (&text[..at], &text[at + 1..])).find(|(path, _)| Path::new(path).exists());
    match cut {
        Some((path, name)) => Place::Path { path: path.into(), choice: Some(name.to_owned()) },
        None => whole(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_says_where_an_image_lies() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.tar");
        std::fs::write(&path, "").unwrap();
        let shown = path.display().to_string();
        let at = |choice: Option<&str>| Place::Path { path: path.clone(), choice: choice.map(str::to_owned) };
        let cases = [
            (shown.clone(), at(None)),
            (format!("docker-archive:{shown}"), at(None)),
            (format!("docker-archive:{shown}:app:1.4.2"), at(Some("app:1.4.2"))),
            (format!("oci:{shown}:latest"), at(Some("latest"))),
            ("-".to_owned(), Place::Stdin),
            ("app:1.4.2".to_owned(), Place::Daemon("app:1.4.2".to_owned())),
            ("daemon:app".to_owned(), Place::Daemon("app".to_owned())),
        ];
        for (text, expected) in cases {
            assert_eq!(Place::parse(&text).unwrap(), expected, "{text}");
        }
        let Place::Registry(reference) = Place::parse("docker://ghcr.io/acme/app:1").unwrap() else {
            panic!()
        };
        assert_eq!(reference.host.as_deref(), Some("ghcr.io"));
        for wrong in ["./missing.tar", "/missing", "App With Spaces", "docker://A/b"] {
            assert!(Place::parse(wrong).is_err(), "{wrong}");
        }
    }
}
