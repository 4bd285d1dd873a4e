//! Refused attempts.

use crate::timeline::ExportFormat;
use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::attempts as domain;
use utoipa::{IntoParams, ToSchema};

/// Somebody who was turned away, or several alike within a minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedAttempt {
    #[schema(format = "uuid")]
    pub id: String,
    /// `sign_in`, `permission` or `signature`.
    pub kind: String,
    /// The method and the pattern of the address; empty where several are counted together.
    #[schema(examples("POST /api/v1/projects"))]
    pub door: String,
    /// Why, in words that repeat nothing of what was sent.
    pub because: String,
    /// The name of who acted, where that was known.
    pub who: Option<String>,
    /// The network that it came from: an address, of IPv6 the /64; absent where several are counted together.
    pub from: Option<String>,
    pub count: i64,
    pub at: Timestamp,
    pub last_at: Timestamp,
}

/// Which page of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttemptsFilter {
    /// `sign_in`, `permission` or `signature`; without one, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What `next` of the page before held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many to list, 1 to 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// Which of them to export, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttemptsExport {
    /// `ndjson`, if not given, or `csv`.
    #[param(inline)]
    pub format: ExportFormat,
    /// `sign_in`, `permission` or `signature`; without one, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl From<domain::Attempt> for RefusedAttempt {
    fn from(attempt: domain::Attempt) -> Self {
        Self {
            id: attempt.id.to_string(),
            kind: attempt.kind.name().to_owned(),
            door: attempt.door,
            because: attempt.because,
            who: attempt.who,
            from: attempt.from,
            count: attempt.count,
            at: attempt.at.into(),
            last_at: attempt.last_at.into(),
        }
    }
}

impl From<AttemptsFilter> for domain::AttemptsForm {
    fn from(filter: AttemptsFilter) -> Self {
        Self { kind: filter.kind.unwrap_or_default() }
    }
}

impl From<AttemptsExport> for domain::AttemptsForm {
    fn from(export: AttemptsExport) -> Self {
        Self { kind: export.kind.unwrap_or_default() }
    }
}
