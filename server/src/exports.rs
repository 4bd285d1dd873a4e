//! Files that are taken away: the timeline, receipts of its events, what changed in production, what is said about builds, and
//! refused attempts. For browsers, whose pages link to them; the REST API answers the same.

mod attempts;
mod pieces;
mod timeline;

pub use attempts::attempts;
pub use timeline::timeline;

use crate::routes::{Failure, Query, render};
use axum::extract::Path;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use towpath_api::attempts::AttemptsExport;
use towpath_api::audit::{AuditOpening, AuditReceipt};
use towpath_api::declarations::{DeclarationsExport, ExportedDeclarations, SCHEMA};
use towpath_api::problems::ProblemKind;
use towpath_api::timeline::TimelineExport;
use towpath_app::visitors::Visitor;
use towpath_domain::access::Actor;
use towpath_domain::changes::ChangesForm;
use towpath_service::audit::proving;
use towpath_service::{Error, Service, changes, declarations};

/// The type of a sheet.
pub const CSV: &str = "text/csv; charset=utf-8";

/// What pages link to, for who is signed in by a browser.
pub fn router() -> Router {
    Router::new()
        .route("/timeline/export", get(download_timeline))
        .route("/timeline/{seq}/receipt", get(download_receipt))
        .route("/declarations/export", get(show_declarations))
        .route("/refused-attempts/export", get(download_attempts))
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

/// As plain text, which a browser shows: there is something to read and to copy also without script.
async fn show_declarations(
    Extension(service): Extension<Service>,
    Extension(visitor): Extension<Visitor>,
    Query(asked): Query<DeclarationsExport>,
) -> Result<Response, Failure> {
    let DeclarationsExport { project, kind, slug } = asked;
    let wish = declarations::Wish { project, kind, slug };
    let exported = declarations::export(&service, &reader(visitor)?, &wish).await?;
    let schema = format!("{}{SCHEMA}", service.public_url());
    let text = ExportedDeclarations::from(exported).yaml(&schema);
    let text = text.map_err(|error| Error::Internal(format!("documents are no YAML: {error}")))?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

async fn download_attempts(
    Extension(service): Extension<Service>,
    Extension(visitor): Extension<Visitor>,
    Query(asked): Query<AttemptsExport>,
) -> Result<Response, Failure> {
    Ok(attempts(&service, &reader(visitor)?, asked).await?)
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

/// What was logged is text. What is none was tampered with, and does not have its hash any more in either form.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
