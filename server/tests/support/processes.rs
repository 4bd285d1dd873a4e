//! Further servers on the database and the bucket of a test's server, each a process of its own.

use super::Server;
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// One of them; it is killed when this is dropped.
pub struct Process {
    /// Its address, without a slash at the end.
    pub url: String,
    child: Child,
    _data: TempDir,
}

impl Server {
    /// Starts one with further variables, and waits until it is ready.
    pub async fn process(&self, variables: &[(&str, &str)]) -> Process {
        let data = tempfile::tempdir().expect("a temporary folder");
        let listen =
            TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
        let child = self
            .program(&data)
            .env("TOWPATH_DATA", data.path().join("data"))
            .env("TOWPATH_LISTEN", listen.to_string())
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let process = Process { url: format!("http://{listen}"), child, _data: data };
        let ready = async {
            while towpath_server::readiness::ask(listen).is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), ready).await.expect("it is ready in time");
        process
    }
}

impl Server {
    /// Runs a command of the program beside the server, on its installation.
    pub fn command(&self, words: &[&str], variables: &[(&str, &str)]) -> Output {
        let data = tempfile::tempdir().expect("a temporary folder");
        let mut program = self.program(&data);
        program.env("TOWPATH_DATA", self.data.path()).envs(variables.iter().copied());
        program.args(words).output().expect("it runs")
    }

    /// The program on this database, with these keys.
    fn program(&self, folder: &TempDir) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_towpath-server"));
        program
            .env_clear()
            .env("TOWPATH_PUBLIC_URL", &self.url)
            .env("TOWPATH_DATABASE_URL", &self.database.url)
            .env("TOWPATH_SECRET_KEY", self.data.path().join("secret.key"))
            .env("TOWPATH_AUDIT_KEYS", self.data.path().join("audit"))
            .env("TOWPATH_SITE", site(folder));
        program
    }
}

impl Process {
    /// Ends it as a power cut does.
    pub fn kill(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).expect("it ends");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended before.
        _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// What a development build looks for of the site.
pub fn site(folder: &TempDir) -> std::path::PathBuf {
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("pkg")).expect("a folder");
    for file in ["towpath.css", "towpath.js", "towpath.wasm", "site-name"] {
        std::fs::write(site.join("pkg").join(file), "x").expect("is written");
    }
    site
}
