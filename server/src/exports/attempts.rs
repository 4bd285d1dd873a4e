//! Refused attempts as a file.

use super::pieces::{Pieces, json};
use axum::response::Response;
use towpath_api::attempts::{AttemptsExport, RefusedAttempt};
use towpath_api::timeline::ExportFormat;
use towpath_domain::access::Actor;
use towpath_domain::attempts::{Attempt, heading};
use towpath_service::attempts::{Export, export};
use towpath_service::{Error, Service};

/// All of them, for who configures the installation.
pub async fn attempts(service: &Service, actor: &Actor, asked: AttemptsExport) -> Result<Response, Error> {
    let format = asked.format;
    let export = export(service, actor, &asked.into()).await?;
    let head = match format {
        ExportFormat::Ndjson => String::new(),
        ExportFormat::Csv => heading(),
    };
    Ok(export.send(format, head))
}

impl Pieces for Export {
    const NAME: &'static str = "towpath-refused-attempts";

    async fn piece(&mut self, format: ExportFormat) -> Result<Option<String>, Error> {
        let found = self.next().await?;
        let line = |attempt: Attempt| match format {
            ExportFormat::Ndjson => json(&RefusedAttempt::from(attempt)),
            ExportFormat::Csv => Ok(attempt.csv()),
        };
        if found.is_empty() {
            Ok(None)
        } else {
            found.into_iter().map(line).collect::<Result<_, _>>().map(Some)
        }
    }
}
