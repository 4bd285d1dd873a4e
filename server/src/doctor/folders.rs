//! The folders that a server writes to, and the disks that they are on.

use super::{Finding, Verdict};
use crate::config::Config;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use towpath_domain::words::bytes;

/// With less than this free, or with less than a twentieth of the disk, an upload or a write of the database soon fails.
const SCARCE: u64 = 1_000_000_000;

/// Whether no server has ever started on this configuration's folder.
pub fn is_new(config: &Config) -> bool {
    !config.data.join("blobs").is_dir()
}

/// Whether somebody beside the owner may read a file.
pub fn others_read(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

pub fn examine(config: &Config) -> Vec<Finding> {
    // What is not there yet is made in the nearest folder that is.
    let there = config.data.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    let mut findings = vec![writable(config, there), disk(there)];
    if let Some(file) = &config.audit_file {
        findings.push(checkpoints(file));
    }
    findings
}

fn writable(config: &Config, there: &Path) -> Finding {
    let (data, blobs) = (config.data.display(), config.data.join("blobs"));
    let folders = [there, blobs.as_path()];
    for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
        if let Err(error) = try_writing(folder) {
            let words =
                format!("{} cannot be written: {error}. Give it to the server's account", folder.display());
            return Finding::new(Verdict::Wrong, "data", words);
        }
    }
    let words = if is_new(config) {
        format!("{data} is new; the first start fills it")
    } else {
        format!("{data} can be written")
    };
    Finding::new(Verdict::Well, "data", words)
}

/// Makes a file and takes it away again: a look at permissions would not tell of a disk that is mounted read-only.
fn try_writing(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(format!(".doctor-{}", std::process::id()));
    fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
    fs::remove_file(&path)
}

fn disk(folder: &Path) -> Finding {
    match rustix::fs::statvfs(folder) {
        Ok(disk) => judge(disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize),
        Err(error) => Finding::new(Verdict::Odd, "disk", format!("does not tell what is free: {error}")),
    }
}

/// How it stands with a disk of which so many bytes are free.
pub(super) fn judge(free: u64, whole: u64) -> Finding {
    let size = |count: u64| bytes(i64::try_from(count).unwrap_or(i64::MAX));
    let words = format!("{} of {} are free", size(free), size(whole));
    if free < SCARCE / 10 {
        return Finding::new(Verdict::Wrong, "disk", format!("{words}: make room, or nothing can be pushed"));
    }
    if free < SCARCE || free < whole / 20 {
        let words = format!("{words}; make room, by retention, by towpath-server gc, or by a larger disk");
        return Finding::new(Verdict::Odd, "disk", words);
    }
    Finding::new(Verdict::Well, "disk", words)
}

fn checkpoints(file: &Path) -> Finding {
    let path = file.display();
    let found = match fs::metadata(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let folder =
                file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            try_writing(folder).map(|()| format!("{path} is new"))
        }
        Err(error) => Err(error),
        Ok(_) => fs::OpenOptions::new().append(true).open(file).map(|_| format!("go to {path}")),
    };
    let found = found.map_err(|error| anyhow::anyhow!("cannot be appended to {path}: {error}"));
    Finding::of("checkpoints", found)
}
