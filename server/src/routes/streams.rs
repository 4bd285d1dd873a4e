//! Release streams.

use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::State;
use towpath_api::pages::Page;
use towpath_api::streams::{NewStream, Stream};
use towpath_service::{Service, streams};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, create))
}

/// The release streams of the installation, each with the environments that you see.
#[utoipa::path(
    get, path = "/streams", operation_id = "list_streams", tag = "projects",
    responses((status = 200, description = "As asked for", body = Page<Stream>), Failure)
)]
async fn list(State(service): State<Service>, caller: Caller) -> Result<Json<Page<Stream>>, Failure> {
    let view = streams::list(&service, &caller.actor).await?;
    Ok(Json(Page::whole(view.streams.into_iter().map(Stream::from))))
}

/// Creates a release stream.
#[utoipa::path(
    post, path = "/streams", operation_id = "create_stream", tag = "projects",
    request_body = NewStream,
    responses((status = 201, description = "Created", body = Stream, headers(("location" = String))), Failure)
)]
async fn create(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewStream>,
) -> Result<Created<Stream>, Failure> {
    let stream = streams::create(&service, &caller.actor, new.into()).await?;
    Ok(Created("/streams".to_owned(), stream.into()))
}
