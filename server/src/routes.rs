//! The REST API below `/api/v1`, and the pages that explain its problems.
//!
//! Routes translate: addresses and bodies into use cases, and what those answer into the contract of
//! `towpath-api`. Who may do what is decided in `service`. Callers are known by `Authorization: Bearer` alone;
//! cookies are never looked at, so that no other site can make a browser act here.

mod addresses;
mod answers;
mod attempts;
mod audit;
mod bodies;
mod buckets;
mod builds;
mod callers;
mod carry_overs;
mod changes;
mod checks;
mod declarations;
mod delegations;
mod deletions;
mod deployments;
mod differences;
mod environments;
mod evidence;
mod failures;
mod groups;
mod holds;
mod hooks;
mod idempotency;
mod images;
mod incoming;
mod insights;
mod integrations;
mod moments;
mod outside_steps;
mod people;
mod pins;
mod problems;
mod projects;
mod promotions;
mod proposals;
mod publishers;
mod queries;
mod read_tokens;
mod registries;
mod release_sets;
mod retention;
mod rights;
mod roles;
mod rules;
mod saved_views;
mod search;
mod service_accounts;
mod sessions;
mod storage;
mod streams;
mod subscriptions;
mod timeline;
mod tokens;
mod trust_roots;
mod workflows;

use crate::openapi;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Extension, Router};
pub(crate) use failures::{Failure, render};
use http::{Uri, header::CONTENT_TYPE};
pub(crate) use queries::Query;
use tokio_util::sync::CancellationToken;
use towpath_service::Service;
use utoipa_axum::router::OpenApiRouter;

/// Where the routes are; a version that breaks clients will be beside it.
const ROOT: &str = "/api/v1";

/// Every route below `/api/v1`, and `/problems`. Those that wait for something answer when `stop` is cancelled.
pub fn router(service: Service, stop: CancellationToken) -> Router {
    let (router, document) = described();
    let once = from_fn_with_state(service.clone(), idempotency::once);
    let router = router.layer(once).layer(from_fn(render)).layer(Extension(stop));
    let document = document.to_json().expect("the description is of plain data");
    let served = move || async move { ([(CONTENT_TYPE, "application/json")], document) };
    let schema = towpath_api::declarations::schema().to_string();
    let schema = move || async move { ([(CONTENT_TYPE, "application/schema+json")], schema) };
    router
        .route("/api/v1/openapi.json", get(served))
        .route(towpath_api::declarations::SCHEMA, get(schema))
        .merge(problems::router().layer(from_fn(render)))
        .merge(audit::log().layer(from_fn(render)))
        .merge(incoming::router().layer(from_fn(render)))
        .with_state(service)
}

/// The description of every route, as it is committed.
pub fn document() -> utoipa::openapi::OpenApi {
    described().1
}

fn described() -> (Router<Service>, utoipa::openapi::OpenApi) {
    let api = OpenApiRouter::new()
        .merge(projects::routes())
        .merge(environments::routes())
        .merge(checks::routes())
        .merge(declarations::routes())
        .merge(deletions::routes())
        .merge(deployments::routes())
        .merge(workflows::routes())
        .merge(integrations::routes())
        .merge(rules::routes())
        .merge(builds::routes())
        .merge(differences::routes())
        .merge(insights::routes())
        .merge(changes::routes())
        .merge(moments::routes())
        .merge(promotions::routes())
        .merge(release_sets::routes())
        .merge(buckets::routes())
        .merge(carry_overs::routes())
        .merge(holds::routes())
        .merge(proposals::routes())
        .merge(hooks::routes())
        .merge(images::routes())
        .merge(pins::routes())
        .merge(timeline::routes())
        .merge(audit::routes())
        .merge(attempts::routes())
        .merge(saved_views::routes())
        .merge(search::routes())
        .merge(sessions::routes())
        .merge(tokens::routes())
        .merge(delegations::routes())
        .merge(publishers::routes())
        .merge(registries::routes())
        .merge(outside_steps::routes())
        .merge(trust_roots::routes())
        .merge(evidence::routes())
        .merge(people::routes())
        .merge(rights::routes())
        .merge(roles::routes())
        .merge(groups::routes())
        .merge(service_accounts::routes())
        .merge(read_tokens::routes())
        .merge(storage::routes())
        .merge(retention::routes())
        .merge(streams::routes())
        .merge(subscriptions::routes())
        .fallback(unknown);
    let (router, mut document) =
        OpenApiRouter::with_openapi(openapi::base()).nest(ROOT, api).split_for_parts();
    idempotency::describe(&mut document);
    (router, document)
}

async fn unknown(uri: Uri) -> Failure {
    let path = uri.path();
    Failure::not_found(format!("There is nothing at {ROOT}{path}. {ROOT}/openapi.json lists what there is."))
}
