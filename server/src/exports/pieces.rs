//! Files that are made while they are sent, of which never more is in memory than one piece.

use super::CSV;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::unfold;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Serialize;
use std::future::Future;
use towpath_api::timeline::ExportFormat;
use towpath_service::Error;

/// What is sent piece by piece.
pub trait Pieces: Send + Sized + 'static {
    /// What the file is called, without its ending.
    const NAME: &'static str;

    /// The next lines; none at the end.
    fn piece(&mut self, format: ExportFormat) -> impl Future<Output = Result<Option<String>, Error>> + Send;

    /// The answer that sends it, after a head.
    fn send(self, format: ExportFormat, head: String) -> Response {
        let (kind, ending) = match format {
            ExportFormat::Ndjson => ("application/x-ndjson", "ndjson"),
            ExportFormat::Csv => (CSV, "csv"),
        };
        let pieces = unfold(Some((self, head)), move |state| async move {
            let (mut source, head) = state?;
            match source.piece(format).await {
                Ok(Some(piece)) => Some((Ok(Bytes::from(head + &piece)), Some((source, String::new())))),
                Ok(None) => (!head.is_empty()).then(|| (Ok(Bytes::from(head)), None)),
                // It has begun, so all that can be done is not to end it as if it were whole.
                Err(error) => {
                    tracing::error!(%error, name = Self::NAME, "an export broke off");
                    Some((Err(error), None))
                }
            }
        });
        let name = format!("attachment; filename=\"{}.{ending}\"", Self::NAME);
        let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)];
        // Compression looks once more behind the end.
        (headers, Body::from_stream(pieces.fuse())).into_response()
    }
}

/// A line of JSON.
pub fn json(line: &impl Serialize) -> Result<String, Error> {
    let json = serde_json::to_string(line).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(json + "\n")
}
