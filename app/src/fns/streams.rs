//! Release streams.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::streams::{StreamForm, StreamsView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_streams", output = Answer)]
pub async fn view_streams() -> Result<StreamsView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::streams::list(&service()?, &actor).await?)
}

#[server(prefix = "/fn", endpoint = "create_stream", output = Answer)]
pub async fn create_stream(form: StreamForm) -> Result<(), AppError> {
    let (_, actor) = signed_in()?;
    towpath_service::streams::create(&service()?, &actor, form).await?;
    Ok(())
}
