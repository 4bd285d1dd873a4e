//! Which images an environment should run, for those that deploy them.

use super::bodies::Body;
use super::callers::Deployer;
use super::failures::Failure;
use super::queries::{Patience, Query, mistake};
use crate::conditional;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::header::ETAG;
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};
use std::pin::pin;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use towpath_api::buckets::{EnvironmentImages, Image, ImageSource, MissingImage};
use towpath_api::deployments::Run;
use towpath_api::generators::{GeneratorAnswer, GeneratorCall, GeneratorOutput, ImageParameters, Missing};
use towpath_api::pins::PinMark;
use towpath_api::problems::ProblemKind;
use towpath_domain::ids::ProjectId;
use towpath_service::buckets::{self, Resolved, resolve};
use towpath_service::{Service, live};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The longest that a request waits for a change, in seconds: less than what proxies wait for an answer.
const LONGEST: u64 = 50;
/// How often a waiting request looks without having heard of anything, since a pin may just have ended.
const LOOK: Duration = Duration::from_secs(10);
/// How long it lets what follows a change come in, before it looks.
const SETTLE: Duration = Duration::from_millis(100);

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(images)).routes(routes!(parameters))
}

/// What every service of the project should run in the environment, and what says so.
///
/// The entity tag names what should run, not what was reported to. With `If-None-Match` the answer is 304 while that is the same;
/// with `wait` as well, the answer comes as soon as it changes.
#[utoipa::path(
    get, path = "/projects/{project}/environments/{environment}/images",
    operation_id = "resolve_environment", tag = "builds",
    params(Patience, ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier answer.")),
    responses(
        (status = 200, description = "As asked for", body = EnvironmentImages, headers(("etag" = String))),
        (status = 304, description = "What should run is what it was"),
        Failure
    )
)]
async fn images(
    State(service): State<Service>,
    Extension(stop): Extension<CancellationToken>,
    mut deployer: Deployer,
    Path((project, environment)): Path<(String, String)>,
    Query(patience): Query<Patience>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let patience = patience.wait.unwrap_or_default();
    if patience > LONGEST {
        return Err(mistake("wait", format!("Use a number of seconds from 0 to {LONGEST}.")));
    }
    let mut over = pin!(sleep(Duration::from_secs(patience)));
    let mut listener = None;
    loop {
        let (id, images) = look(&service, &deployer, &project, &environment).await?;
        let tag = entity_tag(&images);
        let known = conditional::has(&headers, &tag);
        if !known || patience == 0 || over.is_elapsed() || stop.is_cancelled() {
            let tag = [(ETAG, tag)];
            return Ok(if known {
                (StatusCode::NOT_MODIFIED, tag).into_response()
            } else {
                (tag, Json(images)).into_response()
            });
        }
        // Listens first and looks once more afterwards, so that nothing falls in between.
        let Some(listener) = &mut listener else {
            listener = Some(live::listen(&service, &deployer.actor, id)?);
            continue;
        };
        tokio::select! {
            () = listener.heard() => sleep(SETTLE).await,
            () = sleep(LOOK) => {}
            () = &mut over => {}
            () = stop.cancelled() => {}
        }
        deployer.look_again(&service).await?;
    }
}

async fn look(
    service: &Service,
    deployer: &Deployer,
    project: &str,
    environment: &str,
) -> Result<(ProjectId, EnvironmentImages), Failure> {
    let resolved = resolve(service, &deployer.actor, project, environment).await?;
    Ok((resolved.project.id, answer(service.registry_host(), resolved)))
}

fn answer(host: &str, resolved: buckets::EnvironmentImages) -> EnvironmentImages {
    let (mut images, mut missing) = (Vec::new(), Vec::new());
    for Resolved { should: run, bad, run: reported } in resolved.services {
        let (service, bucket) =
            (run.service.into(), format!("{}/{}/{}", run.project, run.integration, run.bucket));
        let source = ImageSource::from(&run.source);
        let pin = run.source.pin().cloned().map(PinMark::from);
        match run.build {
            Some((_, digest, tag)) => images.push(Image {
                service,
                bad,
                source,
                pin,
                runs: reported.and_then(|run| run.runs).map(Run::from),
                reference: format!("{host}/{bucket}@{digest}"),
                digest: digest.into(),
                tag: tag.into(),
            }),
            None => missing.push(MissingImage {
                service,
                detail: format!(
                    "Nothing is current in {bucket} yet, and the integration has no default build. Push or \
                     promote a build there."
                ),
                bucket,
            }),
        }
    }
    EnvironmentImages {
        project: resolved.project.slug.into(),
        environment: resolved.environment.slug.into(),
        stream: resolved.environment.stream.slug.into(),
        images,
        missing,
    }
}

/// Names what should run; weak, as what was reported to run may differ under the same one.
fn entity_tag(images: &EnvironmentImages) -> String {
    let mut hash = Sha256::new();
    for image in &images.images {
        let bad = if image.bad { "bad" } else { "" };
        hash.update(format!("{} {} {bad}\n", image.service, image.reference));
    }
    for missing in &images.missing {
        hash.update(format!("{}\n", missing.service));
    }
    format!("W/\"{}\"", hex::encode(&hash.finalize()[..16]))
}

/// The images as parameters of an Argo CD `ApplicationSet`, one set for each service.
///
/// This is the contract of Argo CD's plugin generator: its `baseUrl` is the address of this server, and its token a read token of
/// the environment.
#[utoipa::path(
    post, path = "/getparams.execute", operation_id = "generate_parameters", tag = "builds",
    request_body = GeneratorCall,
    responses((status = 200, description = "As asked for", body = GeneratorAnswer), Failure)
)]
async fn parameters(
    State(service): State<Service>,
    deployer: Deployer,
    Body(call): Body<GeneratorCall>,
) -> Result<Json<GeneratorAnswer>, Failure> {
    let wish = call.input.parameters;
    let (_, images) = look(&service, &deployer, &wish.project, &wish.environment).await?;
    if let (Some(first), Missing::Refuse) = (images.missing.first(), wish.missing) {
        let others = images.missing.len() - 1;
        let others = if others == 0 { String::new() } else { format!(" So it is with {others} more.") };
        let detail = format!(
            "{} has no image: {}{others} The application of a service that is left out would be deleted; send \
             “missing: skip” among the parameters to leave such services out.",
            first.service, first.detail
        );
        return Err(Failure::new(ProblemKind::Conflict, detail));
    }
    let parameters = images.images.iter().map(|image| ImageParameters::of(&images, image)).collect();
    Ok(Json(GeneratorAnswer { output: GeneratorOutput { parameters } }))
}
