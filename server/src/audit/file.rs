//! Checkpoints in a file, one after the other, each with an empty line behind it.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use towpath_proof::checkpoints::split;

/// How much of the end of the file is looked at: more than any checkpoint is long.
const END: u64 = 16 * 1_024;

/// Appends a checkpoint.
pub fn append(path: &Path, note: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    // In one piece, so that servers that share the file do not mix their lines.
    file.write_all(format!("{note}\n").as_bytes())?;
    file.sync_data()
}

/// The last checkpoint, as a signed note; none where there is no file yet.
pub fn last(path: &Path) -> io::Result<Option<String>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let start = file.metadata()?.len().saturating_sub(END);
    file.seek(SeekFrom::Start(start))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    Ok(split(&String::from_utf8_lossy(&end)).pop())
}
