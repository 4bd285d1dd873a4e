//! The data folder of an installation: made at the first start, and on SQLite served from by one server at a time.

use crate::config::Config;
use anyhow::{Context, bail, ensure};
use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use towpath_service::installation::Blobs;

/// Makes the data folder with its folder of blobs, which it answers, where they are missing.
pub fn make(config: &Config) -> anyhow::Result<PathBuf> {
    let blobs = blobs(config);
    // What is in there (password hashes, images) is for this server's account alone.
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&blobs);
    made.with_context(|| format!("making the folder {}", blobs.display()))?;
    Ok(blobs)
}

/// Holds the data folder for this server until it is dropped, or the process ends however it may.
#[derive(Debug)]
pub struct Claim {
    _lock: Option<File>,
}

/// Claims the data folder. SQLite has one writer, and two servers would not hear of each other's changes;
/// replicas on Postgres may share a folder.
pub fn claim(config: &Config) -> anyhow::Result<Claim> {
    if !config.database_url.starts_with("sqlite:") {
        return Ok(Claim { _lock: None });
    }
    make(config)?;
    let path = config.data.join("lock");
    let file = File::create(&path).with_context(|| format!("making {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Claim { _lock: Some(file) }),
        Err(TryLockError::WouldBlock) => bail!(
            "another server runs on the folder {}; stop it first, give this one a folder of its own by TOWPATH_DATA, \
             or let both use Postgres",
            config.data.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("locking {}", path.display())),
    }
}

/// Refuses a folder in which no server has ever started, for commands on an installation that exists.
pub fn expect_installation(config: &Config) -> anyhow::Result<()> {
    let folder = config.data.display();
    ensure!(
        blobs(config).is_dir(),
        "there is no installation in {folder}; start the server there first, or name its folder by TOWPATH_DATA"
    );
    Ok(())
}

/// Where contents lie: in the bucket that is configured, or in the data folder's own.
pub fn blobs_of<'a>(config: &'a Config, folder: &'a Path) -> Blobs<'a> {
    config.bucket.as_ref().map_or(Blobs::Folder(folder), Blobs::Bucket)
}

fn blobs(config: &Config) -> PathBuf {
    config.data.join("blobs")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Given;

    fn config(data: &tempfile::TempDir, database: &str) -> Config {
        let data = data.path().join("data").display().to_string();
        let variables = [("TOWPATH_DATA", data.as_str()), ("TOWPATH_DATABASE_URL", database)];
        let variables = variables.into_iter().filter(|(_, value)| !value.is_empty());
        Given::read(None, variables.map(|(name, value)| (name.to_owned(), value.to_owned())))
            .unwrap()
            .check()
            .unwrap()
    }

    #[test]
    fn one_server_at_a_time_serves_from_a_folder_on_sqlite() {
        let data = tempfile::tempdir().unwrap();
        let config = config(&data, "");
        let first = claim(&config).unwrap();
        let refused = claim(&config).unwrap_err().to_string();
        assert!(refused.starts_with("another server runs on the folder "), "{refused}");
        drop(first);
        claim(&config).unwrap();
    }

    #[test]
    fn replicas_on_postgres_share_a_folder() {
        let data = tempfile::tempdir().unwrap();
        let config = config(&data, "postgres://localhost/towpath");
        let _first = claim(&config).unwrap();
        claim(&config).unwrap();
    }

    #[test]
    fn a_mistyped_folder_is_no_installation() {
        let data = tempfile::tempdir().unwrap();
        let config = config(&data, "");
        let refused = expect_installation(&config).unwrap_err().to_string();
        assert!(refused.starts_with("there is no installation in "), "{refused}");
        make(&config).unwrap();
        expect_installation(&config).unwrap();
    }
}
