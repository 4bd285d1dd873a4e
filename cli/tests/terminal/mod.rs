//! A shell for one test: the real command, a server on a port of its own, and a home of its own.

use crate::support::World;
use std::fmt;
use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

pub struct Terminal {
    pub world: World,
    pub url: String,
    /// The file that keeps the sign-in.
    pub config: PathBuf,
    _home: TempDir,
}

/// How a command ended, and what it wrote.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Terminal {
    /// Nobody is signed in.
    pub async fn new() -> Self {
        let world = World::with_shop().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = world.router.clone().merge(towpath_registry::router(world.service.clone()));
        let router = router.route("/readyz", axum::routing::get(async || "ready\n"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let home = TempDir::new().expect("a temporary folder");
        Self { world, url, config: home.path().join("towpath/config.toml"), _home: home }
    }

    /// Ana, the admin, is signed in.
    pub async fn signed_in() -> Self {
        let terminal = Self::new().await;
        let email = ["login", "--server", &terminal.url, "--email", "ana@example.org", "--password-stdin"];
        let ran = terminal.run(&email, crate::support::PASSWORD);
        assert_eq!(ran.code, 0, "{ran}");
        terminal
    }

    /// A build that has come to staging, and waits for prod as promotion #2.
    pub async fn waiting(&self) {
        self.world.push("qa", "1.4.2").await;
        for (from, to, code) in [("qa", "staging", 0), ("staging", "prod", 8)] {
            let args =
                ["promote", "shop/checkout", "1.4.2", "--from", from, "--to", to, "--reason", "Release"];
            assert_eq!(self.run(&args, "").code, code);
        }
    }

    pub fn run(&self, args: &[&str], stdin: &str) -> Ran {
        self.run_with(args, stdin, &[])
    }

    /// Runs the command to its end, in an environment of these variables only.
    pub fn run_with(&self, args: &[&str], stdin: &str, variables: &[(&str, &str)]) -> Ran {
        let mut child = self.start(args, variables);
        // A command that reads nothing may have ended before this.
        _ = child.stdin.take().expect("piped").write_all(stdin.as_bytes());
        let output = child.wait_with_output().expect("the command ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8").replace(&self.url, "[server]");
        Ran {
            code: output.status.code().expect("no signal"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Starts the command, in an environment of these variables only.
    pub fn start(&self, args: &[&str], variables: &[(&str, &str)]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_towpath"))
            .args(args)
            .env_clear()
            .env("TOWPATH_CONFIG", &self.config)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts")
    }

    /// The credential that is kept.
    pub fn credential(&self) -> Option<String> {
        let text = std::fs::read_to_string(&self.config).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("credential = \""))?;
        Some(line.trim_end_matches('"').to_owned())
    }

    /// An address where nobody listens.
    pub fn closed_port() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        format!("http://{}", listener.local_addr().expect("an address"))
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit {}\n{}", self.code, self.stdout)?;
        for line in self.stderr.lines() {
            writeln!(f, "! {line}")?;
        }
        Ok(())
    }
}
