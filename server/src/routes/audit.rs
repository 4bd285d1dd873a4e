//! Proof of the audit log. At `/log` it is as well where tools of others look for it: <https://c2sp.org/tlog-tiles>.

use super::callers::Caller;
use super::failures::Failure;
use super::queries::{Query, Sizes};
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use http::header::CONTENT_TYPE;
use towpath_api::audit::{AuditConsistency, AuditKey};
use towpath_proof::TileId;
use towpath_service::audit::{self, proving};
use towpath_service::{Error, Service};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(checkpoint)).routes(routes!(consistency)).routes(routes!(keys))
}

/// The log as a tree of tiles. Its addresses are not ours to describe.
pub fn log() -> Router<Service> {
    Router::new().route("/log/checkpoint", get(checkpoint)).route("/log/tile/{level}/{*index}", get(tile))
}

type Plain = ([(http::HeaderName, &'static str); 1], String);

/// The newest checkpoint: how many events there are, and the root of their tree, signed.
#[utoipa::path(
    get, path = "/audit/checkpoint", operation_id = "checkpoint", tag = "audit",
    responses((status = 200, description = "A signed note", body = String, content_type = "text/plain"), Failure)
)]
async fn checkpoint(State(service): State<Service>, _: Caller) -> Result<Plain, Failure> {
    let note = proving::checkpoint(&service).await?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], note))
}

/// Proves that a larger log begins with a smaller one: that nothing of it was changed since.
#[utoipa::path(
    get, path = "/audit/consistency", operation_id = "consistency", tag = "audit",
    params(Sizes), responses((status = 200, description = "As asked for", body = AuditConsistency), Failure)
)]
async fn consistency(
    State(service): State<Service>,
    _: Caller,
    Query(Sizes { from, to }): Query<Sizes>,
) -> Result<Json<AuditConsistency>, Failure> {
    let proof = proving::consistency(&service, from, to).await?;
    Ok(Json(AuditConsistency::new(from, to, &proof)))
}

/// The keys by which the log was signed, the oldest first. The last one is in force.
#[utoipa::path(
    get, path = "/audit/keys", operation_id = "audit_keys", tag = "audit",
    responses((status = 200, description = "As asked for", body = Vec<AuditKey>), Failure)
)]
async fn keys(State(service): State<Service>, _: Caller) -> Result<Json<Vec<AuditKey>>, Failure> {
    let key =
        |key: audit::Key| AuditKey { key: key.public, made_at: key.made_at.into(), handover: key.handover };
    Ok(Json(audit::keys(&service).await?.into_iter().map(key).collect()))
}

type Hashes = ([(http::HeaderName, &'static str); 1], Vec<u8>);

/// A tile: `LEVEL/INDEX`, or `LEVEL/INDEX.p/WIDTH` for one that is not full.
async fn tile(
    State(service): State<Service>,
    caller: Caller,
    Path((level, index)): Path<(String, String)>,
) -> Result<Hashes, Failure> {
    let (index, width) = match index.split_once(".p/") {
        Some((index, width)) => (index, width.parse().ok().filter(|width| (1..256).contains(width))),
        None => (index.as_str(), Some(256)),
    };
    let named = TileId::parse(&level, index).zip(width);
    let (tile, width) = named.ok_or_else(|| Error::NotFound("The tile".to_owned()))?;
    let hashes = proving::tile(&service, &caller.actor, tile, width).await?;
    Ok(([(CONTENT_TYPE, "application/octet-stream")], hashes))
}
