//! Checks: named results that CI, scanners and people report on a build.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use towpath_domain::checks as domain;
use utoipa::ToSchema;

/// The newest result of a check on a build, from one who reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    pub name: String,
    /// The bucket in which it was made, where that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    pub state: CheckState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    pub by: String,
    /// The title of the token that it was reported with, and its id, which a gate can name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    pub token_id: Option<String>,
    pub reported_at: Timestamp,
    /// How many failures were reported until now.
    pub failures: i64,
}

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It is under way.
    Pending,
    Success,
    Failure,
}

/// A result to report. It takes the place of what the same token, or people by hand, said before of the same check; the
/// same again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheck {
    /// Up to 64 letters, digits and `. _ - /`.
    #[schema(examples("unit-tests"))]
    pub name: String,
    pub state: CheckState,
    /// The slug of the bucket in which it was made, where that matters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bucket: String,
    /// Where more is told of it, such as the run in CI.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
}

impl From<domain::CheckLine> for Check {
    fn from(line: domain::CheckLine) -> Self {
        let domain::CheckLine { check, by, token } = line;
        Self {
            name: check.name.into(),
            bucket: check.bucket.map(|bucket| bucket.slug.into()),
            state: check.state.into(),
            link: check.link.map(Into::into),
            summary: check.summary.map(Into::into),
            by,
            token,
            token_id: check.by.token.map(|token| token.to_string()),
            reported_at: check.reported_at.into(),
            failures: check.failures,
        }
    }
}

impl From<NewCheck> for domain::CheckForm {
    fn from(new: NewCheck) -> Self {
        let state = domain::CheckState::from(new.state).name().to_owned();
        Self { name: new.name, state, bucket: new.bucket, link: new.link, summary: new.summary }
    }
}

impl FromStr for CheckState {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        domain::CheckState::parse(text).map(Self::from).ok_or("use success, failure or pending")
    }
}

impl From<domain::CheckState> for CheckState {
    fn from(state: domain::CheckState) -> Self {
        match state {
            domain::CheckState::Pending => Self::Pending,
            domain::CheckState::Success => Self::Success,
            domain::CheckState::Failure => Self::Failure,
        }
    }
}

impl From<CheckState> for domain::CheckState {
    fn from(state: CheckState) -> Self {
        match state {
            CheckState::Pending => Self::Pending,
            CheckState::Success => Self::Success,
            CheckState::Failure => Self::Failure,
        }
    }
}
