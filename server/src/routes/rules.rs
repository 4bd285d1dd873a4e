//! CI rules, the builds that none has led, and reclassification.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use super::queries::{Paging, Query};
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use towpath_api::cursors::{Cursor, Listing};
use towpath_api::pages::Page;
use towpath_api::rules::{
    ChangedRule, FollowedRule, NewAssignment, NewReclassification, NewRule, NewTrial, Reclassification, Rule,
    Trial, UnclassifiedBuild,
};
use towpath_service::Service;
use towpath_service::buckets::BucketAddress;
use towpath_service::rules::{self, MadeUp};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How many builds are on the page that only tells which rule is chosen.
const ONE: usize = 1;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(try_out))
        .routes(routes!(view, change))
        .routes(routes!(followed, choose))
        .routes(routes!(unclassified))
        .routes(routes!(assign))
        .routes(routes!(preview, reclassify))
}

/// The CI rules of a project.
#[utoipa::path(
    get, path = "/projects/{project}/rules", operation_id = "list_rules", tag = "rules",
    responses((status = 200, description = "As asked for", body = Page<Rule>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Page<Rule>>, Failure> {
    let (all, slots) = rules::list(&service, &caller.actor, &project).await?;
    Ok(Json(Page::whole(all.iter().map(|rule| Rule::new(rule, &slots)))))
}

/// Creates a CI rule: ordered criteria, each with the bucket that it leads to.
#[utoipa::path(
    post, path = "/projects/{project}/rules", operation_id = "create_rule", tag = "rules",
    request_body = NewRule,
    responses(
        (status = 201, description = "Created", body = Rule, headers(("location" = String))),
        Failure
    )
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Body(new): Body<NewRule>,
) -> Result<Created<Rule>, Failure> {
    let rule = rules::create(&service, &caller.actor, &project, new.into()).await?;
    let address = format!("/projects/{project}/rules/{}", rule.name.slug);
    let Json(rule) = show(&service, &caller, &project, &rule).await?;
    Ok(Created(address, rule))
}

/// Tells where criteria lead a build, and which builds would go elsewhere by them, without saving anything.
#[utoipa::path(
    post, path = "/projects/{project}/rules/trial", operation_id = "try_rule", tag = "rules",
    request_body = NewTrial,
    responses((status = 200, description = "As asked for", body = Trial), Failure)
)]
async fn try_out(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Body(new): Body<NewTrial>,
) -> Result<Json<Trial>, Failure> {
    let form = new.form();
    let NewTrial { rule, git_ref, image_tag, labels, .. } = new;
    let made_up = MadeUp { git_ref, image_tag, labels: labels.into_iter().collect() };
    let trial = rules::try_out(&service, &caller.actor, &project, rule.as_deref(), form, made_up).await?;
    Ok(Json(trial.into()))
}

/// A CI rule in its newest version.
#[utoipa::path(
    get, path = "/projects/{project}/rules/{rule}", operation_id = "get_rule", tag = "rules",
    responses((status = 200, description = "As asked for", body = Rule), Failure)
)]
async fn view(
    State(service): State<Service>,
    caller: Caller,
    Path((project, rule)): Path<(String, String)>,
) -> Result<Json<Rule>, Failure> {
    let view = rules::view(&service, &caller.actor, &project, &rule).await?;
    show(&service, &caller, &project, &view.rule).await
}

/// Makes the next version of a CI rule. Builds stay where they were led until somebody reclassifies them.
#[utoipa::path(
    put, path = "/projects/{project}/rules/{rule}", operation_id = "change_rule", tag = "rules",
    request_body = ChangedRule,
    responses((status = 200, description = "As it is now", body = Rule), Failure)
)]
async fn change(
    State(service): State<Service>,
    caller: Caller,
    Path((project, rule)): Path<(String, String)>,
    Body(changed): Body<ChangedRule>,
) -> Result<Json<Rule>, Failure> {
    let (version, form) = changed.into();
    let rule = rules::change(&service, &caller.actor, &project, &rule, version, form).await?;
    show(&service, &caller, &project, &rule).await
}

