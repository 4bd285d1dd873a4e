//! The program as who runs an installation calls it.

use crate::support::site;
use std::net::TcpListener;
use std::process::{Command, Output};
use tempfile::TempDir;

/// Runs `towpath-server` with these words on a folder, in an environment of its own.
fn run(folder: &TempDir, words: &[&str], variables: &[(&str, &str)]) -> Output {
    let site = site(folder);
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    Command::new(env!("CARGO_BIN_EXE_towpath-server"))
        .args(words)
        .env_clear()
        .env("TOWPATH_DATA", folder.path().join("data"))
        .env("TOWPATH_SITE", site)
        .env("TOWPATH_LISTEN", closed.to_string())
        .envs(variables.iter().copied())
        .output()
        .expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_configuration_is_checked_by_its_exit_code_and_with_hints() {
    let folder = TempDir::new().expect("a folder");
    let sound = run(&folder, &["config", "check"], &[]);
    assert_eq!(
        (sound.status.code(), text(&sound.stdout).as_str()),
        (Some(0), "The configuration is sound.\n")
    );
    let plain = ("TOWPATH_PUBLIC_URL", "http://towpath.example.org");
    let hinted = run(&folder, &["config", "check"], &[plain]);
    assert!(hinted.status.success() && text(&hinted.stdout).contains("without TLS"), "{hinted:?}");
    let wrong = run(&folder, &["config", "check"], &[("TOWPATH_PROXIES", "many")]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains("proxies (TOWPATH_PROXIES) is “many”"), "{wrong:?}");
    assert!(!folder.path().join("data").exists(), "nothing is made");
}

#[test]
fn the_doctor_ends_with_1_where_something_is_wrong() {
    let folder = TempDir::new().expect("a folder");
    let fresh = run(&folder, &["doctor"], &[]);
    assert_eq!(fresh.status.code(), Some(0), "{fresh:?}");
    assert!(text(&fresh.stdout).contains("\nok     data           "), "{fresh:?}");
    let away = ("TOWPATH_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
    let wrong = run(&folder, &["doctor"], &[away]);
    assert_eq!(wrong.status.code(), Some(1), "{wrong:?}");
    assert!(text(&wrong.stdout).contains("\nwrong  database       "), "{wrong:?}");
    assert!(text(&wrong.stderr).contains("to be mended"), "{wrong:?}");
}

#[test]
fn whether_a_server_is_ready_is_told_by_the_exit_code() {
    let folder = TempDir::new().expect("a folder");
    let none = run(&folder, &["ready"], &[]);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("no server answers at 127.0.0.1:"), "{none:?}");
}
