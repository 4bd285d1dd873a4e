//! Builds by digest.

use crate::AppError;
use leptos::server;
use towpath_domain::builds::BuildView;

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_build")]
pub async fn view_build(digest: String) -> Result<BuildView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::builds::view(&service()?, &actor, &digest).await?)
}
