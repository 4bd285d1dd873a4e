//! Trusted publishing: which CI jobs may push into a project.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::ids::PublisherId;
use towpath_domain::publishers::{PublisherChoices, PublisherForm, PublishersView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// The publishers of a project, and what was refused lately.
#[server(prefix = "/fn", endpoint = "view_publishers", output = Answer)]
pub async fn view_publishers(project: String) -> Result<PublishersView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::publishers::view(&service()?, &actor, &project).await?)
}

/// What the form for a new publisher offers; `like` is the id of a refused exchange that fills it in.
#[server(prefix = "/fn", endpoint = "view_publisher_choices", output = Answer)]
pub async fn view_publisher_choices(project: String, like: String) -> Result<PublisherChoices, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::publishers::choices(&service()?, &actor, &project, like.parse().ok()).await?)
}

/// Adds a publisher and leads to the list.
#[server(prefix = "/fn", endpoint = "add_publisher", output = Answer)]
pub async fn add_publisher(project: String, form: PublisherForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::publishers::add(&service()?, &actor, &project, form).await?;
    leptos_axum::redirect(&format!("/projects/{project}/publishers"));
    Ok(())
}

#[server(prefix = "/fn", endpoint = "remove_publisher", output = Answer)]
pub async fn remove_publisher(project: String, publisher: PublisherId) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::publishers::remove(&service()?, &actor, &project, publisher).await?)
}

/// Demands that nobody but trusted jobs pushes, or lets tokens push again.
#[server(prefix = "/fn", endpoint = "demand_trusted_publishing", output = Answer)]
pub async fn demand_trusted_publishing(project: String, demanded: bool) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::publishers::demand(&service()?, &actor, &project, demanded).await?)
}
