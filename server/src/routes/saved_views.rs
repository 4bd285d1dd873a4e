//! Saved views of the first page.

use super::addresses;
use super::answers::Created;
use super::bodies::Body;
use super::callers::Caller;
use super::failures::Failure;
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use towpath_api::pages::Page;
use towpath_api::saved_views::{NewSavedView, SavedView, StartView};
use towpath_service::{Service, saved_views};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, save))
        .routes(routes!(change, delete))
        .routes(routes!(set_start))
}

/// The saved views that you may use: your own, then those that others share with projects that you see. Takes a session.
#[utoipa::path(
    get, path = "/saved-views", operation_id = "list_saved_views", tag = "saved views",
    responses((status = 200, description = "As asked for", body = Page<SavedView>), Failure)
)]
async fn list(State(service): State<Service>, caller: Caller) -> Result<Json<Page<SavedView>>, Failure> {
    let views = saved_views::list(&service, &caller.actor).await?.views;
    Ok(Json(Page::whole(views.into_iter().map(SavedView::from))))
}

/// Saves a view of the first page. Takes a session.
#[utoipa::path(
    post, path = "/saved-views", operation_id = "save_view", tag = "saved views", request_body = NewSavedView,
    responses(
        (status = 201, description = "Created", body = SavedView, headers(("location" = String))),
        Failure
    )
)]
async fn save(
    State(service): State<Service>,
    caller: Caller,
    Body(new): Body<NewSavedView>,
) -> Result<Created<SavedView>, Failure> {
    let view = saved_views::save(&service, &caller.actor, new.into()).await?;
    Ok(Created(format!("/saved-views/{}", view.id), view.into()))
}

/// Gives a view of yours another title, filter or project. Takes a session.
#[utoipa::path(
    put, path = "/saved-views/{id}", operation_id = "change_saved_view", tag = "saved views",
    request_body = NewSavedView, responses((status = 200, description = "Changed", body = SavedView), Failure)
)]
async fn change(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    Body(new): Body<NewSavedView>,
) -> Result<Json<SavedView>, Failure> {
    Ok(Json(
        saved_views::change(&service, &caller.actor, addresses::id(&id, "saved view")?, new.into())
            .await?
            .into(),
    ))
}

/// Deletes a view of yours. Who configures a project takes one that another shares with it away from there. Takes a session.
#[utoipa::path(
    delete, path = "/saved-views/{id}", operation_id = "delete_saved_view", tag = "saved views",
    responses((status = 204, description = "Done"), Failure)
)]
async fn delete(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    saved_views::delete(&service, &caller.actor, addresses::id(&id, "saved view")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets the view that the first page begins with for you. Takes a session.
#[utoipa::path(
    put, path = "/me/start-view", operation_id = "set_start_view", tag = "saved views",
    request_body = StartView, responses((status = 204, description = "Done"), Failure)
)]
async fn set_start(
    State(service): State<Service>,
    caller: Caller,
    Body(StartView { view }): Body<StartView>,
) -> Result<StatusCode, Failure> {
    let view = view.as_deref().map(|view| addresses::id(view, "saved view")).transpose()?;
    saved_views::set_start(&service, &caller.actor, view).await?;
    Ok(StatusCode::NO_CONTENT)
}
