//! Which server, and by which credential: from arguments, then the environment, then the file.

use crate::args::Common;
use crate::failure::Failure;
use crate::jobs;
use serde::{Deserialize, Serialize};
use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use towpath_api::client::Client;

/// What the file keeps from one command to the next.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    /// A session or a token of that server.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<String>,
}

/// A credential and the server that it is for.
pub struct SignedIn {
    pub server: String,
    pub credential: String,
}

impl Config {
    pub fn load() -> Result<Self, Failure> {
        let path = path()?;
        match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| wrong(&path, error.message())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(wrong(&path, &error.to_string())),
        }
    }

    pub fn keep(signed_in: SignedIn) -> Result<(), Failure> {
        Self { server: Some(signed_in.server), credential: Some(signed_in.credential) }.save()
    }

    /// Forgets the credential, and tells what it was. The server stays known.
    pub fn forget(mut self) -> Result<Option<String>, Failure> {
        let credential = self.credential.take();
        if credential.is_some() {
            self.save()?;
        }
        Ok(credential)
    }

    /// The server that is meant.
    pub fn server(&self, common: &Common) -> Result<String, Failure> {
        let named = common.server.clone().filter(|server| !server.is_empty());
        let server = named.or_else(|| self.server.clone()).ok_or(Failure::NoServer)?;
        Ok(server.trim_end_matches('/').to_owned())
    }

    /// The credential for a server. That of the file is sent to no other server than its own.
    pub fn credential(&self, server: &str) -> Option<String> {
        let given = env::var("TOWPATH_TOKEN").ok().filter(|token| !token.trim().is_empty());
        let own = self.server.as_deref() == Some(server);
        given.map(|token| token.trim().to_owned()).or_else(|| self.credential.clone().filter(|_| own))
    }

    fn save(&self) -> Result<(), Failure> {
        let path = path()?;
        let text = toml::to_string(self).map_err(|error| wrong(&path, &error.to_string()))?;
        write(&path, &text).map_err(|error| wrong(&path, &error.to_string()))
    }
}

/// A client that is signed in.
pub fn client(common: &Common) -> Result<Client, Failure> {
    let SignedIn { server, credential } = signed_in(common)?;
    Ok(Client::new(&server, Some(credential))?)
}

/// The server, with what to push into a project by: what is given, or else what a CI gets for its job.
pub async fn signed_in_to_push(common: &Common, project: &str) -> Result<SignedIn, Failure> {
    let env = |name: &str| env::var(name).ok();
    match signed_in(common) {
        Err(Failure::NotSignedIn(server)) => match jobs::offer(&env) {
            Some(offer) => {
                // The server's public address, where it is reached by another one.
                let named = env("TOWPATH_AUDIENCE").filter(|audience| !audience.is_empty());
                let audience = named.unwrap_or_else(|| server.clone());
                let credential = jobs::exchange(&server, &audience, project, offer).await?;
                Ok(SignedIn { server, credential })
            }
            None => Err(match jobs::advice(&env) {
                Some(advice) => Failure::NotTrusted(format!("{}\n{advice}", Failure::NotSignedIn(server))),
                None => Failure::NotSignedIn(server),
            }),
        },
        settled => settled,
    }
}

/// The server, with the credential for it.
pub fn signed_in(common: &Common) -> Result<SignedIn, Failure> {
    let config = Config::load()?;
    let server = config.server(common)?;
    let credential = config.credential(&server);
    let credential = credential.ok_or_else(|| Failure::NotSignedIn(server.clone()))?;
    Ok(SignedIn { server, credential })
}

/// `TOWPATH_CONFIG`, else `towpath/config.toml` in the user's folder of configurations (XDG Base Directory).
pub fn path() -> Result<PathBuf, Failure> {
    let named = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = || named("XDG_CONFIG_HOME").or_else(|| named("HOME").map(|home| home.join(".config")));
    let path = named("TOWPATH_CONFIG").or_else(|| folder().map(|folder| folder.join("towpath/config.toml")));
    path.ok_or_else(|| Failure::Usage("set HOME or TOWPATH_CONFIG, so that a sign-in can be kept".to_owned()))
}

/// Writes the file whole or not at all, readable by nobody else from its first byte.
pub fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        options.mode(0o600);
        builder.mode(0o700);
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        builder.create(folder)?;
    }
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = options.open(&beside)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.and_then(|()| fs::rename(&beside, path)).inspect_err(|_| _ = fs::remove_file(&beside))
}

pub fn wrong(path: &Path, message: &str) -> Failure {
    Failure::Config { path: path.to_owned(), message: message.to_owned() }
}
