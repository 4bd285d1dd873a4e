//! Release sets: comparing stages across services, moving several builds as one act, deciding on all of them.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::queries::{Paging, Query};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::pages::Page;
use towpath_api::release_sets::{
    NewReleaseSet, NewSetDecision, NewSetPromotion, NewSetRollback, RefusedDecision, ReleaseSet,
    ReleaseSetLine, SetComparison, SetDecision,
};
use towpath_domain::forms::Invalid;
use towpath_domain::inbox::Wanted;
use towpath_domain::release_sets::{ActForm, Course, CourseForm};
use towpath_domain::slugs::Slug;
use towpath_service::promotions::decide_all;
use towpath_service::release_sets::{self, Carry, Compare, Make};
use towpath_service::{Error, Service};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(view))
        .routes(routes!(promote))
        .routes(routes!(take_back))
        .routes(routes!(decide))
}

/// The release sets of a project, newest first.
#[utoipa::path(
    get, path = "/projects/{project}/release-sets", operation_id = "list_release_sets", tag = "release sets",
    params(Paging), responses((status = 200, description = "As asked for", body = Page<ReleaseSetLine>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<ReleaseSetLine>>, Failure> {
    let (before, limit) = paging.of(Listing::ReleaseSets)?;
    let page = release_sets::list(&service, &caller.actor, &project, before, limit).await?;
    Ok(Json(Page {
        items: page.sets.into_iter().map(ReleaseSetLine::from).collect(),
        next: page.older.map(|before| Cursor::new(Listing::ReleaseSets, before)),
    }))
}

/// Makes a release set of what one bucket has and another has not, and asks for the promotion of each of its builds; or of what a
/// bucket had at a time, and rolls back to that. Each part is judged for itself, and its result told; where none can
/// go, nothing is made. A dry run only compares.
#[utoipa::path(
    post, path = "/projects/{project}/release-sets", operation_id = "make_release_set", tag = "release sets",
    request_body = NewReleaseSet,
    responses(
        (status = 201, description = "Created", body = ReleaseSet, headers(("location" = String))),
        (status = 200, description = "What it would do, of a dry run", body = SetComparison),
        Failure
    )
)]
async fn make(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Body(new): Body<NewReleaseSet>,
) -> Result<Response, Failure> {
    let course = Some(new.course());
    let NewReleaseSet { title, projects, parts, reason, reference, dry_run, .. } = new;
    let compare = Compare { project: project.clone(), course, others: projects };
    if dry_run {
        let view = release_sets::compare(&service, &caller.actor, &compare).await?;
        let comparison = view.comparison.map(|(_, comparison)| SetComparison::from(comparison));
        return Ok(Json(comparison).into_response());
    }
    let make = Make { compare, title, act: ActForm { parts, reason, reference } };
    let number = release_sets::make(&service, &caller.actor, make).await?;
    let Json(set) = show(&service, &caller, &project, number).await?;
    Ok(Created(format!("/projects/{project}/release-sets/{number}"), set).into_response())
}

/// A release set with its builds and what was done with them.
#[utoipa::path(
    get, path = "/projects/{project}/release-sets/{number}", operation_id = "get_release_set",
    tag = "release sets", responses((status = 200, description = "As asked for", body = ReleaseSet), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path((project, number)): Path<(String, String)>,
) -> Result<Json<ReleaseSet>, Failure> {
    let number = parse(&project, &number)?;
    show(&service, &caller, &project, number).await
}

/// Carries a release set on: asks for the promotion of each of its builds. A dry run only compares.
#[utoipa::path(
    post, path = "/projects/{project}/release-sets/{number}/promotions", operation_id = "promote_release_set",
    tag = "release sets", request_body = NewSetPromotion,
    responses(
        (status = 201, description = "Asked for", body = ReleaseSet),
        (status = 200, description = "What it would do, of a dry run", body = SetComparison),
        Failure
    )
)]
async fn promote(
    State(service): State<Service>,
    caller: Caller,
    Path((project, number)): Path<(String, String)>,
    Body(new): Body<NewSetPromotion>,
) -> Result<Response, Failure> {
    let number = parse(&project, &number)?;
    let NewSetPromotion { from, to, parts, reason, reference, dry_run } = new;
    let form = CourseForm { from, to, at: String::new() };
    let course = form.check(service.now()).map_err(Error::from)?;
    let act = ActForm { parts, reason, reference };
    carry(&service, &caller, Carry { project, number, course, act }, dry_run).await
}

