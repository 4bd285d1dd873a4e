//! What a CI says of a build when it announces it, beside what the image's labels say.

use super::{Claim, Origin};
use crate::forms::{Check, Invalid};
use crate::references::Tag;
use crate::times::Time;
use crate::words::is_web_address;
use std::collections::BTreeMap;

/// A build to announce, as it is typed: an image that was pushed, with what is known of it. What is empty was not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnnounceForm {
    pub digest: String,
    pub tag: String,
    pub statement: Statement,
}

/// What is said of a build. Refs are full names, such as `refs/heads/feature/x`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    pub commit: String,
    /// When the commit was made, by RFC 3339.
    pub committed_at: String,
    pub repository: String,
    pub git_ref: String,
    pub version: String,
    pub message: String,
    /// Who wrote the commit, as git writes people: `NAME <ADDRESS>`.
    pub author: String,
    /// Who or what made the CI run, by the name that the CI has for them.
    pub actor: String,
    /// What made the CI run, such as `push` or `pull_request`.
    pub event: String,
    /// The name of the CI system.
    pub ci: String,
    pub run: String,
    pub run_link: String,
    /// Whatever else, by name.
    pub metadata: BTreeMap<String, String>,
}

/// The most bytes of a field; rules compare no more.
const FIELD: usize = 512;
/// The most characters of a commit's message that are kept.
pub const MESSAGE: usize = 1_000;
const LINK: usize = 2_000;
/// The most entries of free metadata, and the most bytes of the name of one.
const ENTRIES: usize = 64;
const NAME: usize = 100;

impl AnnounceForm {
    /// The tag, with what is said as it is kept.
    pub fn check(self) -> Result<(Tag, Statement), Invalid> {
        let mut check = Check::default();
        let tag = check.field("tag", Tag::parse(&self.tag));
        if tag.as_ref().is_some_and(|tag| tag.is_current() || tag.is_referrers_fallback()) {
            check.mistake("tag", "This tag has a meaning of its own. Use another.");
        }
        let statement = self.statement.check(&mut check);
        check.finish(tag.map(|tag| (tag, statement)))
    }
}

impl Statement {
    fn check(self, check: &mut Check) -> Self {
        let line = |check: &mut Check, field: &str, text: String| {
            let text = text.trim().to_owned();
            if text.len() > FIELD || text.chars().any(char::is_control) {
                check.mistake(field, format!("Write one line of at most {FIELD} bytes."));
            }
            text
        };
        if !self.run_link.is_empty() && (self.run_link.len() > LINK || !is_web_address(&self.run_link)) {
            check.mistake("run_link", "Write an address that begins with https:// or http://.");
        }
        if self.metadata.len() > ENTRIES {
            check.mistake("metadata", format!("Give at most {ENTRIES} entries."));
        }
        for (name, value) in &self.metadata {
            let wrong = name.is_empty() || name.len() > NAME || name.chars().any(char::is_control);
            if wrong || value.len() > FIELD || value.contains('\0') {
                let words =
                    format!("“{name}” has a name of 1 to {NAME} bytes and a value of at most {FIELD}.");
                check.mistake("metadata", words);
            }
        }
        let committed_at = self.committed_at.trim();
        let committed_at = (!committed_at.is_empty()).then(|| Time::parse(committed_at));
        let committed_at = committed_at.and_then(|at| check.field("committed_at", at));
        let shown = |character: &char| !character.is_control() || matches!(character, '\n' | '\t');
        Self {
            commit: line(check, "commit", self.commit),
            committed_at: committed_at.map(|at| at.to_string()).unwrap_or_default(),
            repository: line(check, "repository", self.repository),
            git_ref: line(check, "git_ref", self.git_ref),
            version: line(check, "version", self.version),
            author: line(check, "author", self.author),
            actor: line(check, "actor", self.actor),
            event: line(check, "event", self.event),
            ci: line(check, "ci", self.ci),
            run: line(check, "run", self.run),
            // Nobody can shorten a commit's message any more.
            message: self.message.trim().chars().filter(shown).take(MESSAGE).collect(),
            run_link: self.run_link,
            metadata: self.metadata,
        }
    }

    /// Where a build came from by what is said of it and by its labels; what is said counts for more.
    pub fn over(self, labelled: Origin) -> Origin {
        let said = |value: String| (!value.is_empty()).then_some(Claim { value, verified: false });
        Origin {
            commit: said(self.commit).or(labelled.commit),
            committed_at: said(self.committed_at),
            repository: said(self.repository).or(labelled.repository),
            git_ref: said(self.git_ref).or(labelled.git_ref),
            version: said(self.version).or(labelled.version),
            title: labelled.title,
            authors: labelled.authors,
            message: said(self.message),
            author: said(self.author),
            actor: said(self.actor),
            event: said(self.event),
            ci: said(self.ci),
            run: said(self.run),
            run_link: said(self.run_link),
            metadata: self.metadata,
            labels: labelled.labels,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: impl FnOnce(&mut Statement)) -> AnnounceForm {
        let mut statement = Statement::default();
        change(&mut statement);
        AnnounceForm { digest: String::new(), tag: "1.4.2".to_owned(), statement }
    }

    #[test]
    fn what_is_said_counts_for_more_than_labels() {
        let labels = [(Origin::GIT_REF.to_owned(), "main".to_owned()), ("team".to_owned(), "pay".to_owned())];
        let said = form(|said| said.git_ref = "refs/heads/feature/x".to_owned()).check().unwrap().1;
        let origin = said.over(Origin::from_labels(labels.clone()));
        assert_eq!(origin.git_ref.unwrap().value, "refs/heads/feature/x");
        assert_eq!(origin.labels["team"], "pay");
        let silent = Statement::default().over(Origin::from_labels(labels));
        assert_eq!(silent.git_ref.unwrap().value, "main");
    }

    #[test]
    fn a_text_that_a_shell_would_run_is_kept_as_it_is() {
        let text = "it's \"quoted\" $(rm -rf /) `x` ; ü";
        let said = form(|said| {
            said.author = format!("{text} <dev@example.org>");
            said.message = format!("{text}\n\nline two\u{0}\u{1b}[31m");
        });
        let said = said.check().unwrap().1;
        assert_eq!(said.author, format!("{text} <dev@example.org>"));
        assert_eq!(said.message, format!("{text}\n\nline two[31m"));
    }

    #[test]
    fn what_nobody_can_read_is_refused_by_its_field() {
        let many = |most: usize| (0..most).map(|at| (at.to_string(), String::new())).collect();
        for (field, wrong) in [
            ("git_ref", form(|said| said.git_ref = "refs/heads/a\nb".to_owned())),
            ("actor", form(|said| said.actor = "x".repeat(513))),
            ("run_link", form(|said| said.run_link = "javascript:alert(1)".to_owned())),
            ("metadata", form(|said| said.metadata = [(String::new(), String::new())].into())),
            ("metadata", form(|said| said.metadata = many(65))),
        ] {
            assert_eq!(wrong.check().unwrap_err().errors()[0].field, field);
        }
        assert!(form(|said| said.metadata = many(64)).check().is_ok());
        let long = form(|said| said.message = "x".repeat(5_000)).check().unwrap().1;
        assert_eq!(long.message.len(), MESSAGE);
    }
}
