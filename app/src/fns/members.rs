//! The members of a project.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::members::MembersView;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_members", output = Answer)]
pub async fn view_members(project: String) -> Result<MembersView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::members::view(&service()?, &actor, &project).await?)
}

/// Who can give a role in a project, or in the installation where there is none of this name.
#[server(prefix = "/fn", endpoint = "view_granters", output = Answer)]
pub async fn view_granters(#[server(default)] project: String) -> Result<Vec<String>, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::members::granters(&service()?, &actor, &project).await?)
}