/// Takes a release set back out of a bucket: rolls each back to what was current before the set's build. A dry run only
/// compares.
#[utoipa::path(
    post, path = "/projects/{project}/release-sets/{number}/rollbacks", operation_id = "take_back_release_set",
    tag = "release sets", request_body = NewSetRollback,
    responses(
        (status = 201, description = "Rolled back", body = ReleaseSet),
        (status = 200, description = "What it would do, of a dry run", body = SetComparison),
        Failure
    )
)]
async fn take_back(
    State(service): State<Service>,
    caller: Caller,
    Path((project, number)): Path<(String, String)>,
    Body(new): Body<NewSetRollback>,
) -> Result<Response, Failure> {
    let number = parse(&project, &number)?;
    let NewSetRollback { bucket, parts, reason, dry_run } = new;
    let bucket = Slug::parse(&bucket).map_err(|error| Error::from(Invalid::field("bucket", error)))?;
    let act = ActForm { parts, reason, reference: String::new() };
    carry(&service, &caller, Carry { project, number, course: Course::TakeBack { bucket }, act }, dry_run)
        .await
}

async fn carry(service: &Service, caller: &Caller, carry: Carry, dry_run: bool) -> Result<Response, Failure> {
    let (project, number) = (carry.project.clone(), carry.number);
    if dry_run {
        let view = release_sets::course(service, &caller.actor, (&project, number), carry.course).await?;
        return Ok(Json(SetComparison::from(view.comparison)).into_response());
    }
    release_sets::carry(service, &caller.actor, carry).await?;
    let Json(set) = show(service, caller, &project, number).await?;
    Ok(Created(format!("/projects/{project}/release-sets/{number}"), set).into_response())
}

/// Approves or rejects promotions of a release set that wait for you, each for itself.
#[utoipa::path(
    post, path = "/projects/{project}/release-sets/{number}/decisions", operation_id = "decide_release_set",
    tag = "release sets", request_body = NewSetDecision,
    responses((status = 200, description = "What came of it", body = SetDecision), Failure)
)]
async fn decide(
    State(service): State<Service>,
    caller: Caller,
    Path((project, number)): Path<(String, String)>,
    Body(NewSetDecision { choice, promotions, comment }): Body<NewSetDecision>,
) -> Result<Json<SetDecision>, Failure> {
    let number = parse(&project, &number)?;
    let view = release_sets::view(&service, &caller.actor, &project, number).await?;
    let waiting = view.to_decide.into_iter().map(|line| line.wanted);
    let name = |wanted: &Wanted| format!("{}#{}", wanted.project, wanted.number);
    let waiting: HashMap<String, Wanted> = waiting.map(|wanted| (name(&wanted), wanted)).collect();
    let mut wanted = Vec::new();
    for text in promotions {
        let words =
            || format!("{text} is no promotion of release set {number} that waits for your decision.");
        let found = waiting.get(&text).ok_or_else(|| Error::Conflict(words()))?;
        wanted.push(found.clone());
    }
    let decided = decide_all(&service, &caller.actor, wanted, choice.into(), &comment).await?;
    let refused = |(wanted, because): (Wanted, String)| RefusedDecision { promotion: name(&wanted), because };
    Ok(Json(SetDecision {
        done: decided.done.iter().map(name).collect(),
        refused: decided.refused.into_iter().map(refused).collect(),
    }))
}

async fn show(
    service: &Service,
    caller: &Caller,
    project: &str,
    number: i64,
) -> Result<Json<ReleaseSet>, Failure> {
    Ok(Json(release_sets::view(service, &caller.actor, project, number).await?.into()))
}

fn parse(project: &str, number: &str) -> Result<i64, Failure> {
    let missing = || Failure::not_found(format!("Release set {number} of {project} was not found."));
    number.parse().map_err(|_| missing())
}
