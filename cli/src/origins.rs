//! What is known of a build where it is pushed: by the variables of the CI system, else by git in the working folder.
//!
//! [`detect`] is a pure function of what was read. A build of a pull request is named by the request and never by a
//! branch: a branch of a fork can be called whatever the rules let in.

mod git;
mod systems;

pub use git::Git;

use serde_json::Value;
use towpath_api::builds::NewOrigin;

/// Variables of the environment, by name; what is empty counts as absent.
pub trait Environment {
    fn get(&self, name: &str) -> Option<String>;
}

impl<F: Fn(&str) -> Option<String>> Environment for F {
    fn get(&self, name: &str) -> Option<String> {
        self(name)
    }
}

/// What was found, with the short name of the tag, where it is one that is built.
pub fn detect(
    env: &dyn Environment,
    event: Option<&Value>,
    git: &dyn Fn(Option<&str>) -> Option<Git>,
) -> NewOrigin {
    let mut origin = systems::detect(env, event).unwrap_or_default();
    let known = Some(origin.commit.as_str()).filter(|commit| is_commit(commit));
    if let Some(git) = git(known) {
        fill(&mut origin, git);
    }
    origin.repository = web_address(&origin.repository);
    origin
}

/// What the CI does not say, by git; of another commit than the CI's, nothing.
fn fill(origin: &mut NewOrigin, git: Git) {
    let absent = |field: &mut String, value: String| {
        if field.is_empty() {
            *field = value;
        }
    };
    absent(&mut origin.repository, git.repository);
    if !origin.commit.is_empty() && origin.commit != git.commit {
        return;
    }
    // Where no CI speaks, what is checked out is what is built.
    if origin.ci.is_empty() {
        absent(&mut origin.git_ref, git.checked_out);
        if git.changed {
            origin.metadata.insert("changed".to_owned(), "true".to_owned());
        }
    }
    absent(&mut origin.commit, git.commit);
    absent(&mut origin.committed_at, git.committed_at);
    absent(&mut origin.author, git.author);
    absent(&mut origin.message, git.message);
}

/// A git tag, by its short name.
pub fn git_tag(origin: &NewOrigin) -> Option<&str> {
    origin.git_ref.strip_prefix("refs/tags/")
}

fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Where a repository is looked at: without credentials, which checkouts often carry, and the same for SSH and HTTPS. A
/// folder of this machine is nothing to anybody else.
fn web_address(text: &str) -> String {
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some(("http", rest)) => ("http", rest),
        Some(("https" | "ssh" | "git", rest)) => ("https", rest),
        Some(_) => return String::new(),
        // `git@host:path`, as scp writes it.
        None => match text.split_once(':') {
            Some((host, path)) if host.contains('@') && !path.starts_with('/') => {
                return web_address(&format!("ssh://{host}/{path}"));
            }
            _ => return String::new(),
        },
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit('@').next().unwrap_or(host);
    let host = if text.starts_with("ssh://") { host.split(':').next().unwrap_or(host) } else { host };
    let path = path.trim_end_matches('/').trim_end_matches(".git");
    format!("{scheme}://{host}/{path}")
}

#[cfg(test)]
mod tests;
