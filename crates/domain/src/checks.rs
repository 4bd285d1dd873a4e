//! Checks: named results that CI, scanners and people report on a build.

use crate::buckets::{BucketKey, BucketName};
use crate::forms::{Check as FormCheck, Invalid};
use crate::ids::{BuildId, TokenId};
use crate::placements::Placer;
use crate::slugs::Slug;
use crate::times::Time;
use crate::words::{Link, Reason};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of a check: letters, digits and `. _ - /`, such as `unit-tests` or `scan/trivy`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CheckName(String);

/// A text is not the name of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Name a check by up to 64 letters, digits and . _ - /, such as unit-tests or scan/trivy.")]
pub struct CheckNameError;

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It is under way.
    Pending,
    Success,
    Failure,
}

/// The newest result of a check on a build, from one reporter: a token, or people by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub build: BuildId,
    pub name: CheckName,
    /// The bucket in which it was made, where that matters.
    pub bucket: Option<BucketName>,
    pub state: CheckState,
    /// Where more is told of it, such as the run in CI.
    pub link: Option<Link>,
    pub summary: Option<Reason>,
    pub by: Placer,
    pub reported_at: Time,
    /// How many failures were reported until now, so that a success after them stays visible.
    pub failures: i64,
}

/// A check with the names of who reported it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLine {
    pub check: Check,
    pub by: String,
    /// The title of the token that it was reported with.
    pub token: Option<String>,
}

/// A token as a gate names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenName {
    pub id: TokenId,
    pub title: String,
}

/// A check that a gate asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub name: CheckName,
    /// Where it has to be made, if that matters.
    pub bucket: Option<BucketName>,
    /// The tokens whose word counts; anybody's who may report, where none is named.
    pub by: Vec<TokenName>,
}

/// A result to report, as it is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckForm {
    pub name: String,
    pub state: String,
    /// A bucket by its slug; empty where it is about the build alone.
    pub bucket: String,
    pub link: String,
    pub summary: String,
}

/// A result that was checked, before its bucket is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCheck {
    pub name: CheckName,
    pub state: CheckState,
    pub bucket: Option<Slug>,
    pub link: Option<Link>,
    pub summary: Option<Reason>,
}

impl CheckName {
    pub fn parse(text: &str) -> Result<Self, CheckNameError> {
        let text = text.trim();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/');
        let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        let right = starts && text.len() <= 64 && text.bytes().all(fits);
        if right { Ok(Self(text.to_owned())) } else { Err(CheckNameError) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CheckName {
    type Error = CheckNameError;

    fn try_from(text: String) -> Result<Self, CheckNameError> {
        Self::parse(&text)
    }
}

impl From<CheckName> for String {
    fn from(name: CheckName) -> Self {
        name.0
    }
}

impl CheckState {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Success, Self::Failure];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == text)
    }
}

impl CheckForm {
    pub fn check(&self) -> Result<NewCheck, Invalid> {
        let mut check = FormCheck::default();
        let name = check.field("name", CheckName::parse(&self.name));
        let state = CheckState::parse(&self.state).ok_or("Use success, failure or pending.");
        let state = check.field("state", state);
        let bucket = match self.bucket.trim() {
            "" => Some(None),
            text => check.field("bucket", Slug::parse(text)).map(Some),
        };
        let link = match self.link.trim() {
            "" => Some(None),
            text => check.field("link", Link::parse(text)).map(Some),
        };
        let summary = match self.summary.trim() {
            "" => Some(None),
            text => check.field("summary", Reason::parse(text)).map(Some),
        };
        let new = name.zip(state).zip(bucket).zip(link.zip(summary)).map(
            |(((name, state), bucket), (link, summary))| NewCheck { name, state, bucket, link, summary },
        );
        check.finish(new)
    }
}

impl Wanted {
    /// The rule as people read it on a stage: “a success of smoke in qa, reported by the token ci”.
    pub fn words(&self) -> String {
        let bucket = self.bucket.as_ref().map(|bucket| format!(" in {}", bucket.slug)).unwrap_or_default();
        let titles: Vec<String> = self.by.iter().map(|token| format!("“{}”", token.title)).collect();
        let by = match titles.as_slice() {
            [] => String::new(),
            titles => format!(", reported by {}", titles.join(" or ")),
        };
        format!("a success of {}{bucket}{by}", self.name)
    }

