//! The audit timeline.

use crate::times::Timestamp;
use serde::{Deserialize, Serialize};
use towpath_domain::timeline::{self as domain, sentence};
use utoipa::{IntoParams, ToSchema};

/// One change that anyone or anything made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    /// Its place in the log, from 1 without gaps.
    pub seq: i64,
    pub at: Timestamp,
    /// For example `promotion_applied`.
    pub kind: String,
    /// Who did it: a name, or “The server”.
    pub who: String,
    /// The title of the token, where a machine did it in that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What was done, to be read after `who`.
    pub sentence: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What whoever reads it should not pass over, such as “touches production”.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

/// Which events to list; what is left out does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimelineFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// `PROJECT/INTEGRATION`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    /// A bucket's slug, in any integration or in the given one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// A person's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// For example `promotion_applied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What `next` of the page before held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many events to list, 1 to 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// JSON, an event on each line, with what it takes to verify it.
    #[default]
    Ndjson,
    /// For a spreadsheet.
    Csv,
}

/// Which events to export, and how; what is left out does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimelineExport {
    /// `ndjson`, if not given, or `csv`.
    #[param(inline)]
    pub format: ExportFormat,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// `PROJECT/INTEGRATION`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    /// A bucket's slug, in any integration or in the given one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// A person's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// For example `promotion_applied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl From<TimelineExport> for domain::Filter {
    fn from(export: TimelineExport) -> Self {
        let TimelineExport { project, integration, bucket, person, kind, .. } = export;
        TimelineFilter { project, integration, bucket, person, kind, ..TimelineFilter::default() }.into()
    }
}

impl From<domain::Entry> for TimelineEntry {
    fn from(entry: domain::Entry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at.into(),
            kind: entry.kind,
            who: entry.who,
            token: entry.with,
            sentence: sentence::plain(&entry.sentence),
            reason: entry.reason,
            mark: entry.mark,
        }
    }
}

impl From<TimelineFilter> for domain::Filter {
    fn from(filter: TimelineFilter) -> Self {
        Self {
            project: filter.project.unwrap_or_default(),
            integration: filter.integration.unwrap_or_default(),
            bucket: filter.bucket.unwrap_or_default(),
            person: filter.person.unwrap_or_default(),
            kind: filter.kind.unwrap_or_default(),
        }
    }
}
