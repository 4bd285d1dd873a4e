//! The commands that make a backup, look whether it can be restored, and restore it.

use crate::config::Config;
use crate::{audit, folder};
use anyhow::{Context, bail, ensure};
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use towpath_domain::proposals::Demanded;
use towpath_domain::words::bytes;
use towpath_service::installation::{self, Blobs, Settings};
use towpath_service::moving::{self, Contents};
use towpath_service::providers::SignIn;
use towpath_service::{SealingKey, Sources};

/// Makes a backup in a folder, or brings the one in it up to date; beside a running server, or while it is stopped.
///
/// # Errors
/// Where something that rows name is damaged or missing, too; the backup has all else then.
pub async fn make(config: &Config, sources: &Sources, into: &Path) -> anyhow::Result<String> {
    folder::expect_installation(config)?;
    let made = DirBuilder::new().recursive(true).mode(0o700).create(into);
    made.with_context(|| format!("making the folder {}", into.display()))?;
    let (database, draft) = (into.join("towpath.db"), into.join("towpath.db.new"));
    remove(&draft)?;
    let rows = moving::rows(&config.database_url, &url(&draft)).await.context("copying the rows")?;
    let (data, blobs) = (folder::make(config)?, into.join("blobs"));
    let from = folder::blobs_of(config, &data);
    let carried = moving::contents(&url(&draft), from, Blobs::Folder(&blobs), sources).await;
    let carried = carried.context("copying the contents")?;
    // Only what is whole takes the place of what was there.
    fs::rename(&draft, &database).with_context(|| format!("naming {}", database.display()))?;
    told(&format!("{rows} rows and {} contents", carried.named), &carried)
}

/// Restores a backup beside it, without its contents, and looks at all of it.
///
/// # Errors
/// Where it cannot be restored, the audit log is not what was signed, or contents are damaged or missing.
pub async fn verify(sources: &Sources, from: &Path) -> anyhow::Result<String> {
    let (database, trial, blobs) = (found(from)?, from.join("towpath.db.trial"), from.join("blobs"));
    remove(&trial)?;
    let verified = restore_on_trial(sources, &database, &trial, &blobs).await;
    remove(&trial)?;
    let (rows, log) = verified?;
    let examined = moving::examine(&url(&database), Blobs::Folder(&blobs), sources).await?;
    told(&format!("{rows} rows can be restored. {log}\n{} contents were read", examined.named), &examined)
}

async fn restore_on_trial(
    sources: &Sources,
    database: &Path,
    trial: &Path,
    blobs: &Path,
) -> anyhow::Result<(u64, String)> {
    let rows = moving::rows(&url(database), &url(trial)).await.context("restoring the rows")?;
    let trial = url(trial);
    let settings = Settings {
        database: &trial,
        blobs: Blobs::Folder(blobs),
        public_url: "http://localhost",
        sign_in: SignIn::default(),
        // Nothing sealed is read.
        second_person: Demanded::default(),
        sealing: SealingKey::new(&[0; 32]),
    };
    let service = installation::open(settings, sources.clone()).await.context("opening what was restored")?;
    let log = audit::verify(&service, &[], &[]).await;
    service.close().await;
    Ok((rows, log?))
}

/// Restores a backup into the database and the place of contents that are configured, which have to be empty.
pub async fn restore(config: &Config, sources: &Sources, from: &Path) -> anyhow::Result<String> {
    let database = found(from)?;
    let claim = folder::claim(config)?;
    let (data, blobs) = (folder::make(config)?, from.join("blobs"));
    let to = folder::blobs_of(config, &data);
    let carried = moving::contents(&url(&database), Blobs::Folder(&blobs), to, sources).await;
    let carried = carried.context("restoring the contents")?;
    let rows = moving::rows(&url(&database), &config.database_url).await.context("restoring the rows")?;
    drop(claim);
    told(&format!("{rows} rows and {} contents", carried.named), &carried)
}

fn told(what: &str, contents: &Contents) -> anyhow::Result<String> {
    let size = bytes(i64::try_from(contents.bytes).unwrap_or(i64::MAX));
    let told = format!("{what}, {} of them new, {size}", contents.carried);
    if contents.damaged.is_empty() {
        return Ok(told);
    }
    let damaged: Vec<String> = contents.damaged.iter().map(ToString::to_string).collect();
    bail!("{told}: these are damaged or missing; push them again\n{}", damaged.join("\n"))
}

/// The database of a backup.
fn found(folder: &Path) -> anyhow::Result<PathBuf> {
    let database = folder.join("towpath.db");
    ensure!(
        database.is_file(),
        "there is no backup in {}; `towpath-server backup` makes one",
        folder.display()
    );
    Ok(database)
}

fn url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// Takes a database away that an earlier command left behind, with the files beside it.
fn remove(database: &Path) -> anyhow::Result<()> {
    for end in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{end}", database.display()));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("removing {}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}
