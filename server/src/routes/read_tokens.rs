//! Read tokens of an environment.

use super::answers::{Made, made};
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use towpath_api::pages::Page;
use towpath_api::read_tokens::NewReadToken;
use towpath_api::tokens::{CreatedToken, Token};
use towpath_service::{Service, read_tokens};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, create))
}

/// The read tokens of an environment, without their secrets, for who may make them.
#[utoipa::path(
    get, path = "/projects/{project}/environments/{environment}/read-tokens", operation_id = "list_read_tokens",
    tag = "access", responses((status = 200, description = "As asked for", body = Page<Token>), Failure)
)]
async fn list(
    State(service): State<Service>,
    caller: Caller,
    Path((project, environment)): Path<(String, String)>,
) -> Result<Json<Page<Token>>, Failure> {
    let view = read_tokens::list(&service, &caller.actor, &project, &environment).await?;
    Ok(Json(Page::whole(view.tokens.into_iter().map(Token::from))))
}

/// Makes a token for a deployer: it resolves the environment, and pulls what is or was current in its buckets or in its
/// stream's; all else is not found by it. Its secret is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/projects/{project}/environments/{environment}/read-tokens", operation_id = "create_read_token",
    tag = "access", request_body = NewReadToken,
    responses(
        (status = 201, description = "Created", body = CreatedToken, headers(("location" = String))),
        Failure
    )
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Path((project, environment)): Path<(String, String)>,
    Body(new): Body<NewReadToken>,
) -> Result<Made, Failure> {
    let at = (project.as_str(), environment.as_str());
    Ok(made(read_tokens::create(&service, &caller.actor, at, new.into()).await?))
}
