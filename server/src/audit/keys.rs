//! Private keys as files, each named by the id of its key. Nobody but the server's account reads them.

use anyhow::{Context, ensure};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use towpath_proof::{SigningKey, VerifyingKey};

fn path(folder: &Path, key: &VerifyingKey) -> PathBuf {
    folder.join(format!("{}.key", key.id()))
}

/// The private key of a public one.
pub fn read(folder: &Path, public: &VerifyingKey) -> anyhow::Result<SigningKey> {
    let path = path(folder, public);
    let text = std::fs::read_to_string(&path).with_context(|| {
        format!(
            "the audit log is signed by the key {}, whose file {} cannot be read. Copy it from the server that has \
             it, or name its folder by TOWPATH_AUDIT_KEYS",
            public.id(),
            path.display()
        )
    })?;
    let key: SigningKey = text.trim().parse().with_context(|| format!("{}", path.display()))?;
    ensure!(key.public() == public, "{} is another key than its name says", path.display());
    Ok(key)
}

/// Writes a key that was not there before, and does not come back before it would outlast the machine's power.
pub fn write(folder: &Path, key: &SigningKey) -> anyhow::Result<()> {
    let path = path(folder, key.public());
    let written = || {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        writeln!(file, "{}", key.reveal())?;
        file.sync_all()?;
        File::open(folder)?.sync_all()
    };
    written().with_context(|| format!("writing the key {}", path.display()))
}

pub fn remove(folder: &Path, public: &VerifyingKey) -> anyhow::Result<()> {
    let path = path(folder, public);
    std::fs::remove_file(&path).with_context(|| format!("removing the key {}", path.display()))
}
