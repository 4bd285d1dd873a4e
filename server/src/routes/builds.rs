//! Builds.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use towpath_api::builds::{ArrivalOutcome, BuildLives, NewBuild, ReceivedBuild};
use towpath_api::problems::ProblemKind;
use towpath_app::paths;
use towpath_service::builds::Received;
use towpath_service::images::{Announced, announce as receive};
use towpath_service::{Service, builds};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(view)).routes(routes!(announce))
}

/// A build by its digest, with its life in every integration that you see.
#[utoipa::path(
    get, path = "/builds/{digest}", operation_id = "get_build", tag = "builds",
    responses((status = 200, description = "As asked for", body = BuildLives), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path(digest): Path<String>,
) -> Result<Json<BuildLives>, Failure> {
    Ok(Json(builds::view(&service, &caller.actor, &digest, builds::Part::WHOLE).await?.into()))
}

/// Receives an image that was pushed by its digest, with its tag and all that is known of it in one call, so that the
/// CI rule sees the whole. The same again changes nothing and is answered with what is known. An arrival that its bucket
/// does not take is kept beside it and answered with `blocked`, which says what to do instead.
#[utoipa::path(
    post, path = "/projects/{project}/integrations/{integration}/builds", operation_id = "announce_build",
    tag = "builds", request_body = NewBuild,
    responses(
        (status = 201, description = "It is received", body = ReceivedBuild, headers(("location" = String))),
        (status = 200, description = "It was received before", body = ReceivedBuild),
        Failure
    )
)]
async fn announce(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Body(new): Body<NewBuild>,
) -> Result<Response, Failure> {
    let bucket = new.bucket.clone();
    let at = (project.as_str(), integration.as_str(), bucket.as_str());
    let Announced { build, received, bucket, rule } =
        receive(&service, &caller.actor, at, new.into()).await?;
    let outcome = match received {
        Received::Placed => ArrivalOutcome::Placed,
        Received::AlreadyThere => ArrivalOutcome::AlreadyThere,
        Received::Unclassified => ArrivalOutcome::Unclassified,
        Received::Refused { bucket, refused } => {
            let detail = format!("{bucket} {refused}. The build is kept beside it, as {}.", build.digest);
            return Err(Failure::new(ProblemKind::Blocked, detail));
        }
    };
    let (rule, rule_version) = rule.map(|(slug, version)| (slug.to_string(), version)).unzip();
    let page = format!("{}{}", service.public_url(), paths::build(&build.digest));
    let address = format!("/builds/{}", build.digest);
    let bucket = bucket.map(Into::into);
    let answer = ReceivedBuild { build: build.into(), outcome, bucket, rule, rule_version, page };
    Ok(match outcome {
        ArrivalOutcome::AlreadyThere => Json(answer).into_response(),
        ArrivalOutcome::Placed | ArrivalOutcome::Unclassified => Created(address, answer).into_response(),
    })
}
