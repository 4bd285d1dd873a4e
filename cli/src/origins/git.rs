//! What git says of the working folder. It is asked with arguments and without a shell, so that no name is run.

use std::process::{Command, Stdio};

/// The answers of git; empty where it has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Git {
    pub commit: String,
    /// When the commit was made, by RFC 3339.
    pub committed_at: String,
    pub author: String,
    pub message: String,
    /// In full: the branch, or the tag of a checkout without one.
    pub checked_out: String,
    pub repository: String,
    /// Whether files differ from the commit.
    pub changed: bool,
}

impl Git {
    /// Asks about a commit, or what is checked out. Absent outside a repository, or without git.
    pub fn read(commit: Option<&str>) -> Option<Self> {
        let head = ask(&["rev-parse", "--verify", "HEAD"])?;
        let commit = commit.unwrap_or(&head);
        // In a shallow checkout it may be unknown.
        let told = ask(&["log", "-1", "--format=%H%x00%cI%x00%an <%ae>%x00%B", commit, "--"]);
        let told = told.unwrap_or_default();
        let mut told = told.splitn(4, '\0').map(|part| part.trim().to_owned());
        let mut next = || told.next().unwrap_or_default();
        Some(Self {
            commit: next(),
            committed_at: next(),
            author: next(),
            message: next(),
            checked_out: if commit == head { checked_out() } else { String::new() },
            repository: ask(&["remote", "get-url", "origin"]).unwrap_or_default(),
            changed: ask(&["status", "--porcelain", "--untracked-files=no"])
                .is_some_and(|text| !text.is_empty()),
        })
    }
}

/// A checkout without a branch is known by its tag, if it has exactly one.
fn checked_out() -> String {
    if let Some(branch) = ask(&["symbolic-ref", "--quiet", "HEAD"]) {
        return branch;
    }
    let tags = ask(&["tag", "--points-at", "HEAD"]).unwrap_or_default();
    match tags.lines().collect::<Vec<_>>()[..] {
        [tag] => format!("refs/tags/{tag}"),
        _ => String::new(),
    }
}

fn ask(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned();
    output.status.success().then_some(text)
}
