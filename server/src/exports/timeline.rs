//! The timeline as a file.

use super::pieces::{Pieces, json};
use super::text;
use axum::response::Response;
use towpath_api::audit::{AuditOpening, LoggedEvent, TimelineLine};
use towpath_api::timeline::{ExportFormat, TimelineEntry, TimelineExport};
use towpath_domain::access::Actor;
use towpath_domain::sheets::row;
use towpath_service::timeline::export::{self, Export, Line};
use towpath_service::{Error, Service};

/// The columns of a timeline as CSV.
const COLUMNS: [&str; 8] = ["seq", "at", "kind", "who", "token", "what", "why", "mark"];

/// The events that fit, as far as who asks sees them.
pub async fn timeline(service: &Service, actor: &Actor, asked: TimelineExport) -> Result<Response, Error> {
    let format = asked.format;
    let export = export::begin(service, actor, &asked.into()).await?;
    let head = match format {
        ExportFormat::Ndjson => match export.checkpoint.clone() {
            Some(checkpoint) => json(&TimelineLine::Signed { checkpoint })?,
            None => String::new(),
        },
        ExportFormat::Csv => row(COLUMNS.map(str::to_owned)),
    };
    Ok(export.send(format, head))
}

impl Pieces for Export {
    const NAME: &'static str = "towpath-timeline";

    async fn piece(&mut self, format: ExportFormat) -> Result<Option<String>, Error> {
        let lines = self.next().await?;
        if lines.is_empty() {
            return Ok(None);
        }
        let lines: Result<String, Error> = lines
            .into_iter()
            .map(|line| match format {
                ExportFormat::Ndjson => json(&TimelineLine::Event(Box::new(logged(line)))),
                ExportFormat::Csv => Ok(row(cells(line.entry.into()))),
            })
            .collect();
        lines.map(Some)
    }
}

fn logged(line: Line) -> LoggedEvent {
    LoggedEvent {
        entry: line.entry.into(),
        bytes: text(&line.bytes),
        leaf: line.leaf.map(hex::encode),
        openings: AuditOpening::list(line.personal),
    }
}

fn cells(entry: TimelineEntry) -> [String; COLUMNS.len()] {
    let TimelineEntry { seq, at, kind, who, token, sentence, reason, mark } = entry;
    let [token, reason, mark] = [token, reason, mark].map(Option::unwrap_or_default);
    [seq.to_string(), at.0.to_string(), kind, who, token, sentence, reason, mark]
}
