//! Reaching the place where an image lies: the daemon's socket, or a registry with what one is signed in to it with.

use crate::failure::Failure;
use serde::Deserialize;
use std::collections::HashMap;
use std::env;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use towpath_domain::references::ImageReference;
use towpath_oci::{Credentials, Place, Registry, Retries, Source};

/// Where images without a host are, and by which name the registry answers.
const HUB: &str = "docker.io";
const HUB_SERVER: &str = "registry-1.docker.io";
/// How Docker's own file calls it.
const HUB_KEY: &str = "https://index.docker.io/v1/";

/// How often a request is tried, before it is given up after some minutes.
pub fn retries() -> Retries {
    // Every hasher of the standard library begins with keys of its own.
    let random = || u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or_default();
    Retries::new(6, Duration::from_secs(1), random)
}

/// A client for streams of any length: only silence is bounded.
pub fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_mins(5))
        .user_agent(concat!("towpath/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::limited(5))
}

/// What it takes to read from a place.
pub fn reach(place: Place) -> Result<Source, Failure> {
    Ok(match place {
        Place::Path { path, choice } => Source::Path { path, choice },
        Place::Stdin => Source::Stdin { choice: None },
        Place::Daemon(name) => Source::Daemon { http: daemon()?, name },
        Place::Registry(reference) => registry(&reference)?,
    })
}

fn registry(reference: &ImageReference) -> Result<Source, Failure> {
    let host = reference.host.as_deref().unwrap_or(HUB);
    let name = match reference.name.as_str() {
        short if host == HUB && !short.contains('/') => format!("library/{short}"),
        name => name.to_owned(),
    };
    let local = host.split(':').next().is_some_and(|name| name == "localhost" || name.starts_with("127."));
    let scheme = if local { "http" } else { "https" };
    let server = if host == HUB { HUB_SERVER } else { host };
    let client = http().build().map_err(|error| Failure::Usage(error.to_string()))?;
    let registry = Registry::new(client, &format!("{scheme}://{server}"), credentials(host), retries())?;
    let tag = reference.tag.as_ref().map_or("latest", |tag| tag.as_str());
    let reference = reference.digest.as_ref().map_or_else(|| tag.to_owned(), ToString::to_string);
    Ok(Source::Registry { repository: registry.to_read(&name), reference })
}

/// A client of the daemon that the environment names, or that listens where Docker and Podman do.
fn daemon() -> Result<reqwest::Client, Failure> {
    let named = ["DOCKER_HOST", "CONTAINER_HOST"].into_iter().find_map(|name| env::var(name).ok());
    let socket = match named.as_deref().filter(|named| !named.is_empty()) {
        Some(named) => named.strip_prefix("unix://").map(PathBuf::from).ok_or_else(|| {
            let words = "save the image with `docker save` and push that file";
            Failure::Usage(format!(
                "only a daemon on this machine can be asked, and {named} is none; {words}"
            ))
        })?,
        None => usual_socket()?,
    };
    let built = http().unix_socket(socket).no_proxy().build();
    built.map_err(|error| Failure::Usage(error.to_string()))
}

fn usual_socket() -> Result<PathBuf, Failure> {
    let own = env::var_os("XDG_RUNTIME_DIR").map(|folder| Path::new(&folder).join("podman/podman.sock"));
    let usual = ["/var/run/docker.sock", "/run/podman/podman.sock"].map(PathBuf::from);
    let none = "there is no such file, and neither Docker nor Podman runs here; push an archive instead: \
                `docker save app -o app.tar`";
    let mut sockets = usual.into_iter().chain(own);
    sockets.find(|path| path.exists()).ok_or_else(|| Failure::NotFound(none.to_owned()))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AuthFile {
    auths: HashMap<String, Auth>,
    cred_helpers: HashMap<String, String>,
    creds_store: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Auth {
    auth: Option<String>,
}

/// What `docker login` or `podman login` keep for a registry (containers-auth.json(5)).
fn credentials(host: &str) -> Option<Credentials> {
    let folder = |name: &str, file: &str| env::var_os(name).map(|folder| Path::new(&folder).join(file));
    let files = [
        env::var_os("REGISTRY_AUTH_FILE").map(PathBuf::from),
        folder("XDG_RUNTIME_DIR", "containers/auth.json"),
        folder("DOCKER_CONFIG", "config.json"),
        folder("HOME", ".docker/config.json"),
    ];
    files.into_iter().flatten().find_map(|file| {
        let file: AuthFile = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        of(&file, host)
    })
}

fn of(file: &AuthFile, host: &str) -> Option<Credentials> {
    let keys = [host, if host == HUB { HUB_KEY } else { host }];
    let helper = |key: &str| file.cred_helpers.get(key).or(file.creds_store.as_ref());
    keys.into_iter().find_map(|key| {
        let kept = file.auths.get(key).and_then(|kept| kept.auth.as_deref()).and_then(Credentials::decode);
        kept.or_else(|| ask(helper(key)?, key))
    })
}

/// Asks a credential helper (github.com/docker/docker-credential-helpers).
fn ask(helper: &str, key: &str) -> Option<Credentials> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        username: String,
        secret: String,
    }
    let plain = helper.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if !plain {
        return None;
    }
    let mut child = Command::new(format!("docker-credential-{helper}"))
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // Closed after it, so that the helper knows that this is all.
    child.stdin.take()?.write_all(key.as_bytes()).ok()?;
    let output = child.wait_with_output().ok().filter(|output| output.status.success())?;
    let Answer { username, secret } = serde_json::from_slice(&output.stdout).ok()?;
    Some(Credentials::new(&username, &secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_those_of_the_registry_and_of_no_other() {
        let file = r#"{"auths": {"ghcr.io": {"auth": "YW5hOnNlY3JldA=="}, "https://index.docker.io/v1/": {"auth": "aHViOmE="}}}"#;
        let file: AuthFile = serde_json::from_str(file).unwrap();
        assert_eq!(of(&file, "ghcr.io"), Some(Credentials::new("ana", "secret")));
        assert_eq!(of(&file, HUB), Some(Credentials::new("hub", "a")));
        assert_eq!(of(&file, "evil.example"), None);
    }
}
