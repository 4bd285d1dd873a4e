//! Trust roots: by whose signatures a project goes.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use towpath_api::pages::Page;
use towpath_api::trust_roots::{NewTrustRoot, TrustRoot};
use towpath_service::{Service, trust_roots};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(remove))
}

/// The trust roots of a project, by name.
#[utoipa::path(
    get, path = "/projects/{project}/trust-roots", operation_id = "list_trust_roots", tag = "evidence",
    responses((status = 200, description = "As asked for", body = Page<TrustRoot>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Page<TrustRoot>>, Failure> {
    let view = trust_roots::view(&service, &caller.actor, &project).await?;
    Ok(Json(Page::whole(view.roots.into_iter().map(TrustRoot::from))))
}

/// Trusts somebody's signatures. What was signed before counts, too, within a second.
#[utoipa::path(
    post, path = "/projects/{project}/trust-roots", operation_id = "add_trust_root", tag = "evidence",
    request_body = NewTrustRoot,
    responses(
        (status = 201, description = "Created", body = TrustRoot, headers(("location" = String))),
        Failure
    )
)]
async fn add(
    State(service): State<Service>,
    caller: Caller,
    Path(project): Path<String>,
    Body(new): Body<NewTrustRoot>,
) -> Result<Created<TrustRoot>, Failure> {
    let line = trust_roots::add(&service, &caller.actor, &project, new.into()).await?;
    Ok(Created(format!("/projects/{project}/trust-roots/{}", line.root.slug), line.into()))
}

/// Trusts somebody's signatures no more, those included that counted before. Gates that ask for them wait.
#[utoipa::path(
    delete, path = "/projects/{project}/trust-roots/{root}", operation_id = "remove_trust_root", tag = "evidence",
    responses((status = 204, description = "Done"), Failure)
)]
async fn remove(
    State(service): State<Service>,
    caller: Caller,
    Path((project, root)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    trust_roots::remove(&service, &caller.actor, &project, &root).await?;
    Ok(StatusCode::NO_CONTENT)
}
