//! An installation as documents declare it.

use super::bodies::{Body, LARGEST};
use super::callers::Caller;
use super::failures::Failure;
use super::queries::Query;
use axum::Json;
use axum::extract::State;
use towpath_api::declarations::{
    AppliedDeclarations, DeclarationPlan, DeclarationStep, DeclarationsExport, ExportedDeclarations,
    NewDeclarations, StepOutcome,
};
use towpath_service::Service;
use towpath_service::declarations::{self, Outcome, Wanted, Wish};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(export)).routes(routes!(plan)).routes(routes!(apply))
}

/// What there is, as documents: applying them changes nothing. Without secrets, people and what happened.
#[utoipa::path(
    get, path = "/declarations/export", operation_id = "export_declarations", tag = "declarations",
    params(DeclarationsExport),
    responses((status = 200, description = "As asked for", body = ExportedDeclarations), Failure)
)]
async fn export(
    State(service): State<Service>,
    caller: Caller,
    Query(asked): Query<DeclarationsExport>,
) -> Result<Json<ExportedDeclarations>, Failure> {
    let DeclarationsExport { project, kind, slug } = asked;
    let exported = declarations::export(&service, &caller.actor, &Wish { project, kind, slug }).await?;
    Ok(Json(exported.into()))
}

/// What documents would change, and nothing else. Whoever sees a project may ask, also who may not apply them.
#[utoipa::path(
    post, path = "/declarations/plan", operation_id = "plan_declarations", tag = "declarations",
    request_body = NewDeclarations,
    responses((status = 200, description = "What they would change", body = DeclarationPlan), Failure)
)]
async fn plan(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewDeclarations, LARGEST>,
) -> Result<Json<DeclarationPlan>, Failure> {
    let (wanted, _) = read(new)?;
    Ok(Json(declarations::plan(&service, &caller.actor, &wanted).await?.into()))
}

/// Makes everything as the documents declare, one step after the other. Where one is refused by then, those before it stay
/// done and those behind it are left; the same documents applied again go on.
#[utoipa::path(
    post, path = "/declarations/apply", operation_id = "apply_declarations", tag = "declarations",
    request_body = NewDeclarations,
    responses((status = 200, description = "What became of each step", body = AppliedDeclarations), Failure)
)]
async fn apply(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewDeclarations, LARGEST>,
) -> Result<Json<AppliedDeclarations>, Failure> {
    let (wanted, fingerprint) = read(new)?;
    let applied = declarations::apply(&service, &caller.actor, &wanted, fingerprint.as_deref()).await?;
    let step = |(step, outcome)| {
        let step = DeclarationStep::from(step);
        match outcome {
            Outcome::Done => DeclarationStep { outcome: Some(StepOutcome::Done), ..step },
            Outcome::Left => DeclarationStep { outcome: Some(StepOutcome::Left), ..step },
            Outcome::Refused(why) => {
                DeclarationStep { outcome: Some(StepOutcome::Refused), refused: Some(why), ..step }
            }
        }
    };
    Ok(Json(AppliedDeclarations::new(applied.into_iter().map(step).collect())))
}

fn read(new: NewDeclarations) -> Result<(Wanted, Option<String>), Failure> {
    let documents = new.read().map_err(Failure::invalid)?;
    let NewDeclarations { set, prune, take_over, fingerprint, .. } = new;
    Ok((Wanted { documents, set, prune, take_over }, fingerprint))
}
