//! Another registry on the same machine in the same session: the distribution registry, where it is installed.

use crate::http::Client;
use crate::images::Target;
use crate::server::{Server, free_port};
use anyhow::Result;
use std::fs;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// As Debian calls it.
const PROGRAM: &str = "docker-registry";

pub struct Peer {
    pub server: Server,
    folder: TempDir,
}

impl Peer {
    /// Starts it on a folder of its own; nothing where it is not installed.
    pub async fn start() -> Result<Option<Self>> {
        let known = Command::new(PROGRAM).arg("--version").stdout(Stdio::null()).status();
        if known.is_err() {
            return Ok(None);
        }
        let folder = tempfile::Builder::new().prefix("towpath-bench.").tempdir()?;
        let port = free_port()?;
        let config = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\n\
             http: {{addr: '127.0.0.1:{port}'}}\n",
            folder.path().join("data").display()
        );
        let file = folder.path().join("config.yml");
        fs::write(&file, config)?;
        let mut command = Command::new(PROGRAM);
        command.arg("serve").arg(&file);
        let server = Server::start(&mut command, port, false, "/v2/").await?;
        Ok(Some(Self { server, folder }))
    }

    pub fn target(&self) -> Target {
        let client = Client::new(&format!("http://127.0.0.1:{}", self.server.port));
        Target { client, name: "bench/images".to_owned() }
    }

    pub async fn stop(mut self) -> Result<()> {
        self.server.stop().await?;
        Ok(self.folder.close()?)
    }
}
