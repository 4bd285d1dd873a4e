//! Files that are taken away: the timeline, receipts of its events, what changed in production, and what is said about builds. For browsers, whose
//! pages link to them; the REST API answers the same.

use crate::routes::{Failure, Query, render};
use axum::body::Body;
use axum::extract::Path;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::unfold;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use towpath_api::audit::{AuditOpening, AuditReceipt, LoggedEvent, TimelineLine};
use towpath_api::problems::ProblemKind;
use towpath_api::timeline::{ExportFormat, TimelineEntry, TimelineExport};
use towpath_app::visitors::Visitor;
use towpath_domain::access::Actor;
use towpath_domain::changes::ChangesForm;
use towpath_domain::sheets::row;
use towpath_service::audit::proving;
use towpath_service::timeline::export::{self, Export, Line};
use towpath_service::{Error, Service, changes};

/// The type of a sheet.
pub const CSV: &str = "text/csv; charset=utf-8";
/// The columns of a timeline as CSV.
const COLUMNS: [&str; 7] = ["seq", "at", "kind", "who", "token", "what", "why"];

/// What pages link to, for who is signed in by a browser.
pub fn router() -> Router {
    Router::new()
        .route("/timeline/export", get(download_timeline))
        .route("/timeline/{seq}/receipt", get(download_receipt))
        .route("/projects/{project}/production-changes/csv", get(download_changes))
        .route(
            "/projects/{project}/integrations/{integration}/builds/{digest}/evidence/{content}",
            get(download_evidence),
        )
        .layer(from_fn(render))
}

async fn download_timeline(
    Extension(service): Extension<Service>,
    Extension(visitor): Extension<Visitor>,
    Query(asked): Query<TimelineExport>,
) -> Result<Response, Failure> {
    Ok(timeline(&service, &reader(visitor)?, asked).await?)
}

async fn download_receipt(
    Extension(service): Extension<Service>,
    Extension(visitor): Extension<Visitor>,
    Path(seq): Path<String>,
) -> Result<Response, Failure> {
    let receipt = receipt(&service, &reader(visitor)?, &seq).await?;
    let name = format!("attachment; filename=\"towpath-receipt-{}.json\"", receipt.seq);
    Ok(([(CONTENT_DISPOSITION, name)], Json(receipt)).into_response())
}

async fn download_changes(
    Extension(service): Extension<Service>,
    Extension(visitor): Extension<Visitor>,
    Path(project): Path<String>,
    Query(asked): Query<ChangesForm>,
) -> Result<Response, Failure> {
    let changes = changes::view(&service, &reader(visitor)?, &project, &asked).await?;
    let name = format!("attachment; filename=\"{project}-production-changes.csv\"");
    Ok(([(CONTENT_TYPE, CSV.to_owned()), (CONTENT_DISPOSITION, name)], changes.csv()).into_response())
}

async fn download_evidence(
    Extension(service): Extension<Service>,
    Extension(visitor): Extension<Visitor>,
    Path((project, integration, digest, content)): Path<(String, String, String, String)>,
) -> Result<Response, Failure> {
    let at = (project.as_str(), integration.as_str());
    Ok(evidence(&service, &reader(visitor)?, at, (&digest, &content)).await?)
}

/// Something that is said about a build. It comes from whoever may push, so that no browser may show it.
pub async fn evidence(
    service: &Service,
    actor: &Actor,
    at: (&str, &str),
    (digest, content): (&str, &str),
) -> Result<Response, Error> {
    let bytes = towpath_service::evidence::content(service, actor, at, (digest, content)).await?;
    let name = content.split_once(':').map_or(content, |(_, hex)| hex);
    let name = format!("attachment; filename=\"evidence-{}.json\"", name.get(..12).unwrap_or_default());
    Ok(([(CONTENT_TYPE, "application/octet-stream".to_owned()), (CONTENT_DISPOSITION, name)], bytes)
        .into_response())
}

fn reader(visitor: Visitor) -> Result<Actor, Failure> {
    let (_, actor) = visitor.person.ok_or_else(|| {
        Failure::new(ProblemKind::Unauthenticated, "Sign in with a browser: its session opens this file.")
    })?;
    Ok(actor)
}

/// The receipt of an event by its number.
pub async fn receipt(service: &Service, actor: &Actor, seq: &str) -> Result<AuditReceipt, Error> {
    // What is no number is no event either.
    let receipt = proving::receipt(service, actor, seq.parse().unwrap_or_default()).await?;
    Ok(AuditReceipt {
        seq: receipt.seq,
        bytes: text(&receipt.bytes),
        openings: AuditOpening::list(receipt.personal),
        proof: receipt.proof,
    })
}

/// The timeline as a file, of which never more is in memory than one piece.
pub async fn timeline(service: &Service, actor: &Actor, asked: TimelineExport) -> Result<Response, Error> {
    let format = asked.format;
    let export = export::begin(service, actor, &asked.into()).await?;
    let (kind, name) = match format {
        ExportFormat::Ndjson => ("application/x-ndjson", "attachment; filename=\"towpath-timeline.ndjson\""),
        ExportFormat::Csv => (CSV, "attachment; filename=\"towpath-timeline.csv\""),
    };
    let head = match format {
        ExportFormat::Ndjson => match export.checkpoint.clone() {
            Some(checkpoint) => json(&TimelineLine::Signed { checkpoint })?,
            None => String::new(),
        },
        ExportFormat::Csv => row(COLUMNS.map(str::to_owned)),
    };
    let pieces = unfold(Some((export, head)), move |state| async move {
        let (mut export, head) = state?;
        match piece(&mut export, format).await {
            Ok(Some(piece)) => Some((Ok(Bytes::from(head + &piece)), Some((export, String::new())))),
            Ok(None) => (!head.is_empty()).then(|| (Ok(Bytes::from(head)), None)),
            // It has begun, so all that can be done is not to end it as if it were whole.
            Err(error) => {
                tracing::error!(%error, "an export of the timeline broke off");
                Some((Err(error), None))
            }
        }
    });
    let headers = [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)];
    // Compression looks once more behind the end.
    Ok((headers, Body::from_stream(pieces.fuse())).into_response())
}

async fn piece(export: &mut Export, format: ExportFormat) -> Result<Option<String>, Error> {
    let lines = export.next().await?;
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

fn json(line: &TimelineLine) -> Result<String, Error> {
    let json = serde_json::to_string(line).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(json + "\n")
}

fn logged(line: Line) -> LoggedEvent {
    LoggedEvent {
        entry: line.entry.into(),
        bytes: text(&line.bytes),
        leaf: line.leaf.map(hex::encode),
        openings: AuditOpening::list(line.personal),
    }
}

/// What was logged is text. What is none was tampered with, and does not have its hash any more in either form.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn cells(entry: TimelineEntry) -> [String; COLUMNS.len()] {
    let TimelineEntry { seq, at, kind, who, token, sentence, reason } = entry;
    let (token, reason) = (token.unwrap_or_default(), reason.unwrap_or_default());
    [seq.to_string(), at.0.to_string(), kind, who, token, sentence, reason]
}
