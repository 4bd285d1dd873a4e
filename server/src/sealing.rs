//! The key that seals secrets in the database, in a file beside it.

use anyhow::{Context, anyhow};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use towpath_service::{SealingKey, Sources};

/// Reads the key; the first start makes it.
pub fn key(path: &Path, sources: &Sources) -> anyhow::Result<SealingKey> {
    let found = std::fs::read_to_string(path);
    let text = match found {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let made = make(path, &hex::encode(sources.random::<32>()));
            made.with_context(|| format!("making the key {}", path.display()))?;
            std::fs::read_to_string(path)
        }
        found => found,
    };
    parse(path, text)
}

/// Whether there is a key, and it is one. Nothing is made.
pub fn check(path: &Path) -> anyhow::Result<bool> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        found => parse(path, found).map(|_| true),
    }
}

fn parse(path: &Path, text: std::io::Result<String>) -> anyhow::Result<SealingKey> {
    let text = text.with_context(|| format!("reading the key {}", path.display()))?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| {
        anyhow!(
            "{} is no key: it must hold 64 hexadecimal digits; take the file from a backup",
            path.display()
        )
    })?;
    Ok(SealingKey::new(&bytes))
}

/// Writes a key that nobody else can read. Another server that starts at the same time finds a whole one or none, and
/// whichever is first stays.
fn make(path: &Path, key: &str) -> std::io::Result<()> {
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let written = writeln!(file, "{key}").and_then(|()| file.sync_all());
    let linked = written.and_then(|()| match std::fs::hard_link(&draft, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    std::fs::remove_file(&draft)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_key_is_made_once_and_for_the_server_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        key(&path, &Sources::system()).unwrap();
        let first = std::fs::read_to_string(&path).unwrap();
        key(&path, &Sources::system()).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft stays");
    }

    #[test]
    fn what_is_no_key_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        std::fs::write(&path, "not a key").unwrap();
        let refused = key(&path, &Sources::system()).unwrap_err().to_string();
        assert!(refused.contains("64 hexadecimal digits"), "{refused}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "not a key");
    }
}