async fn show(
    service: &Service,
    caller: &Caller,
    project: &str,
    rule: &towpath_domain::rules::Rule,
) -> Result<Json<Rule>, Failure> {
    let (_, slots) = rules::list(service, &caller.actor, project).await?;
    Ok(Json(Rule::new(rule, &slots)))
}

/// Which CI rule leads what is pushed to an integration without a bucket.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/rule", operation_id = "get_followed_rule",
    tag = "rules", responses((status = 200, description = "As asked for", body = FollowedRule), Failure)
)]
async fn followed(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
) -> Result<Json<FollowedRule>, Failure> {
    let at = (project.as_str(), integration.as_str());
    let view = rules::unclassified(&service, &caller.actor, at, None, ONE).await?;
    Ok(Json(FollowedRule::read(view.choice)))
}

/// Chooses which CI rule leads what is pushed to an integration without a bucket. Builds stay where they were led until
/// somebody reclassifies them.
#[utoipa::path(
    put, path = "/projects/{project}/integrations/{integration}/rule", operation_id = "choose_rule",
    tag = "rules", request_body = FollowedRule,
    responses((status = 200, description = "As it is now", body = FollowedRule), Failure)
)]
async fn choose(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Body(followed): Body<FollowedRule>,
) -> Result<Json<FollowedRule>, Failure> {
    let choice = followed.clone().choice();
    rules::choose(&service, &caller.actor, &project, &integration, &choice).await?;
    Ok(Json(followed))
}

/// The builds that came without a bucket's name and that no rule has led, the newest first.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/unclassified",
    operation_id = "list_unclassified", tag = "rules", params(Paging),
    responses((status = 200, description = "As asked for", body = Page<UnclassifiedBuild>), Failure)
)]
async fn unclassified(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<UnclassifiedBuild>>, Failure> {
    let (before, limit) = paging.of_names(Listing::Unclassified)?;
    let limit = usize::try_from(limit).unwrap_or_default();
    let at = (project.as_str(), integration.as_str());
    let view = rules::unclassified(&service, &caller.actor, at, before, limit).await?;
    Ok(Json(Page {
        items: view.builds.into_iter().map(UnclassifiedBuild::from).collect(),
        next: view.older.map(|before| Cursor::new(Listing::Unclassified, before)),
    }))
}

/// Places a build that came without a bucket's name. From then on it counts as placed by name.
#[utoipa::path(
    post, path = "/projects/{project}/integrations/{integration}/assignments", operation_id = "assign_build",
    tag = "rules", request_body = NewAssignment,
    responses((status = 204, description = "Done"), Failure)
)]
async fn assign(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Body(new): Body<NewAssignment>,
) -> Result<StatusCode, Failure> {
    let at = BucketAddress { project, integration, bucket: new.bucket };
    rules::assign(&service, &caller.actor, &at, &new.digest, &new.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What reclassifying an integration by the rule that holds for it would change.
#[utoipa::path(
    get, path = "/projects/{project}/integrations/{integration}/reclassification",
    operation_id = "preview_reclassification", tag = "rules",
    responses((status = 200, description = "As asked for", body = Reclassification), Failure)
)]
async fn preview(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
) -> Result<Json<Reclassification>, Failure> {
    Ok(Json(rules::preview(&service, &caller.actor, &project, &integration).await?.into()))
}

/// Reclassifies an integration as the preview said: every build that came without a bucket's name goes where the rule
/// leads it now. What is current stays current until something else arrives.
#[utoipa::path(
    post, path = "/projects/{project}/integrations/{integration}/reclassification",
    operation_id = "reclassify", tag = "rules", request_body = NewReclassification,
    responses((status = 200, description = "What was changed", body = Reclassification), Failure)
)]
async fn reclassify(
    State(service): State<Service>,
    caller: Caller,
    Path((project, integration)): Path<(String, String)>,
    Body(new): Body<NewReclassification>,
) -> Result<Json<Reclassification>, Failure> {
    let done = rules::reclassify(&service, &caller.actor, &project, &integration, &new.mark).await?;
    Ok(Json(done.into()))
}
