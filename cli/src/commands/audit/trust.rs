//! Which keys a log is held to: those that are given, else those that are known, else what it shows at the first time.

use crate::config;
use crate::failure::Failure;
use crate::known_logs::KnownLog;
use crate::output::say;
use std::path::PathBuf;
use towpath_api::audit::AuditKey;
use towpath_api::client::Client;
use towpath_proof::{Checkpoint, VerifyingKey};

/// The keys to which the log of a server is held. From those that are known it is followed to newer ones, as far as the
/// ones before have signed that.
pub async fn trusted(
    client: &Client,
    known: &KnownLog,
    given: &[VerifyingKey],
    note: &str,
) -> Result<Vec<VerifyingKey>, Failure> {
    let mut keys = if given.is_empty() { known.keys() } else { given.to_vec() };
    if !keys.is_empty() && Checkpoint::open(note, &keys).is_ok() {
        return Ok(keys);
    }
    let told = client.audit_keys().await?;
    if keys.is_empty() {
        let first = told.last().and_then(|key| key.key.parse().ok());
        let first: VerifyingKey = first.ok_or_else(|| Failure::Differs("the log has no key".to_owned()))?;
        say(&format!(
            "This log was not known. From now on it is held to the key {first}\nCompare it with what \
             `towpath-server audit key` prints on the server."
        ));
        return Ok(vec![first]);
    }
    for newer in followed(&told, &mut keys) {
        say(&format!("The key was handed over to {newer}"));
    }
    Ok(keys)
}

/// Adds the keys that a trusted one has signed together with them; yields those.
fn followed(told: &[AuditKey], keys: &mut Vec<VerifyingKey>) -> Vec<VerifyingKey> {
    let mut added = Vec::new();
    for AuditKey { key, handover, .. } in told {
        let Some((key, handover)) = key.parse::<VerifyingKey>().ok().zip(handover.as_deref()) else {
            continue;
        };
        let signed = |keys: &[VerifyingKey]| Checkpoint::open(handover, keys).is_ok();
        if !keys.contains(&key) && signed(keys) && signed(std::slice::from_ref(&key)) {
            keys.push(key.clone());
            added.push(key);
        }
    }
    added
}

/// A checkpoint that one of these keys has signed.
pub fn open(note: &str, keys: &[VerifyingKey]) -> Result<Checkpoint, Failure> {
    Checkpoint::open(note, keys).map_err(|error| Failure::Differs(format!("the checkpoint: {error}")))
}

/// All checkpoints of some files.
pub fn kept(files: &[PathBuf], keys: &[VerifyingKey]) -> Result<Vec<Checkpoint>, Failure> {
    let mut kept = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(path).map_err(|error| config::wrong(path, &error.to_string()))?;
        let notes = towpath_proof::checkpoints::split(&text);
        if notes.is_empty() {
            return Err(config::wrong(path, "it holds no checkpoint"));
        }
        for note in notes {
            kept.push(open(&note, keys)?);
        }
    }
    Ok(kept)
}
