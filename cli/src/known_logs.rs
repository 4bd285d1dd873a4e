//! What is known of audit logs from one command to the next: by server, the keys that it is held to, and the newest
//! checkpoint that was verified. It lies beside the sign-in, and is worth nothing to a thief.

use crate::config;
use crate::failure::Failure;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use towpath_proof::VerifyingKey;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KnownLogs(BTreeMap<String, KnownLog>);

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct KnownLog {
    /// As `NAME+ID+KEY`.
    keys: Vec<String>,
    /// A signed note.
    #[serde(default)]
    pub checkpoint: Option<String>,
}

impl KnownLog {
    pub fn new(keys: &[VerifyingKey], checkpoint: String) -> Self {
        Self { keys: keys.iter().map(ToString::to_string).collect(), checkpoint: Some(checkpoint) }
    }

    pub fn keys(&self) -> Vec<VerifyingKey> {
        self.keys.iter().filter_map(|key| key.parse().ok()).collect()
    }
}

impl KnownLogs {
    pub fn load() -> Result<Self, Failure> {
        let path = path()?;
        match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| config::wrong(&path, error.message())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(config::wrong(&path, &error.to_string())),
        }
    }

    pub fn of(&self, server: &str) -> Option<&KnownLog> {
        self.0.get(server)
    }

    /// The keys of all logs.
    pub fn keys(&self) -> Vec<VerifyingKey> {
        self.0.values().flat_map(KnownLog::keys).collect()
    }

    pub fn keep(mut self, server: String, log: KnownLog) -> Result<(), Failure> {
        self.0.insert(server, log);
        let path = path()?;
        let text = toml::to_string(&self).map_err(|error| config::wrong(&path, &error.to_string()))?;
        config::write(&path, &text).map_err(|error| config::wrong(&path, &error.to_string()))
    }
}

fn path() -> Result<PathBuf, Failure> {
    Ok(config::path()?.with_file_name("known_logs.toml"))
}
