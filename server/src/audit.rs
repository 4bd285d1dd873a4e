//! Signing the audit log: where the keys lie, where checkpoints go, and what one asks of it in the server's shell.

mod file;
mod keys;

use crate::config::Config;
use anyhow::{Context, anyhow, bail};
use std::path::PathBuf;
use towpath_proof::{Checkpoint, SigningKey, VerifyingKey};
use towpath_service::Service;
use towpath_service::audit::{self, signing, verifying};

/// Where keys and checkpoints are, outside of the database.
#[derive(Debug, Clone)]
pub struct Places {
    keys: PathBuf,
    file: Option<PathBuf>,
}

impl Places {
    pub fn of(config: &Config) -> Self {
        Self { keys: config.audit_keys.clone(), file: config.audit_file.clone() }
    }
}

/// Signs what is new, if enough is, and appends the checkpoint where it is to be kept.
pub async fn sign_when_due(service: &Service, places: &Places) -> anyhow::Result<()> {
    if !signing::is_due(service).await? {
        return Ok(());
    }
    let key = signing_key(service, places).await?;
    let kept = kept(service, places).await?;
    let Some(note) = signing::sign(service, key, kept).await? else { return Ok(()) };
    if let Some(path) = &places.file {
        file::append(path, &note).with_context(|| format!("writing the checkpoint to {}", path.display()))?;
    }
    tracing::debug!("the audit log was signed");
    Ok(())
}

/// The key in force; the first one is made here.
async fn signing_key(service: &Service, places: &Places) -> anyhow::Result<SigningKey> {
    if let Some(public) = known(service).await?.last() {
        return keys::read(&places.keys, public);
    }
    let key = signing::make_key(service).await?;
    keys::write(&places.keys, &key)?;
    if signing::adopt(service, &key).await? {
        tracing::info!(key = %key.public(), "the audit log is signed by this key");
        return Ok(key);
    }
    // Another server was first, and this key was never in force.
    keys::remove(&places.keys, key.public())?;
    bail!("another server has made the key of the audit log meanwhile");
}

/// The id of a public key, if its private one lies where it has to.
pub fn check_key(places: &Places, public: &str) -> anyhow::Result<String> {
    let public: VerifyingKey = public.parse()?;
    keys::read(&places.keys, &public)?;
    Ok(public.id().clone())
}

async fn known(service: &Service) -> anyhow::Result<Vec<VerifyingKey>> {
    let keys = audit::keys(service).await?;
    keys.iter().map(|key| Ok(key.public.parse()?)).collect()
}

/// The last checkpoint of the file that they are appended to.
async fn kept(service: &Service, places: &Places) -> anyhow::Result<Option<Checkpoint>> {
    let Some(path) = &places.file else { return Ok(None) };
    let last = file::last(path).with_context(|| format!("reading {}", path.display()))?;
    let keys = known(service).await?;
    let open = |note: String| Checkpoint::open(&note, &keys);
    last.map(open).transpose().with_context(|| format!("the last checkpoint of {}", path.display()))
}

/// Holds the log against what was signed, and against checkpoints in files. Tells what was found.
///
/// # Errors
/// Where it differs, with the place.
pub async fn verify(service: &Service, files: &[PathBuf], keys: &[VerifyingKey]) -> anyhow::Result<String> {
    let keys = if keys.is_empty() { known(service).await? } else { keys.to_vec() };
    let mut kept = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        for note in towpath_proof::checkpoints::split(&text) {
            let opened = Checkpoint::open(&note, &keys);
            kept.push(opened.with_context(|| format!("a checkpoint of {}", path.display()))?);
        }
    }
    let count = kept.len();
    let verified = verifying::verify(service, kept).await?;
    if let Some(differs) = verified.differs {
        return Err(anyhow!(differs).context("the audit log is not what was signed"));
    }
    Ok(format!(
        "The first {} of {} events are as they were signed; {} after them are not signed, and not proved. Checkpoints that \
         were given: {count}.",
        verified.signed,
        verified.size,
        verified.size - verified.signed
    ))
}

/// The public key in force.
pub async fn key(service: &Service) -> anyhow::Result<String> {
    let known = known(service).await?;
    let key = known.last().context("the log has no key yet; a server that runs makes one")?;
    Ok(key.to_string())
}

/// Puts a new key in force.
pub async fn rotate(service: &Service, places: &Places) -> anyhow::Result<String> {
    let old = signing_key(service, places).await?;
    let new = signing::make_key(service).await?;
    keys::write(&places.keys, &new)?;
    let (before, after) = (old.public().clone(), new.public().clone());
    if let Err(error) = signing::rotate(service, old, new).await {
        keys::remove(&places.keys, &after)?;
        return Err(error.into());
    }
    // It has signed all that it was to sign, and could only be stolen.
    keys::remove(&places.keys, &before)?;
    Ok(after.to_string())
}

#[cfg(test)]
mod tests;
