//! Trust roots: by whose signatures a project goes.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::trust_roots::{TrustRootForm, TrustRootsView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

/// The trust roots of a project.
#[server(prefix = "/fn", endpoint = "view_trust_roots", output = Answer)]
pub async fn view_trust_roots(project: String) -> Result<TrustRootsView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::trust_roots::view(&service()?, &actor, &project).await?)
}

/// Adds a trust root and leads to the list.
#[server(prefix = "/fn", endpoint = "add_trust_root", output = Answer)]
pub async fn add_trust_root(project: String, form: TrustRootForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::trust_roots::add(&service()?, &actor, &project, form).await?;
    leptos_axum::redirect(&format!("/projects/{project}/trust-roots"));
    Ok(())
}

#[server(prefix = "/fn", endpoint = "remove_trust_root", output = Answer)]
pub async fn remove_trust_root(project: String, root: String) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::trust_roots::remove(&service()?, &actor, &project, &root).await?)
}
