//! Read tokens of an environment.

use crate::AppError;
use crate::fns::json::Answer;
use leptos::server;
use towpath_domain::read_tokens::{ReadTokenForm, ReadTokensView};

#[cfg(feature = "ssr")]
use crate::visitors::{service, signed_in};

#[server(prefix = "/fn", endpoint = "view_read_tokens", output = Answer)]
pub async fn view_read_tokens(project: String, environment: String) -> Result<ReadTokensView, AppError> {
    let (_, actor) = signed_in()?;
    Ok(towpath_service::read_tokens::list(&service()?, &actor, &project, &environment).await?)
}

/// Makes a read token; the answer is its secret, which is shown once.
#[server(prefix = "/fn", endpoint = "create_read_token", output = Answer)]
pub async fn create_read_token(
    project: String,
    environment: String,
    form: ReadTokenForm,
) -> Result<String, AppError> {
    let (_, actor) = signed_in()?;
    let at = (project.as_str(), environment.as_str());
    let (_, secret) = towpath_service::read_tokens::create(&service()?, &actor, at, form).await?;
    crate::visitors::show_once("token", Some(secret.reveal()));
    Ok(secret.reveal().to_owned())
}
