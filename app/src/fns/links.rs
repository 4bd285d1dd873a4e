//! One-time links.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::people::{JoinForm, LinkView};

#[cfg(feature = "ssr")]
use crate::visitors::{peer, service};

/// What a link is for; looking does not use it.
#[server(prefix = "/fn", endpoint = "view_link", output = Answer)]
pub async fn view_link(secret: String) -> Result<LinkView, AppError> {
    Ok(towpath_service::links::view(&service()?, &secret, peer()).await?)
}

/// Joins by a link, signs in, and leads to the first page.
#[server(prefix = "/fn", endpoint = "join", output = Answer)]
pub async fn join(secret: String, form: JoinForm) -> Result<(), AppError> {
    let service = service()?;
    let person = towpath_service::links::join(&service, &secret, form, peer()).await?;
    crate::visitors::start_session(&service, person).await?;
    leptos_axum::redirect("/");
    Ok(())
}
