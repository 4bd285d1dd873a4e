//! Trusted publishing: exchanging the token of a CI job, and which jobs are trusted.

use super::addresses;
use super::answers::Created;
use super::bodies::Body;
use super::callers::{Caller, From};
use super::failures::Failure;
use super::idempotency::ShownOnce;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use towpath_api::publishers::{IssuedToken, JobToken, NewPublisher, Publisher, Publishers, PublishingDemand};
use towpath_service::{Service, publishers};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(exchange))
        .routes(routes!(list, add))
        .routes(routes!(remove))
        .routes(routes!(demand))
}

/// Exchanges the token that a CI made for its job (OpenID Connect) for one that pushes for a quarter of an hour. Each is
/// good once.
#[utoipa::path(
    post, path = "/publishing/tokens", operation_id = "exchange_job_token", tag = "access", security(()),
    request_body = JobToken,
    responses((status = 201, description = "Created", body = IssuedToken), Failure)
)]
async fn exchange(
    State(service): State<Service>,
    From(address): From,
    Body(JobToken { project, token }): Body<JobToken>,
) -> Result<(StatusCode, Extension<ShownOnce>, Json<IssuedToken>), Failure> {
    let issued = publishers::exchange(&service, &project, &token, address).await?;
    let issued = IssuedToken {
        secret: issued.secret.reveal().to_owned(),
        expires_at: issued.token.expires_at.into(),
        project,
        publisher: issued.publisher.title.into(),
        integrations: issued.integrations.iter().map(ToString::to_string).collect(),
        buckets: issued.buckets,
        by_rule: issued.publisher.reach.by_rule,
    };
    Ok((StatusCode::CREATED, Extension(ShownOnce), Json(issued)))
}

/// The publishers of a project, and the exchanges that were refused lately.
#[utoipa::path(
    get, path = "/projects/{project}/publishers", operation_id = "list_publishers", tag = "access",
    responses((status = 200, description = "As asked for", body = Publishers), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Publishers>, Failure> {
    Ok(Json(publishers::view(&service, &caller.actor, &project).await?.into()))
}

/// Lets CI jobs push by the tokens that their CI makes for them.
#[utoipa::path(
    post, path = "/projects/{project}/publishers", operation_id = "add_publisher", tag = "access",
    request_body = NewPublisher,
    responses(
        (status = 201, description = "Created", body = Publisher, headers(("location" = String))),
        Failure
    )
)]
async fn add(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Body(new): Body<NewPublisher>,
) -> Result<Created<Publisher>, Failure> {
    let line = publishers::add(&service, &caller.actor, &project, new.into()).await?;
    Ok(Created(format!("/projects/{project}/publishers/{}", line.publisher.id), line.into()))
}

/// Removes a publisher. The tokens that its jobs have stop working at once.
#[utoipa::path(
    delete, path = "/projects/{project}/publishers/{id}", operation_id = "remove_publisher", tag = "access",
    responses((status = 204, description = "Done"), Failure)
)]
async fn remove(
    State(service): State<Service>,
    caller: Caller,
    Path((project, id)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    let id = addresses::id(&id, "publisher")?;
    publishers::remove(&service, &caller.actor, &project, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says whether a project takes pushes of trusted CI jobs alone.
#[utoipa::path(
    put, path = "/projects/{project}/publishing", operation_id = "demand_trusted_publishing", tag = "access",
    request_body = PublishingDemand,
    responses((status = 200, description = "As it is now", body = PublishingDemand), Failure)
)]
async fn demand(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Body(demand): Body<PublishingDemand>,
) -> Result<Json<PublishingDemand>, Failure> {
    publishers::demand(&service, &caller.actor, &project, demand.demanded).await?;
    Ok(Json(demand))
}