    /// The newest word on it that counts.
    pub fn newest<'a>(&self, checks: &'a [Check]) -> Option<&'a Check> {
        checks.iter().filter(|check| self.fits(check)).max_by_key(|check| check.reported_at)
    }

    /// That it failed before it succeeded, by the word of anybody whose word counts.
    pub fn note(&self, checks: &[Check]) -> Option<String> {
        let newest = self.newest(checks)?;
        let failures = checks.iter().filter(|check| self.fits(check)).map(|check| check.failures).sum();
        after_failures(newest.state, failures)
    }

    fn fits(&self, check: &Check) -> bool {
        let place: Option<BucketKey> = self.bucket.as_ref().map(|bucket| bucket.key);
        let there = place.is_none() || check.bucket.as_ref().map(|bucket| bucket.key) == place;
        let trusted = self.by.is_empty() || self.by.iter().any(|token| Some(token.id) == check.by.token);
        check.name == self.name && there && trusted
    }
}

impl Check {
    /// That it failed before it succeeded, where it did.
    pub fn after_failures(&self) -> Option<String> {
        after_failures(self.state, self.failures)
    }
}

fn after_failures(state: CheckState, failures: i64) -> Option<String> {
    match (state, failures) {
        (CheckState::Success, 1) => Some("It failed once before.".to_owned()),
        (CheckState::Success, 2..) => Some(format!("It failed {failures} times before.")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buckets::BucketKind;
    use crate::ids::PersonId;
    use uuid::Uuid;

    fn check(name: &str, state: CheckState, at: i64) -> Check {
        Check {
            build: BuildId(Uuid::nil()),
            name: CheckName::parse(name).expect("a name"),
            bucket: None,
            state,
            link: None,
            summary: None,
            by: Placer { person: PersonId(Uuid::nil()), token: None },
            reported_at: Time::from_micros(at),
            failures: 0,
        }
    }

    fn wanted(name: &str) -> Wanted {
        Wanted { name: CheckName::parse(name).expect("a name"), bucket: None, by: Vec::new() }
    }

    #[test]
    fn names_are_one_word_of_plain_characters() {
        for text in ["unit-tests", "scan/trivy", "e2e.chrome_119", "A"] {
            assert!(CheckName::parse(text).is_ok(), "{text}");
        }
        for text in ["", " ", "unit tests", "-x", "/x", "tests,lint", "prüfung", &"x".repeat(65)] {
            assert_eq!(CheckName::parse(text), Err(CheckNameError), "{text}");
        }
    }

    #[test]
    fn the_newest_word_counts() {
        let checks = [
            check("tests", CheckState::Success, 1),
            check("tests", CheckState::Failure, 2),
            check("lint", CheckState::Success, 3),
        ];
        assert_eq!(wanted("tests").newest(&checks), Some(&checks[1]));
        assert_eq!(wanted("scan").newest(&checks), None);
    }

    #[test]
    fn only_the_named_tokens_count_and_only_in_the_named_bucket() {
        let token = TokenName { id: TokenId(Uuid::from_u128(1)), title: "ci".to_owned() };
        let bucket = BucketName {
            key: BucketKey::new(BucketKind::Environment, Uuid::from_u128(2)),
            slug: Slug::parse("qa").expect("a slug"),
        };
        let wanted = Wanted { bucket: Some(bucket.clone()), by: vec![token.clone()], ..wanted("smoke") };
        assert_eq!(wanted.words(), "a success of smoke in qa, reported by “ci”");
        let by_hand = Check { bucket: Some(bucket.clone()), ..check("smoke", CheckState::Success, 2) };
        let elsewhere = Check {
            by: Placer { token: Some(token.id), ..by_hand.by },
            ..check("smoke", CheckState::Success, 3)
        };
        let right = Check { bucket: Some(bucket), reported_at: Time::from_micros(1), ..elsewhere.clone() };
        assert_eq!(wanted.newest(&[by_hand.clone(), elsewhere.clone()]), None);
        assert_eq!(wanted.newest(&[by_hand, right.clone(), elsewhere]), Some(&right));
    }
}
